//! The underlying HTTP client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Url};
use rustls::crypto::{CryptoProvider, ring};

use crate::client::base_url::{is_localhost, is_loopback};
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
pub(crate) fn client_for(url: &Url, timeout: Duration) -> Result<Client, RequestError> {
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
