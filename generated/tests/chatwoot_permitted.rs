//! Every field that Chatwoot's controllers permit in the body of a request can be sent.
//!
//! `fixtures/chatwoot-permitted.json` lists, by operation, the names that the controllers of version 4.12.1 permit, and
//! those that version 4.16 permits in addition, with dots in nested names. Its bodies, with made-up values, are decoded
//! as the operation's request type and sent. The received body must have each of the names.
#![cfg(feature = "chatwoot")]

mod support;

use std::collections::BTreeSet;

use crm_clients::chatwoot::Client;
use crm_clients::chatwoot::types::*;
use crm_clients::runtime::{Retry, Value};
use support::{Answer, Outcome, Server};

/// The names that cannot be sent, with the reasons.
const LEFT_OUT: &[(&str, &str)] = &[
    ("contactCreate.avatar", UPLOAD),
    ("contactUpdate.avatar", UPLOAD),
    ("conversation-add-labels.conversation_id", "it is in the path"),
    ("create-an-account-agent-bot.avatar", UPLOAD),
    ("create-an-agent-bot.avatar", UPLOAD),
    ("inboxCreation.avatar", UPLOAD),
    ("update-account.account_name", SIGN_UP),
    ("update-account.email", SIGN_UP),
    ("update-account.password", SIGN_UP),
    ("update-account.user_full_name", SIGN_UP),
    ("update-agent-in-account.email", "the controller changes an agent's name, role and availability, not the address"),
    ("update-an-account-agent-bot.avatar", UPLOAD),
    ("update-an-agent-bot.avatar", UPLOAD),
    (
        "update-custom-attribute-in-account.filter_type",
        "it filters the list of definitions, and is not a column of a definition",
    ),
    (
        "update-portal-to-account.email",
        "it is the recipient of the instructions for a custom domain, which is another action",
    ),
    ("updateInbox.avatar", UPLOAD),
    ("updateInbox.channel.type", "the kind of an inbox cannot be changed"),
    ("updateProfile.account_id", "it is not a column of a user; only the action that sets the availability reads it"),
    ("updateProfile.avatar", UPLOAD),
];

const UPLOAD: &str = "a file, which `*_as_multipart` sends: see `chatwoot_uploads.rs`";
const SIGN_UP: &str = "the list of names is shared with the sign-up action, and only that one reads it";

/// Declares how each operation is called with a body of its request type.
macro_rules! operations {
    ($client:ident, $body:ident: $($operation:literal => $ty:ty, $call:expr,)*) => {
        async fn send($client: &Client, operation: &str, body: &Value) -> Outcome {
            match operation {
                $($operation => {
                    let $body: $ty = serde_json::from_value(body.clone()).map_err(|error| format!("{operation}: {error}"))?;
                    let refused = $call.await;
                    assert!(refused.is_err(), "{operation}: the server rejects everything");
                    Ok(())
                })*
                other => Err(format!("no call is declared for {other}").into()),
            }
        }
    };
}

