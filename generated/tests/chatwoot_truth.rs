//! What Chatwoot's server sends, read by the client's own operations from a server that sends it, and written again.
//!
//! `fixtures/chatwoot/index.json` says which operation each answer is of. The payloads of webhooks are no answers.
#![cfg(feature = "chatwoot")]

mod support;

use crm_clients::chatwoot::types::*;
use crm_clients::chatwoot::{Client, Error, ErrorBody};
use crm_clients::runtime::{Map, Retry, Value};
use support::truth::{Fixture, Losses, operations};
use support::{Outcome, Server, refusal};

operations! { client:
    "add-new-agent-to-team" => client.teams(7).add_agents(3, TeamMembersPayload::new([1])),
    "add-new-article-to-account" => client.help_center(7).create_article("docs", ArticleCreateUpdatePayload::new()),
    "add-new-category-to-account" => client.help_center(7).create_category("docs", CategoryCreateUpdatePayload::new()),
    "assign-a-conversation" => client.conversation_assignments(7, 9).assign(ConversationAssignmentsAssignRequest::new()),
    "contact-add-labels" => client.contact_labels(7, 101).add(["vip"]),
    "contactConversations" => client.contacts(7).conversations(101),
    "contactCreate" => client.contacts(7).create(ContactCreatePayload::new()),
    "contactDelete" => client.contacts(7).delete(101),
    "contactDetails" => client.contacts(7).get(101),
    "contactInboxCreation" => client.contacts(7).create_contact_inbox(101, ContactsCreateContactInboxRequest::new(5)),
    "contactList" => client.contacts(7).list(),
    "contactMerge" => client.contacts(7).merge(ContactsMergeRequest::new(1, 2)),
    "contactSearch" => client.contacts(7).search("maya"),
    "contactableInboxesGet" => client.contacts(7).contactable_inboxes(101),
    "conversation-add-labels" => client.conversations(7).add_labels(9, ["vip"]),
    "conversationList" => client.conversations(7).list(),
    "conversationListMeta" => client.conversations(7).counts(),
    "create-a-contact" => client.public_contacts("inbox").create(PublicContactCreateUpdatePayload::new()),
    "create-a-conversation" => {
        client.public_conversations("inbox", "contact").create(PublicConversationCreatePayload::new())
    },
    "create-a-label" => client.labels(7).create(LabelCreateUpdatePayload::new()),
    "create-a-new-message-in-a-conversation" => {
        client.messages(7, 9).create(ConversationMessageCreatePayload::new())
    },
    "create-a-user" => client.platform_users().create(UserCreateUpdatePayload::new()),
    "create-an-account" => client.platform_accounts().create(AccountCreateUpdatePayload::new()),
    "create-an-integration-hook" => client.integrations(7).create_hook(IntegrationsHookCreatePayload::new()),
    "delete-a-custom-filter" => client.custom_filters(7).delete(4),
    "delete-a-message" => client.messages(7, 9).delete(12),
    "delete-custom-attribute-from-account" => client.custom_attributes(7).delete(4),
    "fetchProfile" => client.profile().get(),
    "get-account-canned-response" => client.canned_responses(7).list(),
    "get-account-conversation-metrics" => client.reports().account_conversation_metrics(7),
    "get-details-of-a-conversation" => client.conversations(7).get(9),
    "get-details-of-a-single-automation-rule" => client.automation_rules(7).get(4),
    "get-details-of-an-account" => client.platform_accounts().get(7),
    "get-inbox-members" => client.inboxes(7).list_agents(5),
    "get-team-members" => client.teams(7).list_agents(3),
    "getInboxAgentBot" => client.inboxes(7).agent_bot(5),
    "list-all-account-agent-bots" => client.agent_bots(7).list(),
    "list-all-agent-bots" => client.platform_agent_bots().list(),
    "list-all-contact-conversations" => client.public_conversations("inbox", "contact").list(),
    "list-all-conversation-statistics" => client.reports().series(7, "conversations_count", "account"),
    "list-all-conversation-statistics-summary" => client.reports().summary(7, "account"),
    "list-all-filters" => client.custom_filters(7).list(),
    "list-all-labels" => client.labels(7).list(),
    "list-all-messages" => client.messages(7, 9).list(),
    "list-all-teams" => client.teams(7).list(),
    "list-all-webhooks" => client.webhooks(7).list(),
    "listAllInboxes" => client.inboxes(7).list(),
    "newConversation" => client.conversations(7).create(ConversationCreatePayload::new()),
    "toggle-status-of-a-conversation" => client.conversations(7).toggle_status(9, "open"),
    "toggle-typing-status-of-a-conversation" => client.conversations(7).toggle_typing_status(9, "on"),
    "update-a-contact" => {
        client.public_contacts("inbox").update("contact", PublicContactCreateUpdatePayload::new())
    },
    "update-a-webhook" => client.webhooks(7).update(4, WebhookCreateUpdatePayload::new()),
    "update-custom-attributes-of-a-conversation" => client.conversations(7).update_custom_attributes(9, ConversationsUpdateCustomAttributesRequest::new(Map::new())),
    "updateAgentBot" => client.inboxes(7).set_agent_bot(5, InboxesSetAgentBotRequest::new(2)),
}

/// What is not written as it was sent, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[(
    "contactList.meta.current_page",
    "the server echoes the page of the query as a string; the client reads the number that it is",
)];

/// What the operation gives where the server sends this.
async fn served(fixture: &Fixture, status: u16) -> Outcome<Result<Value, Error>> {
    let server = Server::answering_anything(fixture.answer(status)).await?;
    let client = Client::builder().api_access_token("TOKEN").base_url(server.url()).retry(Retry::never()).build()?;
    let result = call(&client, &fixture.operation).await?;
    server.request()?;
    Ok(result)
}

#[tokio::test]
async fn every_success_is_read_and_written_again_without_loss() -> Outcome {
    let mut losses = Losses::default();
    let mut read = 0;
    for fixture in Fixture::all("chatwoot")? {
        let Some(status @ 200..300) = fixture.status else { continue };
        let written = served(&fixture, status).await?.map_err(|error| format!("{}: {error}", fixture.file))?;
        losses.compare(&fixture.operation, &fixture.json()?, &written);
        read += 1;
    }
    losses.assert_are(LEFT_OUT);
    assert_eq!(read, 66);
    Ok(())
}

#[tokio::test]
async fn every_refusal_arrives_typed_and_is_written_again_without_loss() -> Outcome {
    let mut losses = Losses::default();
    let mut read = 0;
    for fixture in Fixture::all("chatwoot")? {
        let Some(status @ 400..) = fixture.status else { continue };
        let refusal = refusal(served(&fixture, status).await?)?;
        assert_eq!(refusal.status(), status, "{}", fixture.file);
        match refusal.body() {
            ErrorBody::ErrorResponse(body) => {
                losses.compare(&fixture.file, &fixture.json()?, &serde_json::to_value(body)?);
            }
            ErrorBody::Text(text) => assert_eq!((status, text), (429, &fixture.body), "{}", fixture.file),
            other => return Err(format!("{}: {other:?}", fixture.file).into()),
        }
        read += 1;
    }
    losses.assert_are(&[]);
    assert_eq!(read, 20);
    Ok(())
}
