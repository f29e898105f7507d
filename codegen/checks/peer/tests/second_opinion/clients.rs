//! Both clients of each API, with each operation by method and path.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::Result;
use crate::arguments::{Arguments, Calling};
use crate::document::Credential;

/// The credential of the clients.
const SECRET: &str = "a secret";

/// An API with both of its clients for one server.
pub struct Api {
    pub name: &'static str,
    /// The lowered document.
    pub document: Value,
    pub ours: Find,
    pub theirs: Find,
}

/// Finds the call of an operation. Progenitor's client does not support credentials, so the HTTP client has the header.
pub type Find = Box<dyn Fn(&str, Option<&Credential>) -> Result<Call>>;

/// Calls an operation.
pub type Call = Box<dyn Fn(Arguments) -> Calling>;

/// The functions that `build.rs` generated for a client.
type Calls<C> = &'static [(&'static str, fn(&C, Arguments) -> Calling)];

/// Returns Kajabi at a URL.
pub fn kajabi(url: &str) -> Result<Api> {
    let builder = crm_clients::kajabi::Client::builder().bearer_token(SECRET);
    let ours = builder.base_url(url).retry(crm_clients_runtime::Retry::never()).build()?;
    let url = url.to_owned();
    Ok(Api {
        name: "kajabi",
        document: serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/kajabi.json")))?,
        ours: Box::new(move |operation, _| find(&ours, ours_kajabi::CALLS, operation)),
        theirs: Box::new(move |operation, credential| {
            let client = crm_clients_peer::kajabi::Client::new_with_client(&url, with(credential)?);
            find(&client, theirs_kajabi::CALLS, operation)
        }),
    })
}

/// Returns Chatwoot at a URL.
pub fn chatwoot(url: &str) -> Result<Api> {
    let limits = crm_clients_runtime::CallLimits::new().without_declared();
    let builder = crm_clients::chatwoot::Client::builder().api_access_token(SECRET).limits(limits);
    let ours = builder.base_url(url).retry(crm_clients_runtime::Retry::never()).build()?;
    let url = url.to_owned();
    Ok(Api {
        name: "chatwoot",
        document: serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/chatwoot.json")))?,
        ours: Box::new(move |operation, _| find(&ours, ours_chatwoot::CALLS, operation)),
        theirs: Box::new(move |operation, credential| {
            let client = crm_clients_peer::chatwoot::Client::new_with_client(&url, with(credential)?);
            find(&client, theirs_chatwoot::CALLS, operation)
        }),
    })
}

fn find<C: Clone + 'static>(client: &C, calls: Calls<C>, operation: &str) -> Result<Call> {
    let found = calls.iter().find(|(key, _)| *key == operation);
    let (_, call) = *found.ok_or_else(|| format!("a client lacks {operation}"))?;
    let client = client.clone();
    Ok(Box::new(move |arguments| call(&client, arguments)))
}

/// Returns an HTTP client that sends a credential with each request.
fn with(credential: Option<&Credential>) -> Result<reqwest::Client> {
    let mut headers = HeaderMap::new();
    if let Some(Credential { header, prefix }) = credential {
        headers.insert(HeaderName::from_bytes(header.as_bytes())?, HeaderValue::try_from(format!("{prefix}{SECRET}"))?);
    }
    Ok(reqwest::Client::builder().default_headers(headers).build()?)
}

/// A module of calls, with the items that they use.
macro_rules! calls {
    ($name:ident, $client:path, $file:literal) => {
        mod $name {
            #![allow(deprecated, unused_imports, unused_mut, clippy::all, reason = "generated code")]
            use std::collections::BTreeMap;

            use crm_clients_runtime as runtime;
            use $client::{Client, types};

            use crate::arguments::{Arguments, Calling};

            include!(concat!(env!("OUT_DIR"), $file));
        }
    };
}

calls!(ours_kajabi, crm_clients::kajabi, "/ours_kajabi.rs");
calls!(theirs_kajabi, crm_clients_peer::kajabi, "/theirs_kajabi.rs");
calls!(ours_chatwoot, crm_clients::chatwoot, "/ours_chatwoot.rs");
calls!(theirs_chatwoot, crm_clients_peer::chatwoot, "/theirs_chatwoot.rs");
