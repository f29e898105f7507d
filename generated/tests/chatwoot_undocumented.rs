//! Calls each operation that Chatwoot's document lacks against the mock, which replays a recording of a server of
//! version 4.16.2.
//!
//! `fixtures/chatwoot-undocumented.jsonl` contains the recording, with every value replaced. The mock responds only to
//! requests with the recorded method, path, query and body.
#![cfg(all(feature = "chatwoot-undocumented", feature = "mock"))]

mod support;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crm_clients::chatwoot::types::*;
use crm_clients::chatwoot::{Client, Error, mock};
use crm_clients::runtime::{Timestamp, Upload, Value};
use serde::de::DeserializeOwned;
use support::truth::{Losses, operations};
use support::{Outcome, refusal};

/// The period of recorded reports.
const START: Timestamp = Timestamp::constant(1_790_000_000, 0);
const END: Timestamp = Timestamp::constant(1_791_000_000, 0);

operations! { client:
    "contacts.create_note" => client.account(7).contacts().create_note(5, sent::<ContactNotePayload>("contacts.create_note")?),
    "contacts.notes" => client.account(7).contacts().notes(5),
    "contacts.get_note" => client.account(7).contacts().get_note(5, 3),
    "contacts.update_note" => client.account(7).contacts().update_note(5, 3, sent::<ContactNotePayload>("contacts.update_note")?),
    "contacts.delete_note" => client.account(7).contacts().delete_note(5, 3),
    "contacts.create_note 2" => client.account(7).contacts().create_note(5, sent::<ContactNotePayload>("contacts.create_note 2")?),
    "contacts.remove_custom_attributes" => client.account(7).contacts().remove_custom_attributes(5, sent::<AttributeKeysPayload>("contacts.remove_custom_attributes")?),
    "contacts.delete_avatar" => client.account(7).contacts().delete_avatar(5),
    "contacts.attachments" => client.account(7).contacts().attachments(5),
    "contacts.list_active" => client.account(7).contacts().list_active(),
    "contacts.export" => client.account(7).contacts().export(sent::<ContactExportPayload>("contacts.export")?),
    "contacts.import" => client.account(7).contacts().import(ContactImportForm::new(Upload::bytes("name\n"))),
    "companies.create" => client.account(7).companies().create(sent::<CompanyCreatePayload>("companies.create")?),
    "companies.list" => client.account(7).companies().list(),
    "companies.search" => client.account(7).companies().search("lantern"),
    "companies.get" => client.account(7).companies().get(4),
    "companies.update" => client.account(7).companies().update(4, sent::<CompanyUpdatePayload>("companies.update")?),
    "companies.add_contact" => client.account(7).companies().add_contact(4, sent::<CompanyContactAddPayload>("companies.add_contact")?),
    "companies.contacts" => client.account(7).companies().contacts(4),
    "companies.conversations" => client.account(7).companies().conversations(4),
    "companies.notes" => client.account(7).companies().notes(4),
    "companies.search_contacts" => client.account(7).companies().search_contacts(4, "lantern"),
    "companies.remove_contact" => client.account(7).companies().remove_contact(4, 5),
    "companies.delete" => client.account(7).companies().delete(4),
    "companies.create 2" => client.account(7).companies().create(sent::<CompanyCreatePayload>("companies.create 2")?),
    "conversations.search" => client.account(7).conversations().search("lantern"),
    "conversations.unread_counts" => client.account(7).conversations().unread_counts(),
    "conversations.mark_read" => client.account(7).conversations().mark_read(9),
    "conversations.mark_unread" => client.account(7).conversations().mark_unread(9),
    "conversations.mute" => client.account(7).conversations().mute(9),
    "conversations.unmute" => client.account(7).conversations().unmute(9),
    "conversations.send_transcript" => client.account(7).conversations().send_transcript(9, sent::<TranscriptPayload>("conversations.send_transcript")?),
    "conversations.add_participants" => client.account(7).conversations().add_participants(9, sent::<ParticipantsPayload>("conversations.add_participants")?),
    "conversations.participants" => client.account(7).conversations().participants(9),
    "conversations.replace_participants" => client.account(7).conversations().replace_participants(9, sent::<ParticipantsPayload>("conversations.replace_participants")?),
    "conversations.remove_participants" => client.account(7).conversations().remove_participants(9, sent::<ParticipantsPayload>("conversations.remove_participants")?),
    "conversations.attachments" => client.account(7).conversations().attachments(9),
    "conversations.update_draft" => client.account(7).conversations().update_draft(9, sent::<DraftMessagePayload>("conversations.update_draft")?),
    "conversations.draft" => client.account(7).conversations().draft(9),
    "conversations.delete_draft" => client.account(7).conversations().delete_draft(9),
    "conversations.inbox_assistant" => client.account(7).conversations().inbox_assistant(9),
    "messages.update_status" => client.account(7).conversation(9).messages().update_status(12, sent::<MessageStatusPayload>("messages.update_status")?),
    "messages.retry" => client.account(7).conversation(9).messages().retry(12),
    "messages.translate" => client.account(7).conversation(9).messages().translate(12, sent::<TranslatePayload>("messages.translate")?),
    "search.all" => client.account(7).search().all("lantern"),
    "search.contacts" => client.account(7).search().contacts("lantern"),
    "search.conversations" => client.account(7).search().conversations("lantern"),
    "search.messages" => client.account(7).search().messages("lantern"),
    "search.articles" => client.account(7).search().articles("lantern"),
    "macros.create" => client.account(7).macros().create(sent::<MacroCreatePayload>("macros.create")?),
    "macros.list" => client.account(7).macros().list(),
    "macros.get" => client.account(7).macros().get(6),
    "macros.update" => client.account(7).macros().update(6, sent::<MacroUpdatePayload>("macros.update")?),
    "macros.execute" => client.account(7).macros().execute(6, sent::<MacroExecutePayload>("macros.execute")?),
    "macros.delete" => client.account(7).macros().delete(6),
    "macros.create 2" => client.account(7).macros().create(sent::<MacroCreatePayload>("macros.create 2")?),
    "campaigns.create" => client.account(7).campaigns().create(sent::<CampaignCreatePayload>("campaigns.create")?),
    "campaigns.create 2" => client.account(7).campaigns().create(sent::<CampaignCreatePayload>("campaigns.create 2")?),
    "campaigns.list" => client.account(7).campaigns().list(),
    "campaigns.list 2" => client.account(7).campaigns().list(),
    "campaigns.get" => client.account(7).campaigns().get(2),
    "campaigns.update" => client.account(7).campaigns().update(2, sent::<CampaignUpdatePayload>("campaigns.update")?),
    "inboxes.campaigns" => client.account(7).inboxes().campaigns(8),
    "campaigns.delete" => client.account(7).campaigns().delete(2),
    "csat_survey_responses.list" => client.account(7).csat_survey_responses().list(),
    "csat_survey_responses.list 2" => client.account(7).csat_survey_responses().list().page(1).sort("-created_at").rating(5),
    "csat_survey_responses.metrics" => client.account(7).csat_survey_responses().metrics(),
    "csat_survey_responses.export" => client.account(7).csat_survey_responses().export(),
    "notifications.list" => client.account(7).notifications().list(),
    "notifications.unread_count" => client.account(7).notifications().unread_count(),
    "notifications.list 2" => client.account(7).notifications().list(),
    "notifications.read_all" => client.account(7).notifications().read_all(),
    "notifications.delete_all" => client.account(7).notifications().delete_all(sent::<NotificationsDeletePayload>("notifications.delete_all")?),
    "notifications.settings" => client.account(7).notifications().settings(),
    "notifications.update_settings" => client.account(7).notifications().update_settings(sent::<NotificationSettingsPayload>("notifications.update_settings")?),
    "agents.assignable" => client.account(7).agents().assignable([8]),
    "inboxes.assignable_agents" => client.account(7).inboxes().assignable_agents(8),
    "inboxes.delete_avatar" => client.account(7).inboxes().delete_avatar(8),
    "inboxes.reset_secret" => client.account(7).inboxes().reset_secret(8),
    "agents.create_many" => client.account(7).agents().create_many(sent::<AgentsCreatePayload>("agents.create_many")?),
    "bulk_actions.run" => client.account(7).bulk_actions().run(sent::<BulkActionPayload>("bulk_actions.run")?),
    "dashboard_apps.create" => client.account(7).dashboard_apps().create(sent::<DashboardAppCreatePayload>("dashboard_apps.create")?),
    "dashboard_apps.list" => client.account(7).dashboard_apps().list(),
    "dashboard_apps.get" => client.account(7).dashboard_apps().get(1),
    "dashboard_apps.update" => client.account(7).dashboard_apps().update(1, sent::<DashboardAppUpdatePayload>("dashboard_apps.update")?),
    "dashboard_apps.delete" => client.account(7).dashboard_apps().delete(1),
    "custom_roles.create" => client.account(7).custom_roles().create(sent::<CustomRoleCreatePayload>("custom_roles.create")?),
    "custom_roles.list" => client.account(7).custom_roles().list(),
    "custom_roles.get" => client.account(7).custom_roles().get(6),
    "custom_roles.update" => client.account(7).custom_roles().update(6, sent::<CustomRoleUpdatePayload>("custom_roles.update")?),
    "custom_roles.delete" => client.account(7).custom_roles().delete(6),
    "sla_policies.create" => client.account(7).sla_policies().create(sent::<SlaPolicyCreatePayload>("sla_policies.create")?),
    "sla_policies.list" => client.account(7).sla_policies().list(),
    "sla_policies.get" => client.account(7).sla_policies().get(2),
    "sla_policies.update" => client.account(7).sla_policies().update(2, sent::<SlaPolicyUpdatePayload>("sla_policies.update")?),
    "applied_slas.list" => client.account(7).applied_slas().list(),
    "applied_slas.metrics" => client.account(7).applied_slas().metrics(),
    "applied_slas.export" => client.account(7).applied_slas().export(),
    "sla_policies.delete" => client.account(7).sla_policies().delete(2),
    "help_center.get_portal" => client.account(7).help_center().get_portal("docs"),
    "help_center.list_articles" => client.account(7).help_center().list_articles("docs"),
    "help_center.list_articles 2" => client.account(7).help_center().list_articles("docs").locale("en").page(1).status("published"),
    "help_center.list_categories" => client.account(7).help_center().list_categories("docs").locale("en"),
    "help_center.get_article" => client.account(7).help_center().get_article("docs", 31),
    "help_center.update_article" => client.account(7).help_center().update_article("docs", 31, sent::<ArticleUpdatePayload>("help_center.update_article")?),
    "help_center.reorder_articles" => client.account(7).help_center().reorder_articles("docs", sent::<ArticleReorderPayload>("help_center.reorder_articles")?),
    "help_center.delete_article" => client.account(7).help_center().delete_article("docs", 31),
    "help_center.get_category" => client.account(7).help_center().get_category("docs", 14),
    "help_center.update_category" => client.account(7).help_center().update_category("docs", 14, sent::<CategoryUpdatePayload>("help_center.update_category")?),
    "help_center.delete_category" => client.account(7).help_center().delete_category("docs", 14),
    "help_center.archive_portal" => client.account(7).help_center().archive_portal("docs"),
    "help_center.delete_portal_logo" => client.account(7).help_center().delete_portal_logo("docs"),
    "help_center.ssl_status" => client.account(7).help_center().ssl_status("docs"),
    "automation_rules.duplicate" => client.account(7).automation_rules().duplicate(1),
    "agent_bots.reset_access_token" => client.account(7).agent_bots().reset_access_token(4),
    "agent_bots.delete_avatar" => client.account(7).agent_bots().delete_avatar(4),
    "agent_bots.reset_secret" => client.account(7).agent_bots().reset_secret(4),
    "account.cache_keys" => client.account(7).cache_keys(),
    "account.update_active_at" => client.account(7).update_active_at(),
    "reports.export_agents" => client.account(7).reports().export_agents().since(START).until(END),
    "reports.export_inboxes" => client.account(7).reports().export_inboxes().since(START).until(END),
    "reports.export_labels" => client.account(7).reports().export_labels().since(START).until(END),
    "reports.export_teams" => client.account(7).reports().export_teams().since(START).until(END),
    "reports.export_conversation_traffic" => client.account(7).reports().export_conversation_traffic().since(START).until(END),
    "reports.export_summary" => client.account(7).reports().export_summary().since(START).until(END),
    "reports.bot_summary" => client.account(7).reports().bot_summary().since(START).until(END).r#type("account"),
    "reports.bot_metrics" => client.account(7).reports().bot_metrics().since(START).until(END).r#type("account"),
    "reports.summary_by_label" => client.account(7).reports().summary_by_label().since(START).until(END),
    "reports.live_conversations" => client.account(7).reports().live_conversations(),
    "reports.live_conversations_by" => client.account(7).reports().live_conversations_by("assignee_id"),
    "reports.year_in_review" => client.account(7).reports().year_in_review().year(2026),
    "profile.set_availability" => client.profile().set_availability(sent::<ProfileAvailabilityPayload>("profile.set_availability")?),
    "profile.set_auto_offline" => client.profile().set_auto_offline(sent::<ProfileAutoOfflinePayload>("profile.set_auto_offline")?),
    "profile.set_active_account" => client.profile().set_active_account(sent::<ProfileActiveAccountPayload>("profile.set_active_account")?),
    "profile.reset_access_token" => client.profile().reset_access_token(),
}

fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/chatwoot-undocumented.jsonl")
}

/// Returns the recorded exchanges in order.
fn exchanges() -> Outcome<Vec<Value>> {
    let text = std::fs::read_to_string(recording())?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Returns the recorded body of a request as the type that callers build.
fn sent<T: DeserializeOwned>(about: &str) -> Outcome<T> {
    let exchanges = exchanges()?;
    let exchange = exchanges.iter().find(|exchange| exchange["about"] == about).ok_or("it was not recorded")?;
    serde_json::from_value(exchange["sent"].clone()).map_err(|error| format!("{about}: {error}").into())
}

#[tokio::test]
async fn every_undocumented_operation_is_called_and_its_response_read_without_loss() -> Outcome {
    let mock = mock::Server::start().await?;
    mock.replay(recording())?;
    let client = mock.builder().api_access_token("TOKEN").build()?;
    let mut losses = Losses::default();
    let (mut successes, mut refusals) = (0, 0);
    let exchanges = exchanges()?;
    for exchange in &exchanges {
        let about = exchange["about"].as_str().unwrap_or_default();
        let called = call(&client, about).await?;
        if exchange["status"].as_u64() >= Some(400) {
            let refused = refusal(called)?;
            assert_eq!(Some(u64::from(refused.status().as_u16())), exchange["status"].as_u64(), "{about}");
            refusals += 1;
            continue;
        }
        let written = called.map_err(|error| format!("{about}: {error}"))?;
        let received = exchange.get("json").or(exchange.get("text")).cloned().unwrap_or_default();
        losses.compare(about, &received, &written);
        successes += 1;
    }
    losses.assert_are(&[]);
    mock.verify()?;
    assert_eq!((successes, refusals), (124, 11));
    let mut called: HashMap<_, usize> = HashMap::new();
    for request in mock.requests() {
        *called.entry(request.operation.ok_or("a request of no operation")?).or_default() += 1;
    }
    assert_eq!(called.len(), 127, "operations");
    Ok(())
}
