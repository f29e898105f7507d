//! The check of base URLs.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::RequestError;

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
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or_else(|_| is_localhost(host), |address| address.to_canonical().is_loopback())
}

pub(crate) fn is_localhost(host: &str) -> bool {
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
