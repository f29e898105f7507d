//! Receives Chatwoot's webhooks with axum, and verifies their signatures.
//!
//! `CHATWOOT_WEBHOOK_SECRET=... cargo run --example webhook -- 127.0.0.1:3000`; the webhook posts to `/chatwoot`. Its secret is in
//! the response of `webhooks().create(...)`.

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use crm_clients::chatwoot::events::{Event, Verifier, WebhookError};

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let secret = std::env::var("CHATWOOT_WEBHOOK_SECRET").map_err(|_| "set CHATWOOT_WEBHOOK_SECRET")?;
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, app(Verifier::new(secret))).await?)
}

/// Returns the service: a router with one route, which any axum application can merge.
pub fn app(verifier: Verifier) -> Router {
    Router::new().route("/chatwoot", post(receive)).with_state(Arc::new(verifier))
}

/// Handles a delivery. The signature covers the bytes of the body, so they are verified before they are parsed.
async fn receive(State(verifier): State<Arc<Verifier>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let event = match verifier.read(&headers, &body) {
        Ok(event) => event,
        // The delivery is signed but does not match the documentation, so a retry would fail too.
        Err(WebhookError::Payload(error)) => {
            eprintln!("{error}");
            return StatusCode::UNPROCESSABLE_ENTITY;
        }
        Err(_) => return StatusCode::UNAUTHORIZED,
    };
    // Chatwoot waits a few seconds for the response, so slow work belongs in a separate task.
    tokio::spawn(async move {
        match event {
            Event::MessageCreated(message) => {
                println!("message {} in conversation {}", message.id, message.conversation.id)
            }
            Event::ContactCreated(contact) => println!("contact {}", contact.id),
            // Other events, including ones that are newer than this program.
            _ => {}
        }
    });
    StatusCode::OK
}
