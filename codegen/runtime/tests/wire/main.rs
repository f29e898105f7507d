//! Calls over real sockets: the bytes of requests, and the handling of responses.

mod auth;
#[cfg(feature = "blocking")]
mod blocking;
#[cfg(feature = "compression")]
mod compression;
mod events;
mod faults;
mod grants;
mod hooks;
mod json_lines;
mod limits;
mod lists;
mod loopback;
#[cfg(feature = "mock")]
mod mocks;
mod pages;
mod parts;
#[cfg(feature = "mock")]
mod recordings;
mod redirects;
mod replies;
mod requests;
mod retries;
mod server;
mod streams;
mod tls;
mod token_cache;
mod token_server;
mod tokens;
mod undeclared;
mod uploads;

use std::collections::BTreeMap;

use crm_clients_runtime::generated::{Call, Core, ErrorReader, Method, Operation, Scheme, SchemeKind, Status, decode};
use crm_clients_runtime::{RequestError, Retry};
use server::Server;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A simple success body.
type Numbers = BTreeMap<String, i64>;

/// The error bodies that the tests' API declares.
#[derive(Debug, Default, PartialEq)]
pub enum ErrorBody {
    /// Any other status.
    #[default]
    Unknown,
    /// Status 422.
    Invalid(BTreeMap<String, String>),
    /// Status 400 to 499.
    Client(Vec<String>),
    /// The default for other statuses.
    Any(i64),
}

static KEY: Scheme = Scheme { name: "key", kind: SchemeKind::Header("api_access_token") };
static QUERY_KEY: Scheme = Scheme { name: "query", kind: SchemeKind::Query("api key") };
static COOKIE_KEY: Scheme = Scheme { name: "cookie", kind: SchemeKind::Cookie("session") };
static BEARER: Scheme = Scheme { name: "bearer", kind: SchemeKind::Bearer };
static BASIC: Scheme = Scheme { name: "basic", kind: SchemeKind::Basic };

const ERRORS: &[(Status, &str, ErrorReader<ErrorBody>)] = &[
    (Status::Default, "", |body| decode::error(body).map(ErrorBody::Any)),
    (Status::Range(4), "", |body| decode::error(body).map(ErrorBody::Client)),
    (Status::Exact(422), "", |body| decode::error(body).map(ErrorBody::Invalid)),
];

static GET: Operation<Numbers, ErrorBody> = Operation {
    name: "things.get",
    method: Method::GET,
    idempotent: true,
    path: "/things/{id}?fixed=1#part",
    security: &[&[&KEY, &QUERY_KEY], &[&BEARER], &[&COOKIE_KEY], &[&BASIC], &[]],
    accept: "application/json",
    decode: decode::json,
    errors: ERRORS,
};

static POST: Operation<(), ErrorBody> = Operation {
    name: "things.create",
    method: Method::POST,
    idempotent: false,
    path: "/things",
    security: &[&[&KEY], &[]],
    accept: "",
    decode: decode::empty,
    errors: ERRORS,
};

/// Returns a client that sends each request once.
fn core(server: &Server) -> Result<Core, RequestError> {
    let builder = Core::builder("tests", "https://api.example").base_url(server.url());
    builder.user_agent("tests").retry(Retry::never()).build()
}

fn get(server: &Server) -> Result<Call<Numbers, ErrorBody>, RequestError> {
    Ok(Call::new(&core(server)?, &GET, &[&7i64]))
}

fn post(server: &Server) -> Result<Call<(), ErrorBody>, RequestError> {
    Ok(Call::new(&core(server)?, &POST, &[]))
}
