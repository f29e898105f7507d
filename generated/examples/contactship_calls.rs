//! Exports the calls of Contactship's agents and their results to CSV.
//!
//! `CONTACTSHIP_API_KEY=... cargo run --example contactship_calls -- 2026-01-01 > calls.csv` exports the calls since
//! that day. Set `CONTACTSHIP_BASE_URL` to use another server.

use std::collections::HashMap;
use std::io::Write;
use std::process::ExitCode;

use crm_clients::contactship::Client;
use crm_clients::contactship::types::{Call, Order};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let since = std::env::args().nth(1);
    // The calls are written to standard output.
    match run(|name| std::env::var(name).ok(), since.as_deref(), std::io::stdout()).await {
        Ok(text) => {
            eprintln!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the calls since a day, oldest first, and returns their number as text.
pub async fn run(variable: impl Fn(&str) -> Option<String>, since: Option<&str>, to: impl Write) -> Outcome<String> {
    let key = variable("CONTACTSHIP_API_KEY").ok_or("set CONTACTSHIP_API_KEY to a key from the dashboard")?;
    let base_url = variable("CONTACTSHIP_BASE_URL").unwrap_or_else(|| Client::BASE_URL.to_owned());
    let client = Client::builder().api_key(key).base_url(base_url).build()?;

    let agents = client.agents().list().await?.data;
    let agents: HashMap<String, String> = agents.into_iter().map(|agent| (agent.id, agent.name)).collect();

    // Oldest first: a call that starts in the meantime comes last and does not shift others to a page that was already
    // read.
    let mut calls = client.calls().list().limit(100).order(Order::Asc);
    if let Some(since) = since {
        calls = calls.date_from(since);
    }
    let mut calls = calls.items();
    let mut file = csv::Writer::from_writer(to);
    file.write_record(["id", "agent", "contact", "phone_number", "created_at", "seconds", "result", "summary"])?;
    let mut written = 0;
    while let Some(call) = calls.try_next().await? {
        file.write_record(row(&call, &agents))?;
        written += 1;
    }
    file.flush()?;
    Ok(format!("{written} calls exported"))
}

/// Returns the cells of a call; unknown values are empty.
fn row(call: &Call, agents: &HashMap<String, String>) -> [String; 8] {
    let contact = call.contact.as_ref();
    let agent = call.agent_id.as_ref().and_then(|id| agents.get(id));
    let summary = call.call_analysis.as_ref().and_then(|analysis| analysis.summary.clone());
    [
        call.id.clone(),
        agent.cloned().unwrap_or_default(),
        contact.and_then(|contact| contact.full_name.clone()).unwrap_or_default(),
        contact.and_then(|contact| contact.phone_number.clone()).unwrap_or_default(),
        call.created_at.to_string(),
        call.duration.map(|seconds| seconds.to_string()).unwrap_or_default(),
        call.call_result.as_ref().map(ToString::to_string).unwrap_or_default(),
        summary.unwrap_or_default(),
    ]
}
