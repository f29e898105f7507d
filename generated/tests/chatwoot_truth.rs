//! What Chatwoot's server sends, read by the client's own operations from a server that sends it, and written again.
//!
//! `fixtures/chatwoot/index.json` says which operation each response is of; these were derived from the server's views.
//! `fixtures/chatwoot-recorded` has a file for each operation, with a response of each status and shape that running servers of
//! versions 4.12.1 and 4.16.2 sent. All values are invented.
#![cfg(feature = "chatwoot")]

mod support;

use crm_clients::chatwoot::types::*;
use crm_clients::chatwoot::{Client, Error, ErrorBody};
use crm_clients::runtime::{Map, Retry, Value};
use support::truth::{Fixture, Losses, operations};
use support::{Outcome, Server, refusal};

operations! { client:
    "add-new-agent-to-account" => client.agents(7).create(AgentCreatePayload::new("Maya", "maya@acme.example", "agent")),
    "add-new-agent-to-inbox" => client.inboxes(7).add_agents(InboxMembersPayload::new(5, [1])),
    "add-new-agent-to-team" => client.teams(7).add_agents(3, TeamMembersPayload::new([1])),
    "add-new-article-to-account" => client.help_center(7).create_article("docs", ArticleCreateUpdatePayload::new()),
    "add-new-automation-rule-to-account" => client.automation_rules(7).create(AutomationRuleCreateUpdatePayload::new()),
    "add-new-canned-response-to-account" => client.canned_responses(7).create(CannedResponseCreateUpdatePayload::new()),
    "add-new-category-to-account" => client.help_center(7).create_category("docs", CategoryCreateUpdatePayload::new()),
    "add-new-custom-attribute-to-account" => client.custom_attributes(7).create(CustomAttributeCreateUpdatePayload::new()),
    "add-new-portal-to-account" => client.help_center(7).create_portal(PortalCreatePayload::new("docs.acme.example")),
    "assign-a-conversation" => client.conversation_assignments(7, 9).assign(ConversationAssignmentsAssignRequest::new()),
    "contact-add-labels" => client.contact_labels(7, 101).replace(["vip"]),
    "contactableInboxesGet" => client.contacts(7).contactable_inboxes(5),
    "contactConversations" => client.contacts(7).conversations(5),
    "contactCreate" => client.contacts(7).create(ContactCreatePayload::new()),
    "contactDelete" => client.contacts(7).delete(5),
    "contactDetails" => client.contacts(7).get(5),
    "contactFilter" => client.contacts(7).filter(FilterPayload::new([FilterCondition::new("name", "equal_to")])),
    "contactInboxCreation" => client.contacts(7).create_contact_inbox(5, ContactsCreateContactInboxRequest::new(5)),
    "contactList" => client.contacts(7).list(),
    "contactMerge" => client.contacts(7).merge(ContactsMergeRequest::new(1, 2)),
    "contactSearch" => client.contacts(7).search("maya"),
    "contactUpdate" => client.contacts(7).update(5, ContactUpdatePayload::new()),
    "conversation-add-labels" => client.conversations(7).replace_labels(9, ["vip"]),
    "conversationFilter" => client.conversations(7).filter(FilterPayload::new([FilterCondition::new("name", "equal_to")])),
    "conversationList" => client.conversations(7).list(),
    "conversationListMeta" => client.conversations(7).counts(),
    "create-a-contact" => client.public_contacts("inbox").create(PublicContactCreateUpdatePayload::new()),
    "create-a-conversation" => client.public_conversations("inbox", "contact").create(PublicConversationCreatePayload::new()),
    "create-a-custom-filter" => client.custom_filters(7).create(CustomFilterCreateUpdatePayload::new()),
    "create-a-label" => client.labels(7).create(LabelCreateUpdatePayload::new()),
    "create-a-message" => client.public_messages("inbox", "contact", 9).create(PublicMessageCreatePayload::new()),
    "create-a-new-message-in-a-conversation" => client.messages(7, 9).create(ConversationMessageCreatePayload::new()),
    "create-a-team" => client.teams(7).create(TeamCreateUpdatePayload::new()),
    "create-a-user" => client.platform_users().create(UserCreateUpdatePayload::new()),
    "create-a-webhook" => client.webhooks(7).create(WebhookCreateUpdatePayload::new()),
    "create-an-account" => client.platform_accounts().create(AccountCreateUpdatePayload::new()),
    "create-an-account-agent-bot" => client.agent_bots(7).create(AgentBotCreateUpdatePayload::new()),
    "create-an-account-user" => client.platform_account_users(7).create(AccountUserCreateUpdatePayload::new(4, "agent")),
    "create-an-agent-bot" => client.platform_agent_bots().create(PlatformAgentBotCreateUpdatePayload::new()),
    "create-an-integration-hook" => client.integrations(7).create_hook(IntegrationsHookCreatePayload::new()),
    "create-twilio-inbox" => client.inboxes(7).create_twilio(TwilioInboxCreatePayload::new(TwilioChannel::new("Hotline", "sms", "AC1", "token"))),
    "delete-a-custom-filter" => client.custom_filters(7).delete(4),
    "delete-a-label" => client.labels(7).delete(5),
    "delete-a-message" => client.messages(7, 9).delete(12),
    "delete-a-team" => client.teams(7).delete(3),
    "delete-a-user" => client.platform_users().delete(5),
    "delete-a-webhook" => client.webhooks(7).delete(4),
    "delete-agent-from-account" => client.agents(7).delete(5),
    "delete-agent-in-inbox" => client.inboxes(7).remove_agents(InboxMembersPayload::new(5, [1])),
    "delete-agent-in-team" => client.teams(7).remove_agents(3, TeamMembersPayload::new([1])),
    "delete-an-account" => client.platform_accounts().delete(7),
    "delete-an-account-agent-bot" => client.agent_bots(7).delete(5),
    "delete-an-account-user" => client.platform_account_users(7).delete(AccountUserDeletePayload::new(4)),
    "delete-an-agent-bot" => client.platform_agent_bots().delete(5),
    "delete-an-integration-hook" => client.integrations(7).delete_hook(6),
    "delete-automation-rule-from-account" => client.automation_rules(7).delete(5),
    "delete-canned-response-from-account" => client.canned_responses(7).delete(5),
    "delete-custom-attribute-from-account" => client.custom_attributes(7).delete(5),
    "destroy-custom-attributes-of-a-conversation" => client.conversations(7).remove_custom_attributes(9, ["plan"]),
    "fetchProfile" => client.profile().get(),
    "get-account-agents" => client.agents(7).list(),
    "get-account-audit-logs" => client.audit_logs(7).list(),
    "get-account-automation-rule" => client.automation_rules(7).list(),
    "get-account-canned-response" => client.canned_responses(7).list(),
    "get-account-conversation-metrics" => client.reports().account_conversation_metrics(7),
    "get-account-custom-attribute" => client.custom_attributes(7).list(),
    "get-account-details" => client.account(7).get(),
    "get-account-reporting-events" => client.reports().events(7),
    "get-agent-conversation-metrics" => client.reports().agent_conversation_metrics(7),
    "get-agent-summary-report" => client.reports().summary_by_agent(7),
    "get-channel-summary-report" => client.reports().summary_by_channel(7),
    "get-conversation-reporting-events" => client.conversations(7).reporting_events(9),
    "get-csat-survey-page" => client.csat_survey("9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5f").get(),
    "get-details-of-a-contact" => client.public_contacts("inbox").get("contact"),
    "get-details-of-a-conversation" => client.conversations(7).get(9),
    "get-details-of-a-inbox" => client.public_inbox("inbox").get(),
    "get-details-of-a-single-account-agent-bot" => client.agent_bots(7).get(5),
    "get-details-of-a-single-agent-bot" => client.platform_agent_bots().get(5),
    "get-details-of-a-single-automation-rule" => client.automation_rules(7).get(5),
    "get-details-of-a-single-custom-attribute" => client.custom_attributes(7).get(5),
    "get-details-of-a-single-custom-filter" => client.custom_filters(7).get(4),
    "get-details-of-a-single-label" => client.labels(7).get(5),
    "get-details-of-a-single-team" => client.teams(7).get(3),
    "get-details-of-a-user" => client.platform_users().get(5),
    "get-details-of-all-integrations" => client.integrations(7).list_apps(),
    "get-details-of-an-account" => client.platform_accounts().get(7),
    "get-first-response-time-distribution" => client.reports().first_response_time_distribution(7),
    "get-inbox-label-matrix" => client.reports().inbox_label_matrix(7),
    "get-inbox-members" => client.inboxes(7).list_agents(5),
    "get-inbox-summary-report" => client.reports().summary_by_inbox(7),
    "get-outgoing-messages-count" => client.reports().outgoing_messages_count(7, "agent"),
    "get-portal" => client.help_center(7).list_portals(),
    "get-single-conversation" => client.public_conversations("inbox", "contact").get(9),
    "get-sso-url-of-a-user" => client.platform_users().login(5),
    "get-team-members" => client.teams(7).list_agents(3),
    "get-team-summary-report" => client.reports().summary_by_team(7),
    "get-token-of-a-user" => client.platform_users().token(5),
    "getAccountBrandedEmailLayout" => client.inboxes(7).email_layout(),
    "GetInbox" => client.inboxes(7).get(5),
    "getInboxAgentBot" => client.inboxes(7).agent_bot(5),
    "inboxCreation" => client.inboxes(7).create(InboxCreatePayload::new()),
    "list-accounts" => client.platform_accounts().list(),
    "list-all-account-agent-bots" => client.agent_bots(7).list(),
    "list-all-account-users" => client.platform_account_users(7).list(),
    "list-all-agent-bots" => client.platform_agent_bots().list(),
    "list-all-contact-conversations" => client.public_conversations("inbox", "contact").list(),
    "list-all-conversation-messages" => client.public_messages("inbox", "contact", 9).list(),
    "list-all-conversation-statistics" => client.reports().series(7, "conversations_count", "account"),
    "list-all-conversation-statistics-summary" => client.reports().summary(7, "account"),
    "list-all-filters" => client.custom_filters(7).list(),
    "list-all-labels" => client.labels(7).list(),
    "list-all-labels-of-a-contact" => client.contact_labels(7, 101).list(),
    "list-all-labels-of-a-conversation" => client.conversations(7).list_labels(9),
    "list-all-messages" => client.messages(7, 9).list(),
    "list-all-teams" => client.teams(7).list(),
    "list-all-webhooks" => client.webhooks(7).list(),
    "listAllInboxes" => client.inboxes(7).list(),
    "newConversation" => client.conversations(7).create(ConversationCreatePayload::new()),
    "resolve-conversation" => client.public_conversations("inbox", "contact").toggle_status(9),
    "toggle-priority-of-a-conversation" => client.conversations(7).toggle_priority(9, ConversationsTogglePriorityRequest::new(ConversationPriority::High)),
    "toggle-status-of-a-conversation" => client.conversations(7).toggle_status(9, "open"),
    "toggle-typing-status" => client.public_conversations("inbox", "contact").toggle_typing(9, "on"),
    "toggle-typing-status-of-a-conversation" => client.conversations(7).toggle_typing_status(9, "on"),
    "update-a-contact" => client.public_contacts("inbox").update("contact", PublicContactCreateUpdatePayload::new()),
    "update-a-custom-filter" => client.custom_filters(7).update(4, CustomFilterCreateUpdatePayload::new()),
    "update-a-label" => client.labels(7).update(5, LabelCreateUpdatePayload::new()),
    "update-a-message" => client.public_messages("inbox", "contact", 9).update(12, PublicMessageUpdatePayload::new()),
    "update-a-team" => client.teams(7).update(3, TeamCreateUpdatePayload::new()),
    "update-a-user" => client.platform_users().update(5, UserCreateUpdatePayload::new()),
    "update-a-webhook" => client.webhooks(7).update(4, WebhookCreateUpdatePayload::new()),
    "update-account" => client.account(7).update(AccountUpdatePayload::new()),
    "update-agent-in-account" => client.agents(7).update(5, AgentUpdatePayload::new()),
    "update-agents-in-inbox" => client.inboxes(7).replace_agents(InboxMembersPayload::new(5, [1])),
    "update-agents-in-team" => client.teams(7).replace_agents(3, TeamMembersPayload::new([1])),
    "update-an-account" => client.platform_accounts().update(7, AccountCreateUpdatePayload::new()),
    "update-an-account-agent-bot" => client.agent_bots(7).update(5, AgentBotCreateUpdatePayload::new()),
    "update-an-agent-bot" => client.platform_agent_bots().update(5, PlatformAgentBotCreateUpdatePayload::new()),
    "update-an-integrations-hook" => client.integrations(7).update_hook(6, IntegrationsHookUpdatePayload::new()),
    "update-automation-rule-in-account" => client.automation_rules(7).update(5, AutomationRuleCreateUpdatePayload::new()),
    "update-canned-response-in-account" => client.canned_responses(7).update(5, CannedResponseCreateUpdatePayload::new()),
    "update-conversation" => client.conversations(7).update(9, ConversationsUpdateRequest::new()),
    "update-custom-attribute-in-account" => client.custom_attributes(7).update(5, CustomAttributeCreateUpdatePayload::new()),
    "update-custom-attributes-of-a-conversation" => client.conversations(7).update_custom_attributes(9, ConversationsUpdateCustomAttributesRequest::new(Map::new())),
    "update-last-seen" => client.public_conversations("inbox", "contact").update_last_seen(9),
    "update-portal-to-account" => client.help_center(7).update_portal("docs", PortalCreateUpdatePayload::new()),
    "updateAccountBrandedEmailLayout" => client.inboxes(7).update_email_layout(AccountBrandedEmailLayoutPayload::new()),
    "updateAgentBot" => client.inboxes(7).set_agent_bot(5, InboxesSetAgentBotRequest::new(2)),
    "updateInbox" => client.inboxes(7).update(5, InboxUpdatePayload::new()),
    "updateProfile" => client.profile().update(ProfileUpdateRequest::new(ProfileUpdateRequestProfile::new())),
}

