//! What Chatwoot's server sends, read into the types that the client returns and written again.
//!
//! `fixtures/chatwoot/index.json` says which operation each answer is of.
#![cfg(feature = "chatwoot")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crm_clients::chatwoot::types::*;
use crm_clients::runtime::{Timestamp, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;
type Again = fn(&str) -> Outcome<Value>;

/// Reads an answer as `T` and writes it again.
fn again<T: DeserializeOwned + Serialize>(body: &str) -> Outcome<Value> {
    Ok(serde_json::to_value(serde_json::from_str::<T>(body)?)?)
}

/// The answers of calls that return nothing are empty indeed.
fn nothing(body: &str) -> Outcome<Value> {
    if body.is_empty() { Ok(Value::Null) } else { Err(format!("a body: {body}").into()) }
}

/// What each operation returns.
const ANSWERS: &[(&str, Again)] = &[
    ("add-new-article-to-account", again::<ArticleResponse>),
    ("add-new-category-to-account", again::<CategoryResponse>),
    ("assign-a-conversation", again::<Option<Assignment>>),
    ("contact-add-labels", again::<ContactLabels>),
    ("contactConversations", again::<ContactConversationsResponse>),
    ("contactCreate", again::<ContactCreateResponse>),
    ("contactDelete", nothing),
    ("contactDetails", again::<ContactShowResponse>),
    ("contactInboxCreation", again::<ContactInbox>),
    ("contactList", again::<ContactsListResponse>),
    ("contactMerge", again::<Contact>),
    ("contactSearch", again::<ContactSearchResponse>),
    ("contactableInboxesGet", again::<ContactableInboxesResponse>),
    ("conversation-add-labels", again::<ContactLabels>),
    ("conversationList", again::<ConversationList>),
    ("conversationListMeta", again::<ConversationCountsResponse>),
    ("create-a-contact", again::<PublicContact>),
    ("create-a-conversation", again::<PublicConversation>),
    ("create-a-label", again::<Label>),
    ("create-a-new-message-in-a-conversation", again::<MessageDetailed>),
    ("create-a-user", again::<User>),
    ("create-an-account", again::<PlatformAccount>),
    ("create-an-integration-hook", again::<IntegrationsHook>),
    ("delete-a-custom-filter", nothing),
    ("delete-a-message", again::<DeletedMessage>),
    ("delete-custom-attribute-from-account", nothing),
    ("fetchProfile", again::<User>),
    ("get-account-canned-response", again::<Vec<CannedResponse>>),
    ("get-account-conversation-metrics", again::<ReportsAccountConversationMetricsResponse>),
    ("get-details-of-a-conversation", again::<Conversation>),
    ("get-details-of-a-single-automation-rule", again::<AutomationRule>),
    ("get-inbox-members", again::<InboxMembersResponse>),
    ("get-team-members", again::<Vec<Agent>>),
    ("getInboxAgentBot", again::<InboxAgentBotResponse>),
    ("list-all-account-agent-bots", again::<Vec<AgentBot>>),
    ("list-all-agent-bots", again::<Vec<AgentBot>>),
    ("list-all-contact-conversations", again::<Vec<PublicConversation>>),
    ("list-all-conversation-statistics", again::<Vec<ReportPoint>>),
    ("list-all-conversation-statistics-summary", again::<AccountSummary>),
    ("list-all-filters", again::<Vec<CustomFilter>>),
    ("list-all-labels", again::<LabelsListResponse>),
    ("list-all-messages", again::<ConversationMessages>),
    ("list-all-teams", again::<Vec<Team>>),
    ("list-all-webhooks", again::<WebhooksListResponse>),
    ("listAllInboxes", again::<InboxesListResponse>),
    ("newConversation", again::<Conversation>),
    ("toggle-status-of-a-conversation", again::<ConversationStatusToggle>),
    ("toggle-typing-status-of-a-conversation", nothing),
    ("update-a-contact", again::<PublicContactRecord>),
    ("update-a-webhook", again::<WebhookResponse>),
    ("update-custom-attributes-of-a-conversation", again::<ConversationsUpdateCustomAttributesRequest>),
    ("updateAgentBot", nothing),
];

/// What is not written as it was sent, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[(
    "contactList.meta.current_page",
    "the server echoes the page of the query as a string; the client reads the number that it is",
)];

