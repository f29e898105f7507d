//! Replies to a Chatwoot conversation with an attachment.
//!
//! `CHATWOOT_TOKEN=... CHATWOOT_ACCOUNT_ID=1 cargo run --example chatwoot_reply -- 42 "Here it is." invoice.pdf` sends
//! the file to the contact in conversation 42. With `--private` before the number, it becomes a note that only agents
//! see. Set `CHATWOOT_BASE_URL` to use another server.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crm_clients::chatwoot::types::ConversationMessageForm;
use crm_clients::chatwoot::{Client, Error};
use crm_clients::runtime::{Retry, Upload};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Timeout of the upload.
const PATIENCE: Duration = Duration::from_secs(600);

#[tokio::main]
async fn main() -> ExitCode {
    match run(|name| std::env::var(name).ok(), std::env::args().skip(1)).await {
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

/// Sends the message given by the arguments, and returns its id as text.
pub async fn run(
    variable: impl Fn(&str) -> Option<String>,
    arguments: impl Iterator<Item = String>,
) -> Outcome<String> {
    let Reply { conversation, text, file, private } = Reply::read(arguments)?;
    let token = variable("CHATWOOT_TOKEN").ok_or("set CHATWOOT_TOKEN to the access token of your profile")?;
    let account =
        variable("CHATWOOT_ACCOUNT_ID").ok_or("set CHATWOOT_ACCOUNT_ID to the number in the dashboard's URL")?;
    let account = account.parse().map_err(|_| format!("CHATWOOT_ACCOUNT_ID must be a number, found {account:?}"))?;
    let base_url = variable("CHATWOOT_BASE_URL").unwrap_or_else(|| Client::BASE_URL.to_owned());
    let client = Client::builder().api_access_token(token).base_url(base_url).build()?;

    // The file is read while it is sent. Its name and type are derived from the path.
    let reply = ConversationMessageForm::new().content(text).private(private).attachments([Upload::file(file)]);
    let call = client.account(account).conversation(conversation).messages().create_as_multipart(reply);
    let sent = match call.timeout(PATIENCE).retry(Retry::default().max_elapsed(PATIENCE)).await {
        Ok(message) => message,
        Err(Error::Api(error)) if error.status() == 404 => {
            return Err(format!("account {account} has no conversation {conversation}").into());
        }
        Err(other) => return Err(other.into()),
    };
    let done = if sent.private { "added note" } else { "sent message" };
    Ok(format!("{done} {}", sent.id))
}

/// The message and its conversation.
struct Reply {
    conversation: i64,
    text: String,
    file: PathBuf,
    private: bool,
}

impl Reply {
    fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.peekable();
        let private = arguments.next_if_eq("--private").is_some();
        match <[String; 3]>::try_from(arguments.collect::<Vec<_>>()) {
            Ok([conversation, text, file]) => {
                let id = conversation.parse();
                let conversation = id.map_err(|_| format!("invalid conversation number {conversation:?}"))?;
                Ok(Self { conversation, text, file: file.into(), private })
            }
            Err(_) => Err("usage: chatwoot_reply [--private] CONVERSATION TEXT FILE".to_owned()),
        }
    }
}
