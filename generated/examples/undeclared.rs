//! Lists the companies of a Chatwoot account, an endpoint that the client has no method for.
//!
//! `CHATWOOT_TOKEN=... CHATWOOT_ACCOUNT_ID=... cargo run --example undeclared [-- NAME]`; with a name it first creates a company.
//! Set `CHATWOOT_BASE_URL` to use another server.

use std::process::ExitCode;

use crm_clients::chatwoot::Client;
use crm_clients::runtime::Method;
use serde::Deserialize;
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The part of a response that this program needs; serde ignores the rest.
#[derive(Deserialize)]
struct Page {
    payload: Vec<Company>,
}

#[derive(Deserialize)]
struct Company {
    id: i64,
    name: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(|name| std::env::var(name).ok(), std::env::args().nth(1)).await {
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

/// Returns a line for each company.
pub async fn run(variable: impl Fn(&str) -> Option<String>, create: Option<String>) -> Outcome<String> {
    let token = variable("CHATWOOT_TOKEN").ok_or("set CHATWOOT_TOKEN to the access token of your profile")?;
    let account: i64 = variable("CHATWOOT_ACCOUNT_ID").ok_or("set CHATWOOT_ACCOUNT_ID")?.parse()?;
    let base_url = variable("CHATWOOT_BASE_URL").unwrap_or_else(|| Client::BASE_URL.to_owned());
    let client = Client::builder().api_access_token(token).base_url(base_url).build()?;
    let path = format!("/api/v1/accounts/{account}/companies");

    if let Some(name) = create {
        // With an idempotency key, the server recognizes retries, so the POST can be retried like a GET.
        let key = format!("company-{name}");
        let call = client.request(Method::POST, &path).json(&json!({ "company": { "name": name } }));
        let response = call.idempotency_key(&key).await?;
        eprintln!("{}", response.status());
    }
    let mut lines = Vec::new();
    for page in 1.. {
        let Page { payload } = client.request(Method::GET, &path).query("page", page).send_as().await?;
        if payload.is_empty() {
            break;
        }
        lines.extend(payload.into_iter().map(|company| format!("{} {}", company.id, company.name)));
    }
    Ok(lines.join("\n"))
}