/// What is not written as it was sent, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("contactFilter.meta.current_page", ECHO),
    ("contactList.meta.current_page", ECHO),
    ("contactSearch.meta.current_page", ECHO),
];

const ECHO: &str = "the server echoes the page of the query as a string; the client reads the number that it is";

/// The responses that were derived from the server's views and those that were recorded.
fn fixtures() -> Outcome<Vec<Fixture>> {
    let mut all = Fixture::all("chatwoot")?;
    all.extend(Fixture::recorded("chatwoot-recorded")?);
    Ok(all)
}

/// A client, and a server that sends it these responses in order.
async fn serving(fixtures: &[(u16, Fixture)]) -> Outcome<(Client, Server)> {
    let mut server = Server::start().await?;
    for (status, fixture) in fixtures {
        server = server.and("*", "*", fixture.answer(*status));
    }
    let client = Client::builder().api_access_token("TOKEN").base_url(server.url()).retry(Retry::never()).build()?;
    Ok((client, server))
}

#[tokio::test]
async fn every_success_is_read_and_written_again_without_loss() -> Outcome {
    let successes: Vec<_> = fixtures()?
        .into_iter()
        .filter_map(|fixture| Some((fixture.status.filter(|status| (200..300).contains(status))?, fixture)))
        .collect();
    let (client, server) = serving(&successes).await?;
    let mut losses = Losses::default();
    for (_, fixture) in &successes {
        let written = call(&client, &fixture.operation).await?.map_err(|error| format!("{}: {error}", fixture.file))?;
        losses.compare(&fixture.operation, &fixture.json()?, &written);
    }
    losses.assert_are(LEFT_OUT);
    assert_eq!((successes.len(), server.requests()?.len()), (320, 320));
    Ok(())
}

