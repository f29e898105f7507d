//! Creates a Chatwoot inbox for each kind of channel, with the channel's own settings.
//!
//! `CHATWOOT_TOKEN=... CHATWOOT_ACCOUNT_ID=1 cargo run --example chatwoot_inboxes` creates them and prints their ids.
//! Set `CHATWOOT_BASE_URL` to use another server. Chatwoot verifies credentials of WhatsApp, Telegram and Twilio with
//! the providers, so the ones in this example work only with a mock.

use std::process::ExitCode;

use crm_clients::chatwoot::types::{
    ApiChannel, AutoAssignmentConfig, CsatConfig, EmailChannel, Inbox, InboxChannel, InboxChannelUpdate,
    InboxCreatePayload, InboxUpdatePayload, LineChannel, PreChatFieldPayload, PreChatFormPayload, SmsChannel,
    SmsChannelProviderConfig, TelegramChannel, TwilioChannel, TwilioInboxCreatePayload, WebWidgetChannel,
    WhatsappChannel, WhatsappChannelProviderConfig,
};
use crm_clients::chatwoot::{Client, Error};

#[tokio::main]
async fn main() -> ExitCode {
    match run(|name| std::env::var(name).ok()).await {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Creates the inboxes in the account from the environment variables, and returns a line for each.
pub async fn run(variable: impl Fn(&str) -> Option<String>) -> Result<String, Box<dyn std::error::Error>> {
    let token = variable("CHATWOOT_TOKEN").ok_or("set CHATWOOT_TOKEN to the access token of your profile")?;
    let account =
        variable("CHATWOOT_ACCOUNT_ID").ok_or("set CHATWOOT_ACCOUNT_ID to the number in the dashboard's URL")?;
    let account = account.parse().map_err(|_| format!("CHATWOOT_ACCOUNT_ID must be a number, found {account:?}"))?;
    let base_url = variable("CHATWOOT_BASE_URL").unwrap_or_else(|| Client::BASE_URL.to_owned());
    let client = Client::builder().api_access_token(token).base_url(base_url).build()?;

    let inboxes = create(&client, account).await?;
    Ok(inboxes.iter().map(|(id, name)| format!("{id} {name}")).collect::<Vec<_>>().join("\n"))
}

/// Creates an inbox for each channel, and returns the ids and names.
pub async fn create(client: &Client, account: i64) -> Result<Vec<(i64, String)>, Error> {
    let mut created = Vec::new();
    for (name, channel) in channels() {
        let inbox = InboxCreatePayload::new()
            .name(name)
            .channel(channel)
            .greeting_enabled(true)
            .greeting_message("Welcome!")
            .enable_auto_assignment(true)
            .auto_assignment_config(AutoAssignmentConfig::new().max_assignment_limit(10))
            .csat_survey_enabled(true)
            .csat_config(CsatConfig::new().display_type("star").message("How did we do?"));
        let inbox = client.account(account).inboxes().create(inbox).await?;
        created.push((inbox.id, inbox.name));
    }
    // Twilio has its own endpoint.
    let channel = TwilioChannel::new("Hotline", "sms", "AC1", "token").phone_number("+15550100100");
    let inbox = client.account(account).inboxes().create_twilio(TwilioInboxCreatePayload::new(channel)).await?;
    created.push((inbox.id, inbox.name));
    Ok(created)
}

/// Returns the name of each inbox, and the settings of its channel.
fn channels() -> Vec<(&'static str, InboxChannel)> {
    let form = PreChatFormPayload::new().pre_chat_message("Who are you?").require_email(true).pre_chat_fields([
        PreChatFieldPayload::new("emailAddress", "email").label("E-mail").enabled(true).required(true),
    ]);
    let web_widget = WebWidgetChannel::new("https://acme.example")
        .welcome_title("Hello")
        .welcome_tagline("We reply within the hour.")
        .widget_color("#1f93ff")
        .reply_time("in_a_few_minutes")
        .selected_feature_flags(["attachments", "emoji_picker"])
        .pre_chat_form_enabled(true)
        .pre_chat_form_options(form)
        .allowed_domains("acme.example");
    let api = ApiChannel::new()
        .webhook_url("https://acme.example/chat")
        .hmac_mandatory(true)
        .additional_attributes([("source", "shop")]);
    let email = EmailChannel::new("support@acme.example")
        .imap_enabled(true)
        .imap_address("imap.acme.example")
        .imap_port(993)
        .imap_enable_ssl(true)
        .imap_login("support")
        .imap_password("secret")
        .smtp_enabled(true)
        .smtp_address("smtp.acme.example")
        .smtp_port(587)
        .smtp_login("support")
        .smtp_password("secret")
        .smtp_enable_starttls_auto(true);
    let sms = SmsChannel::new("+15550100200").provider_config(
        SmsChannelProviderConfig::new().account_id("1").application_id("2").api_key("key").api_secret("secret"),
    );
    let whatsapp_config = WhatsappChannelProviderConfig::new("key").phone_number_id("3").business_account_id("4");
    let whatsapp = WhatsappChannel::new("+15550100300", whatsapp_config).provider("whatsapp_cloud");
    vec![
        ("Website", web_widget.into()),
        ("Shop", api.into()),
        ("Mailbox", email.into()),
        ("SMS", sms.into()),
        ("Line", LineChannel::new("5", "secret", "token").into()),
        ("Telegram", TelegramChannel::new("6:token").into()),
        ("WhatsApp", whatsapp.into()),
    ]
}

/// Changes some settings of each channel.
pub async fn update(client: &Client, account: i64, inbox: i64) -> Result<Vec<Inbox>, Error> {
    let changes: [InboxChannelUpdate; 8] = [
        InboxChannelUpdate::new().widget_color("#ff6600"),
        InboxChannelUpdate::new().webhook_url("https://acme.example/chat-2"),
        InboxChannelUpdate::new().imap_enabled(false),
        InboxChannelUpdate::new().line_channel_token("token-2"),
        InboxChannelUpdate::new().bot_token("6:token-2"),
        InboxChannelUpdate::new().phone_number("+15550100301"),
        InboxChannelUpdate::new().phone_number("+15550100201"),
        InboxChannelUpdate::new().auth_token("token-2"),
    ];
    let mut changed = Vec::new();
    for channel in changes {
        let change = InboxUpdatePayload::new().channel(channel);
        changed.push(client.account(account).inboxes().update(inbox, change).await?);
    }
    Ok(changed)
}