#[test]
fn every_success_is_read_and_written_again_without_loss() -> Outcome {
    let mut lost = BTreeSet::new();
    let mut read = 0;
    for answer in answers()?.iter().filter(|answer| answer.status < 300) {
        let (_, again) = ANSWERS
            .iter()
            .find(|(operation, _)| *operation == answer.operation)
            .ok_or_else(|| format!("{}: no type is named for {}", answer.file, answer.operation))?;
        let body = std::fs::read_to_string(fixtures().join(&answer.file))?;
        let written = again(&body).map_err(|error| format!("{}: {error}", answer.file))?;
        if !body.is_empty() {
            differences(&answer.operation, &serde_json::from_str(&body)?, &written, &mut lost);
        }
        read += 1;
    }
    let known: BTreeSet<_> = LEFT_OUT.iter().map(|(place, _)| (*place).to_owned()).collect();
    for (place, reason) in LEFT_OUT {
        println!("{place}: {reason}");
    }
    assert_eq!(lost, known, "what is lost is what was decided to be");
    assert_eq!(read, 66);
    Ok(())
}

#[test]
fn every_refusal_is_read_and_written_again_without_loss() -> Outcome {
    let mut lost = BTreeSet::new();
    let mut read = 0;
    for answer in answers()?.iter().filter(|answer| answer.status >= 400 && answer.file.ends_with(".json")) {
        let body = std::fs::read_to_string(fixtures().join(&answer.file))?;
        let written = again::<ErrorResponse>(&body).map_err(|error| format!("{}: {error}", answer.file))?;
        differences(&answer.file, &serde_json::from_str(&body)?, &written, &mut lost);
        read += 1;
    }
    assert_eq!(lost, BTreeSet::new());
    assert_eq!(read, 19);
    Ok(())
}

/// One line of the index.
struct Answer {
    file: String,
    operation: String,
    status: u64,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/chatwoot")
}

/// The answers of operations; the rest of the index are payloads of webhooks.
fn answers() -> Outcome<Vec<Answer>> {
    let index: Value = serde_json::from_str(&std::fs::read_to_string(fixtures().join("index.json"))?)?;
    let lines = index.as_array().ok_or("the index is a list")?;
    let answer = |line: &Value| {
        Some(Answer {
            file: line["file"].as_str()?.to_owned(),
            operation: line["operationId"].as_str()?.to_owned(),
            status: line["status"].as_u64()?,
        })
    };
    Ok(lines.iter().filter_map(answer).collect())
}

/// Notes each place where what was written differs from what was sent. Null counts as absent, and two notations of one
/// instant or of one number are the same.
fn differences(place: &str, sent: &Value, written: &Value, lost: &mut BTreeSet<String>) {
    match (sent, written) {
        (Value::Object(sent), Value::Object(written)) => {
            let names: BTreeSet<_> = sent.keys().chain(written.keys()).collect();
            for name in names {
                let of = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
                differences(&format!("{place}.{name}"), &of(sent), &of(written), lost);
            }
        }
        (Value::Array(sent), Value::Array(written)) if sent.len() == written.len() => {
            for (sent, written) in sent.iter().zip(written) {
                differences(&format!("{place}[]"), sent, written, lost);
            }
        }
        _ if sent == written || same_instant(sent, written) || same_number(sent, written) => {}
        _ => {
            println!("{place}: {sent} became {written}");
            lost.insert(place.to_owned());
        }
    }
}

fn same_instant(sent: &Value, written: &Value) -> bool {
    let instant = |value: &Value| value.as_str()?.parse::<Timestamp>().ok();
    instant(sent).is_some_and(|sent| instant(written) == Some(sent))
}

fn same_number(sent: &Value, written: &Value) -> bool {
    sent.is_number() && sent.as_f64() == written.as_f64()
}
