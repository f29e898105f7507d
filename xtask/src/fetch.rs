//! Fetches a document over HTTPS: one GET with limits on size and time, from a public address, and without redirects to
//! less secure URLs.

mod address;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crm_clients_document::load::MAX_BYTES;
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, Proxy};
use url::{Host, Url};

use address::{PublicResolver, is_public, refusal};

/// Maximum number of redirects.
const MAX_REDIRECTS: usize = 5;

/// Parses a URL that can be fetched: `https`, or `http` on this machine, without credentials. The error is the reason.
pub fn parse(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is not a URL: {error}"))?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return Err(format!("cannot fetch {url}: only https is supported"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let host = url.host_str().unwrap_or_default();
        return Err(format!("the URL of {host} contains credentials; download the document by other means"));
    }
    match ip_address(&url) {
        Some(address) if !is_public(address) && !is_loopback(&url) => {
            Err(format!("cannot fetch {url}: {}", refusal(&address.to_string())))
        }
        _ => Ok(url),
    }
}

/// Resolves a URL in a document against the document's own URL. Only documents on this machine may refer to this
/// machine.
pub fn referred(from: Option<&Url>, text: &str) -> Result<Url, String> {
    let url = match from {
        Some(from) => from.join(text).map_err(|error| format!("`{text}` is not a URL: {error}"))?,
        None => Url::parse(text).map_err(|error| format!("`{text}` is not a URL: {error}"))?,
    };
    if is_loopback(&url) && !from.is_some_and(is_loopback) {
        return Err(format!("cannot fetch {url}: it refers to this machine"));
    }
    parse(url.as_str())
}

/// Returns the bytes at `url`, downloaded within `timeout`. The proxy variables of the environment are used, except for
/// this machine. The error is the reason, without the URL.
pub fn get(url: &Url, timeout: Duration) -> Result<Vec<u8>, String> {
    let deadline = Instant::now() + timeout;
    let explain = |error| match error {
        ureq::Error::Timeout(_) => {
            format!("timed out after {} s; use `--timeout` to wait longer", timeout.as_secs())
        }
        ureq::Error::BodyExceedsLimit(_) => too_large(),
        error => error.to_string(),
    };
    let mut at = url.clone();
    for _ in 0..=MAX_REDIRECTS {
        let response = send(&at, deadline).map_err(explain)?;
        if !response.status().is_redirection() {
            return read(response, explain);
        }
        at = redirected(&at, &response)?;
    }
    Err(format!("more than {MAX_REDIRECTS} redirects"))
}

fn send(url: &Url, deadline: Instant) -> Result<Response<Body>, ureq::Error> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(if is_loopback(url) { None } else { Proxy::try_from_env() })
        .timeout_global(Some(deadline.saturating_duration_since(Instant::now())))
        // Use the system's certificates, so that a company proxy is trusted if the system trusts it.
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .user_agent(concat!("crm-clients/", env!("CARGO_PKG_VERSION")));
    let host = if is_loopback(url) { None } else { url.host_str().map(str::to_owned) };
    let agent = Agent::with_parts(config.build(), DefaultConnector::default(), PublicResolver { host });
    agent.get(url.as_str()).call()
}

fn read(mut response: Response<Body>, explain: impl Fn(ureq::Error) -> String) -> Result<Vec<u8>, String> {
    if response.status() != 200 {
        return Err(format!("the server responded {}; use `--url` if the document moved", response.status()));
    }
    let limit = MAX_BYTES as u64;
    if response.body().content_length().is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let bytes = response.body_mut().with_config().limit(limit).read_to_vec().map_err(explain)?;
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Err("expected an OpenAPI document, found a web page; use the URL of the file itself".to_owned());
    }
    Ok(bytes)
}

fn too_large() -> String {
    format!("larger than the limit of {} MiB", MAX_BYTES >> 20)
}

/// Returns the target of a redirect, unless it is less secure than the source.
fn redirected(from: &Url, response: &Response<Body>) -> Result<Url, String> {
    let location = response.headers().get("location").and_then(|location| location.to_str().ok()).unwrap_or_default();
    let to = from.join(location).map_err(|error| format!("redirect to `{location}`: {error}"))?;
    if is_loopback(&to) && !is_loopback(from) {
        return Err(format!("redirect to {to}, which is this machine"));
    }
    if to.scheme() != "https" && !is_loopback(&to) {
        return Err(format!("redirect to {to}, which is not https"));
    }
    parse(to.as_str()).map_err(|reason| format!("redirect: {reason}"))
}

/// Returns true if a URL refers to this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        _ => ip_address(url).is_some_and(|address| address.is_loopback()),
    }
}

/// Returns the IP address that is the host of a URL.
fn ip_address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}
