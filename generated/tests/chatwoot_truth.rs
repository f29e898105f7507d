//! Responses of Chatwoot's server: sent by a test server, decoded by the client's operations, and serialized again.
//!
//! `fixtures/chatwoot/index.json` lists the operation of each response derived from the server's views.
//! `fixtures/chatwoot-recorded` has a file for each operation, with responses of each status and shape sent by running
//! servers of versions 4.12.1 and 4.16.2. All values are made up.
#![cfg(feature = "chatwoot")]

mod support;

use crm_clients::chatwoot::types::*;
use crm_clients::chatwoot::{Client, Error, ErrorBody};
use crm_clients::runtime::{Map, Retry, Uuid, Value};
use support::truth::{Fixture, Losses, operations};
use support::{Outcome, Server, refusal};

operations! { client:
    "add-new-agent-to-account" => client.account(7).agents().create(AgentCreatePayload::new("Maya", "maya@acme.example", "agent")),
    "add-new-agent-to-inbox" => client.account(7).inboxes().add_agents(InboxMembersPayload::new(5, [1])),
    "add-new-agent-to-team" => client.account(7).teams().add_agents(3, TeamMembersPayload::new([1])),
    "add-new-article-to-account" => client.account(7).help_center().create_article("docs", ArticleCreateUpdatePayload::new()),
    "add-new-automation-rule-to-account" => client.account(7).automation_rules().create(AutomationRuleCreateUpdatePayload::new()),
    "add-new-canned-response-to-account" => client.account(7).canned_responses().create(CannedResponseCreateUpdatePayload::new()),
    "add-new-category-to-account" => client.account(7).help_center().create_category("docs", CategoryCreateUpdatePayload::new()),
    "add-new-custom-attribute-to-account" => client.account(7).custom_attributes().create(CustomAttributeCreateUpdatePayload::new()),
    "add-new-portal-to-account" => client.account(7).help_center().create_portal(PortalCreatePayload::new("docs.acme.example")),
    "assign-a-conversation" => client.account(7).conversation(9).conversation_assignments().assign(ConversationAssignmentsAssignRequest::new()),
    "contact-add-labels" => client.account(7).contact_labels(101).replace(["vip"]),
    "contactableInboxesGet" => client.account(7).contacts().contactable_inboxes(5),
    "contactConversations" => client.account(7).contacts().conversations(5),
    "contactCreate" => client.account(7).contacts().create(ContactCreatePayload::new()),
    "contactDelete" => client.account(7).contacts().delete(5),
    "contactDetails" => client.account(7).contacts().get(5),
    "contactFilter" => client.account(7).contacts().filter(FilterPayload::new([FilterCondition::new("name", "equal_to")])),
    "contactInboxCreation" => client.account(7).contacts().create_contact_inbox(5, ContactsCreateContactInboxRequest::new(5)),
    "contactList" => client.account(7).contacts().list(),
    "contactMerge" => client.account(7).contacts().merge(ContactsMergeRequest::new(1, 2)),
    "contactSearch" => client.account(7).contacts().search("maya"),
    "contactUpdate" => client.account(7).contacts().update(5, ContactUpdatePayload::new()),
    "conversation-add-labels" => client.account(7).conversations().replace_labels(9, ["vip"]),
    "conversationFilter" => client.account(7).conversations().filter(FilterPayload::new([FilterCondition::new("name", "equal_to")])),
    "conversationList" => client.account(7).conversations().list(),
    "conversationListMeta" => client.account(7).conversations().counts(),
    "create-a-contact" => client.public_inbox("inbox").public_contacts().create(PublicContactCreateUpdatePayload::new()),
    "create-a-conversation" => client.public_inbox("inbox").contact("contact").public_conversations().create(PublicConversationCreatePayload::new()),
    "create-a-custom-filter" => client.account(7).custom_filters().create(CustomFilterCreateUpdatePayload::new()),
    "create-a-label" => client.account(7).labels().create(LabelCreateUpdatePayload::new()),
    "create-a-message" => client.public_inbox("inbox").contact("contact").public_messages(9).create(PublicMessageCreatePayload::new()),
    "create-a-new-message-in-a-conversation" => client.account(7).conversation(9).messages().create(ConversationMessageCreatePayload::new()),
    "create-a-team" => client.account(7).teams().create(TeamCreateUpdatePayload::new()),
    "create-a-user" => client.platform_users().create(UserCreateUpdatePayload::new()),
    "create-a-webhook" => client.account(7).webhooks().create(WebhookCreateUpdatePayload::new()),
    "create-an-account" => client.platform_accounts().create(AccountCreateUpdatePayload::new()),
    "create-an-account-agent-bot" => client.account(7).agent_bots().create(AgentBotCreateUpdatePayload::new()),
    "create-an-account-user" => client.platform_account_users(7).create(AccountUserCreateUpdatePayload::new(4, "agent")),
    "create-an-agent-bot" => client.platform_agent_bots().create(PlatformAgentBotCreateUpdatePayload::new()),
    "create-an-integration-hook" => client.account(7).integrations().create_hook(IntegrationsHookCreatePayload::new()),
    "create-twilio-inbox" => client.account(7).inboxes().create_twilio(TwilioInboxCreatePayload::new(TwilioChannel::new("Hotline", "sms", "AC1", "token"))),
    "delete-a-custom-filter" => client.account(7).custom_filters().delete(4),
    "delete-a-label" => client.account(7).labels().delete(5),
    "delete-a-message" => client.account(7).conversation(9).messages().delete(12),
    "delete-a-team" => client.account(7).teams().delete(3),
    "delete-a-user" => client.platform_users().delete(5),
    "delete-a-webhook" => client.account(7).webhooks().delete(4),
    "delete-agent-from-account" => client.account(7).agents().delete(5),
    "delete-agent-in-inbox" => client.account(7).inboxes().remove_agents(InboxMembersPayload::new(5, [1])),
    "delete-agent-in-team" => client.account(7).teams().remove_agents(3, TeamMembersPayload::new([1])),
    "delete-an-account" => client.platform_accounts().delete(7),
    "delete-an-account-agent-bot" => client.account(7).agent_bots().delete(5),
    "delete-an-account-user" => client.platform_account_users(7).delete(AccountUserDeletePayload::new(4)),
    "delete-an-agent-bot" => client.platform_agent_bots().delete(5),
    "delete-an-integration-hook" => client.account(7).integrations().delete_hook(6),
    "delete-automation-rule-from-account" => client.account(7).automation_rules().delete(5),
    "delete-canned-response-from-account" => client.account(7).canned_responses().delete(5),
    "delete-custom-attribute-from-account" => client.account(7).custom_attributes().delete(5),
    "destroy-custom-attributes-of-a-conversation" => client.account(7).conversations().remove_custom_attributes(9, ["plan"]),
    "fetchProfile" => client.profile().get(),
    "get-account-agents" => client.account(7).agents().list(),
    "get-account-audit-logs" => client.account(7).audit_logs().list(),
    "get-account-automation-rule" => client.account(7).automation_rules().list(),
    "get-account-canned-response" => client.account(7).canned_responses().list(),
    "get-account-conversation-metrics" => client.account(7).reports().account_conversation_metrics(),
    "get-account-custom-attribute" => client.account(7).custom_attributes().list(),
    "get-account-details" => client.account(7).get(),
    "get-account-reporting-events" => client.account(7).reports().events(),
    "get-agent-conversation-metrics" => client.account(7).reports().agent_conversation_metrics(),
    "get-agent-summary-report" => client.account(7).reports().summary_by_agent(),
    "get-channel-summary-report" => client.account(7).reports().summary_by_channel(),
    "get-conversation-reporting-events" => client.account(7).conversations().reporting_events(9),
    "get-csat-survey-page" => client.csat_survey(Uuid::from_u128(0x9f1c_2d3e_4a5b_4c6d_8e7f_0a1b_2c3d_4e5f)).get(),
    "get-details-of-a-contact" => client.public_inbox("inbox").public_contacts().get("contact"),
    "get-details-of-a-conversation" => client.account(7).conversations().get(9),
    "get-details-of-a-inbox" => client.public_inbox("inbox").get(),
    "get-details-of-a-single-account-agent-bot" => client.account(7).agent_bots().get(5),
    "get-details-of-a-single-agent-bot" => client.platform_agent_bots().get(5),
    "get-details-of-a-single-automation-rule" => client.account(7).automation_rules().get(5),
    "get-details-of-a-single-custom-attribute" => client.account(7).custom_attributes().get(5),
    "get-details-of-a-single-custom-filter" => client.account(7).custom_filters().get(4),
    "get-details-of-a-single-label" => client.account(7).labels().get(5),
    "get-details-of-a-single-team" => client.account(7).teams().get(3),
    "get-details-of-a-user" => client.platform_users().get(5),
    "get-details-of-all-integrations" => client.account(7).integrations().list_apps(),
    "get-details-of-an-account" => client.platform_accounts().get(7),
    "get-first-response-time-distribution" => client.account(7).reports().first_response_time_distribution(),
    "get-inbox-label-matrix" => client.account(7).reports().inbox_label_matrix(),
    "get-inbox-members" => client.account(7).inboxes().list_agents(5),
    "get-inbox-summary-report" => client.account(7).reports().summary_by_inbox(),
    "get-outgoing-messages-count" => client.account(7).reports().outgoing_messages_count("agent"),
    "get-portal" => client.account(7).help_center().list_portals(),
    "get-single-conversation" => client.public_inbox("inbox").contact("contact").public_conversations().get(9),
    "get-sso-url-of-a-user" => client.platform_users().login(5),
    "get-team-members" => client.account(7).teams().list_agents(3),
    "get-team-summary-report" => client.account(7).reports().summary_by_team(),
    "get-token-of-a-user" => client.platform_users().token(5),
    "getAccountBrandedEmailLayout" => client.account(7).inboxes().email_layout(),
    "GetInbox" => client.account(7).inboxes().get(5),
    "getInboxAgentBot" => client.account(7).inboxes().agent_bot(5),
    "inboxCreation" => client.account(7).inboxes().create(InboxCreatePayload::new()),
    "list-accounts" => client.platform_accounts().list(),
    "list-all-account-agent-bots" => client.account(7).agent_bots().list(),
    "list-all-account-users" => client.platform_account_users(7).list(),
    "list-all-agent-bots" => client.platform_agent_bots().list(),
    "list-all-contact-conversations" => client.public_inbox("inbox").contact("contact").public_conversations().list(),
    "list-all-conversation-messages" => client.public_inbox("inbox").contact("contact").public_messages(9).list(),
    "list-all-conversation-statistics" => client.account(7).reports().series("conversations_count", "account"),
    "list-all-conversation-statistics-summary" => client.account(7).reports().summary("account"),
    "list-all-filters" => client.account(7).custom_filters().list(),
    "list-all-labels" => client.account(7).labels().list(),
    "list-all-labels-of-a-contact" => client.account(7).contact_labels(101).list(),
    "list-all-labels-of-a-conversation" => client.account(7).conversations().list_labels(9),
    "list-all-messages" => client.account(7).conversation(9).messages().list(),
    "list-all-teams" => client.account(7).teams().list(),
    "list-all-webhooks" => client.account(7).webhooks().list(),
    "listAllInboxes" => client.account(7).inboxes().list(),
    "newConversation" => client.account(7).conversations().create(ConversationCreatePayload::new()),
    "resolve-conversation" => client.public_inbox("inbox").contact("contact").public_conversations().toggle_status(9),
    "toggle-priority-of-a-conversation" => client.account(7).conversations().toggle_priority(9, ConversationsTogglePriorityRequest::new(ConversationPriority::High)),
    "toggle-status-of-a-conversation" => client.account(7).conversations().toggle_status(9, "open"),
    "toggle-typing-status" => client.public_inbox("inbox").contact("contact").public_conversations().toggle_typing(9, "on"),
    "toggle-typing-status-of-a-conversation" => client.account(7).conversations().toggle_typing_status(9, "on"),
    "update-a-contact" => client.public_inbox("inbox").public_contacts().update("contact", PublicContactCreateUpdatePayload::new()),
    "update-a-custom-filter" => client.account(7).custom_filters().update(4, CustomFilterCreateUpdatePayload::new()),
    "update-a-label" => client.account(7).labels().update(5, LabelCreateUpdatePayload::new()),
    "update-a-message" => client.public_inbox("inbox").contact("contact").public_messages(9).update(12, PublicMessageUpdatePayload::new()),
    "update-a-team" => client.account(7).teams().update(3, TeamCreateUpdatePayload::new()),
    "update-a-user" => client.platform_users().update(5, UserCreateUpdatePayload::new()),
    "update-a-webhook" => client.account(7).webhooks().update(4, WebhookCreateUpdatePayload::new()),
    "update-account" => client.account(7).update(AccountUpdatePayload::new()),
    "update-agent-in-account" => client.account(7).agents().update(5, AgentUpdatePayload::new()),
    "update-agents-in-inbox" => client.account(7).inboxes().replace_agents(InboxMembersPayload::new(5, [1])),
    "update-agents-in-team" => client.account(7).teams().replace_agents(3, TeamMembersPayload::new([1])),
    "update-an-account" => client.platform_accounts().update(7, AccountCreateUpdatePayload::new()),
    "update-an-account-agent-bot" => client.account(7).agent_bots().update(5, AgentBotCreateUpdatePayload::new()),
    "update-an-agent-bot" => client.platform_agent_bots().update(5, PlatformAgentBotCreateUpdatePayload::new()),
    "update-an-integrations-hook" => client.account(7).integrations().update_hook(6, IntegrationsHookUpdatePayload::new()),
    "update-automation-rule-in-account" => client.account(7).automation_rules().update(5, AutomationRuleCreateUpdatePayload::new()),
    "update-canned-response-in-account" => client.account(7).canned_responses().update(5, CannedResponseCreateUpdatePayload::new()),
    "update-conversation" => client.account(7).conversations().update(9, ConversationsUpdateRequest::new()),
    "update-custom-attribute-in-account" => client.account(7).custom_attributes().update(5, CustomAttributeCreateUpdatePayload::new()),
    "update-custom-attributes-of-a-conversation" => client.account(7).conversations().update_custom_attributes(9, ConversationsUpdateCustomAttributesRequest::new(Map::new())),
    "update-last-seen" => client.public_inbox("inbox").contact("contact").public_conversations().update_last_seen(9),
    "update-portal-to-account" => client.account(7).help_center().update_portal("docs", PortalCreateUpdatePayload::new()),
    "updateAccountBrandedEmailLayout" => client.account(7).inboxes().update_email_layout(AccountBrandedEmailLayoutPayload::new()),
    "updateAgentBot" => client.account(7).inboxes().set_agent_bot(5, InboxesSetAgentBotRequest::new(2)),
    "updateInbox" => client.account(7).inboxes().update(5, InboxUpdatePayload::new()),
    "updateProfile" => client.profile().update(ProfileUpdateRequest::new(ProfileUpdateRequestProfile::new())),
}

/// The places that are not serialized as they were sent, with the reasons.
const LEFT_OUT: &[(&str, &str)] = &[
    ("contactFilter.meta.current_page", ECHO),
    ("contactList.meta.current_page", ECHO),
    ("contactSearch.meta.current_page", ECHO),
];

const ECHO: &str = "the server echoes the page of the query as a string, which the client decodes as a number";

/// Returns the responses derived from the server's views and the recorded ones.
fn fixtures() -> Outcome<Vec<Fixture>> {
    let mut all = Fixture::all("chatwoot")?;
    all.extend(Fixture::recorded("chatwoot-recorded")?);
    Ok(all)
}

/// Returns a client and a server that sends it these responses in order.
async fn serving(fixtures: &[(u16, Fixture)]) -> Outcome<(Client, Server)> {
    let mut server = Server::start().await?;
    for (status, fixture) in fixtures {
        server = server.and("*", "*", fixture.answer(*status));
    }
    let client = Client::builder().api_access_token("TOKEN").base_url(server.url()).retry(Retry::never()).build()?;
    Ok((client, server))
}

#[tokio::test]
async fn every_success_round_trips_without_loss() -> Outcome {
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
async fn every_error_is_typed_and_round_trips_without_loss() -> Outcome {
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
