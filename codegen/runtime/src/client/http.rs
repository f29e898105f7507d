//! The underlying HTTP client, and the check of base URLs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Url};
use rustls::crypto::{CryptoProvider, ring};

use crate::error::RequestError;

/// The timeout of connecting, including TLS. It is shorter than that of an attempt, since a request that was never sent
/// can always be retried.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Returns a builder for an HTTP client like the default one.
///
/// It uses rustls with the `ring` provider, unless the program has installed another `CryptoProvider`. It has a connect
/// timeout of 3 seconds, resolves `localhost` and its subdomains to this machine without DNS, and follows no redirects,
/// which clients do themselves.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use crm_clients_runtime::{http_client_builder, reqwest::Proxy};
///
/// let http = http_client_builder().proxy(Proxy::https("http://proxy.example:3128")?).build()?;
/// # Ok(())
/// # }
/// ```
pub fn http_client_builder() -> ClientBuilder {
    // If another thread has installed a provider first, that one is used.
    if CryptoProvider::get_default().is_none() {
        let _ = ring::default_provider().install_default();
    }
    Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .dns_resolver(Resolver)
}

/// Returns the HTTP client for a server. Requests to this machine bypass proxies, whatever the environment says.
pub(super) fn client_for(url: &Url, timeout: Duration) -> Result<Client, RequestError> {
    let builder = http_client_builder().connect_timeout(CONNECT_TIMEOUT.min(timeout / 2));
    let builder = if is_loopback(url) { builder.no_proxy() } else { builder };
    builder.build().map_err(|error| RequestError::because("cannot build the HTTP client", error))
}

/// Resolves `localhost` and its subdomains to this machine, and other names with the system's resolver.
#[derive(Debug)]
struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            if is_localhost(name.as_str()) {
                let addresses: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
                return Ok(Box::new(addresses.map(|address| SocketAddr::new(address, 0)).into_iter()) as Addrs);
            }
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(addresses.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

pub(super) fn check_base_url(text: &str, allow_http: bool) -> Result<Url, RequestError> {
    // The text is not shown because it may contain a password.
    let url = Url::parse(text).map_err(|error| RequestError::because("the base URL is not a URL", error))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(RequestError::new("the base URL contains a user or password: set a credential instead"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(RequestError::new("the base URL must not have a query or fragment"));
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_http || is_loopback(&url) => {}
        "http" => {
            let host = url.host_str().unwrap_or_default();
            return Err(RequestError::new(format!(
                "plain http to {host} would expose secrets: use https, or allow it with `allow_http(true)`"
            )));
        }
        other => return Err(RequestError::new(format!("the base URL must be https, found {other}"))),
    }
    Ok(url)
}

/// Returns true if the host of a URL is this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or_else(|_| is_localhost(host), |address| address.to_canonical().is_loopback())
}

fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts() -> Result<(), Box<dyn std::error::Error>> {
        for (host, expected) in [
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("[::1]", true),
            ("[::ffff:127.0.0.1]", true),
            ("LOCALHOST", true),
            ("localhost.", true),
            ("api.localhost", true),
            ("localhost.example", false),
            ("notlocalhost", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(&format!("http://{host}/"))?), expected, "{host}");
        }
        Ok(())
    }
}