#[tokio::test]
async fn every_refusal_arrives_typed_and_is_written_again_without_loss() -> Outcome {
    let refusals: Vec<_> = fixtures()?
        .into_iter()
        .filter_map(|fixture| Some((fixture.status.filter(|status| *status >= 400)?, fixture)))
        .collect();
    let (client, _server) = serving(&refusals).await?;
    let mut losses = Losses::default();
    for (status, fixture) in &refusals {
        let refusal = refusal(call(&client, &fixture.operation).await?)?;
        assert_eq!(refusal.status(), *status, "{}", fixture.file);
        match refusal.body() {
            ErrorBody::ErrorResponse(body) => {
                losses.compare(&fixture.file, &fixture.json()?, &serde_json::to_value(body)?);
            }
            ErrorBody::Text(text) => {
                assert_eq!(
                    (text, fixture.content_type.starts_with("text/")),
                    (&fixture.body, true),
                    "{}",
                    fixture.file
                );
            }
            ErrorBody::Unknown if *status == 422 && fixture.body.is_empty() => {}
            other => return Err(format!("{}: {other:?}", fixture.file).into()),
        }
    }
    losses.assert_are(&[]);
    assert_eq!(refusals.len(), 165);
    Ok(())
}

#[test]
fn every_operation_has_a_recorded_success() -> Outcome {
    let recorded = Fixture::recorded("chatwoot-recorded")?;
    let mut operations: Vec<_> = recorded
        .iter()
        .filter(|fixture| fixture.status.is_some_and(|status| status < 300))
        .map(|fixture| fixture.operation.as_str())
        .collect();
    operations.dedup();
    assert_eq!(operations.len(), 149);
    Ok(())
}