operations! { client, body:
    "add-new-agent-to-account" => AgentCreatePayload, client.account(7).agents().create(body),
    "add-new-article-to-account" => ArticleCreateUpdatePayload, client.account(7).help_center().create_article("docs", body),
    "add-new-automation-rule-to-account" => AutomationRuleCreateUpdatePayload, client.account(7).automation_rules().create(body),
    "add-new-canned-response-to-account" => CannedResponseCreateUpdatePayload, client.account(7).canned_responses().create(body),
    "add-new-category-to-account" => CategoryCreateUpdatePayload, client.account(7).help_center().create_category("docs", body),
    "add-new-custom-attribute-to-account" => CustomAttributeCreateUpdatePayload, client.account(7).custom_attributes().create(body),
    "add-new-portal-to-account" => PortalCreatePayload, client.account(7).help_center().create_portal(body),
    "contact-add-labels" => ContactLabelsReplaceRequest, client.account(7).contact_labels(101).replace(body),
    "contactCreate" => ContactCreatePayload, client.account(7).contacts().create(body),
    "contactUpdate" => ContactUpdatePayload, client.account(7).contacts().update(5, body),
    "conversation-add-labels" => ConversationsReplaceLabelsRequest, client.account(7).conversations().replace_labels(9, body),
    "create-a-contact" => PublicContactCreateUpdatePayload, client.public_inbox("inbox").public_contacts().create(body),
    "create-a-conversation" => PublicConversationCreatePayload, client.public_inbox("inbox").contact("contact").public_conversations().create(body),
    "create-a-custom-filter" => CustomFilterCreateUpdatePayload, client.account(7).custom_filters().create(body),
    "create-a-label" => LabelCreateUpdatePayload, client.account(7).labels().create(body),
    "create-a-message" => PublicMessageCreatePayload, client.public_inbox("inbox").contact("contact").public_messages(9).create(body),
    "create-a-team" => TeamCreateUpdatePayload, client.account(7).teams().create(body),
    "create-a-user" => UserCreateUpdatePayload, client.platform_users().create(body),
    "create-a-webhook" => WebhookCreateUpdatePayload, client.account(7).webhooks().create(body),
    "create-an-account" => AccountCreateUpdatePayload, client.platform_accounts().create(body),
    "create-an-account-agent-bot" => AgentBotCreateUpdatePayload, client.account(7).agent_bots().create(body),
    "create-an-account-user" => AccountUserCreateUpdatePayload, client.platform_account_users(7).create(body),
    "create-an-agent-bot" => PlatformAgentBotCreateUpdatePayload, client.platform_agent_bots().create(body),
    "create-an-integration-hook" => IntegrationsHookCreatePayload, client.account(7).integrations().create_hook(body),
    "inboxCreation" => InboxCreatePayload, client.account(7).inboxes().create(body),
    "update-a-contact" => PublicContactCreateUpdatePayload, client.public_inbox("inbox").public_contacts().update("contact", body),
    "update-a-custom-filter" => CustomFilterCreateUpdatePayload, client.account(7).custom_filters().update(4, body),
    "update-a-label" => LabelCreateUpdatePayload, client.account(7).labels().update(5, body),
    "update-a-message" => PublicMessageUpdatePayload, client.public_inbox("inbox").contact("contact").public_messages(9).update(12, body),
    "update-a-team" => TeamCreateUpdatePayload, client.account(7).teams().update(3, body),
    "update-a-user" => UserCreateUpdatePayload, client.platform_users().update(5, body),
    "update-a-webhook" => WebhookCreateUpdatePayload, client.account(7).webhooks().update(4, body),
    "update-account" => AccountUpdatePayload, client.account(7).update(body),
    "update-agent-in-account" => AgentUpdatePayload, client.account(7).agents().update(5, body),
    "update-an-account" => AccountCreateUpdatePayload, client.platform_accounts().update(7, body),
    "update-an-account-agent-bot" => AgentBotCreateUpdatePayload, client.account(7).agent_bots().update(5, body),
    "update-an-agent-bot" => PlatformAgentBotCreateUpdatePayload, client.platform_agent_bots().update(5, body),
    "update-an-integrations-hook" => IntegrationsHookUpdatePayload, client.account(7).integrations().update_hook(6, body),
    "update-automation-rule-in-account" => AutomationRuleCreateUpdatePayload, client.account(7).automation_rules().update(5, body),
    "update-canned-response-in-account" => CannedResponseCreateUpdatePayload, client.account(7).canned_responses().update(5, body),
    "update-conversation" => ConversationsUpdateRequest, client.account(7).conversations().update(9, body),
    "update-custom-attribute-in-account" => CustomAttributeCreateUpdatePayload, client.account(7).custom_attributes().update(5, body),
    "update-custom-attributes-of-a-conversation" => ConversationsUpdateCustomAttributesRequest, client.account(7).conversations().update_custom_attributes(9, body),
    "update-portal-to-account" => PortalCreateUpdatePayload, client.account(7).help_center().update_portal("docs", body),
    "updateInbox" => InboxUpdatePayload, client.account(7).inboxes().update(5, body),
    "updateProfile" => ProfileUpdateRequest, client.profile().update(body),
}

/// Collects the names of a JSON value's fields, with dots between nested ones; the items of a list have the list's
/// name.
fn names(value: &Value, name: &str, found: &mut BTreeSet<String>) {
    found.insert(name.to_owned());
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                names(value, &if name.is_empty() { key.clone() } else { format!("{name}.{key}") }, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, name, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_permitted_field_is_sent() -> Outcome {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/chatwoot-permitted.json");
    let operations: Value = serde_json::from_slice(&std::fs::read(fixture)?)?;
    let operations = operations.as_object().ok_or("the operations are not an object")?;
    assert_eq!(operations.len(), 46);
    let mut missing = BTreeSet::new();
    for (operation, facts) in operations {
        let mut sent = BTreeSet::new();
        for body in facts["bodies"].as_array().ok_or("the bodies are not a list")? {
            let server = Server::answering_anything(Answer::json(422, "{}")).await?;
            let client =
                Client::builder().api_access_token("TOKEN").base_url(server.url()).retry(Retry::never()).build()?;
            send(&client, operation, body).await?;
            let arrived: Value = serde_json::from_slice(&server.request()?.body)?;
            assert_eq!(&arrived, body, "{operation}");
            names(arrived.get("profile").unwrap_or(&arrived), "", &mut sent);
        }
        let permitted = ["permitted", "permitted since 4.16"].into_iter().filter_map(|list| facts[list].as_array());
        for name in permitted.flatten().filter_map(Value::as_str) {
            if !sent.contains(name) {
                missing.insert(format!("{operation}.{name}"));
            }
        }
    }
    let left_out: BTreeSet<_> = LEFT_OUT.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(missing, left_out, "the names that cannot be sent differ from LEFT_OUT");
    Ok(())
}
