//! An inbox for each kind of channel, created and updated by the example program with the mock.
#![cfg(all(feature = "chatwoot", feature = "mock"))]

#[path = "../examples/chatwoot_inboxes.rs"]
#[allow(dead_code, reason = "`main` is the program's own")]
mod chatwoot_inboxes;

use crm_clients::chatwoot::mock::Server;
use crm_clients::runtime::Value;
use serde_json::json;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const KINDS: [&str; 7] = ["web_widget", "api", "email", "sms", "line", "telegram", "whatsapp"];

/// Returns a recorded response with another id and name.
fn inbox(id: usize, name: &str) -> Result<Value, Box<dyn std::error::Error>> {
    let recorded: Vec<Value> = serde_json::from_str(include_str!("fixtures/chatwoot-recorded/GetInbox.json"))?;
    let mut inbox = recorded.first().ok_or("an inbox was recorded")?["body"].clone();
    (inbox["id"], inbox["name"]) = (json!(id), json!(name));
    Ok(inbox)
}

#[tokio::test]
async fn an_inbox_of_each_channel_is_created() -> Outcome {
    let mock = Server::start().await?;
    for (index, kind) in KINDS.into_iter().enumerate() {
        let of_kind = move |body: &Value| body["channel"]["type"] == kind;
        mock.inboxes()
            .create()
            .times(1)
            .when(move |request| request.json().is_ok_and(|body| of_kind(&body)))
            .json(inbox(index + 1, kind)?);
    }
    mock.inboxes().create_twilio().times(1).json(inbox(8, "twilio")?);

    let url = mock.url().to_owned();
    let variable = |name: &str| match name {
        "CHATWOOT_TOKEN" => Some("test".to_owned()),
        "CHATWOOT_ACCOUNT_ID" => Some("7".to_owned()),
        "CHATWOOT_BASE_URL" => Some(url.clone()),
        _ => None,
    };
    let printed = chatwoot_inboxes::run(variable).await?;

    mock.verify()?;
    assert_eq!(printed.lines().count(), 8);
    let sent: Vec<Value> = mock.requests().iter().map(|request| request.json()).collect::<Result<_, _>>()?;
    let channel = |kind: &str| sent.iter().find(|body| body["channel"]["type"] == kind).map(|body| &body["channel"]);
    assert_eq!(
        channel("email"),
        Some(&json!({
            "type": "email", "email": "support@acme.example", "imap_enabled": true, "imap_address": "imap.acme.example",
            "imap_port": 993, "imap_enable_ssl": true, "imap_login": "support", "imap_password": "secret",
            "smtp_enabled": true, "smtp_address": "smtp.acme.example", "smtp_port": 587, "smtp_login": "support",
            "smtp_password": "secret", "smtp_enable_starttls_auto": true
        }))
    );
    assert_eq!(
        channel("line"),
        Some(&json!({
            "type": "line", "line_channel_id": "5", "line_channel_secret": "secret", "line_channel_token": "token"
        }))
    );
    assert_eq!(
        channel("whatsapp"),
        Some(&json!({
            "type": "whatsapp", "phone_number": "+15550100300", "provider": "whatsapp_cloud",
            "provider_config": { "api_key": "key", "phone_number_id": "3", "business_account_id": "4" }
        }))
    );
    assert_eq!(channel("telegram"), Some(&json!({ "type": "telegram", "bot_token": "6:token" })));
    assert_eq!(
        channel("web_widget").map(|widget| &widget["pre_chat_form_options"]["pre_chat_fields"][0]["name"]),
        Some(&json!("emailAddress"))
    );
    assert_eq!(
        sent[7],
        json!({ "twilio_channel": {
            "name": "Hotline", "medium": "sms", "account_sid": "AC1", "auth_token": "token", "phone_number": "+15550100100"
        }})
    );
    Ok(())
}

#[tokio::test]
async fn an_inbox_of_each_channel_is_updated() -> Outcome {
    let mock = Server::start().await?;
    mock.inboxes().update().times(8).json(inbox(5, "Inbox")?);
    let client = mock.builder().api_access_token("test").build()?;

    assert_eq!(chatwoot_inboxes::update(&client, 7, 5).await?.len(), 8);

    mock.verify()?;
    let sent: Vec<Value> = mock.requests().iter().map(|request| request.json()).collect::<Result<_, _>>()?;
    let channels: Vec<_> = sent.iter().map(|body| &body["channel"]).collect();
    assert_eq!(channels[2], &json!({ "imap_enabled": false }));
    assert_eq!(channels[7], &json!({ "auth_token": "token-2" }));
    Ok(())
}
