//! The addresses from which documents may be fetched.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Returns true if an address is public. Otherwise a document could make this command read from private networks, cloud
/// metadata services or this machine, which its author cannot access.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Returns true for all addresses except the special-purpose addresses of RFC 6890 and its registry.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || (a == 100 && b & 0xc0 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && b & 0xfe == 18)
        || a >= 240;
    !is_special
}

/// Returns true for global unicast addresses, except those for documentation and tunnels. Addresses that embed an IPv4
/// address are checked by it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        (0, 0) if (c, d, e, f) == (0, 0, 0, 0xffff) => embedded(g, h),
        (0x64, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => embedded(g, h),
        (0x2002, _) => embedded(b, c),
        // Teredo and other protocol assignments, and documentation.
        (0x2001, 0..0x200 | 0xdb8) | (0x3fff, 0..0x1000) => false,
        _ => a & 0xe000 == 0x2000,
    }
}

/// Resolves names with the system's resolver. Connections use the returned addresses, so the host that must be public
/// is checked here, which prevents DNS rebinding. The user chooses the address of a proxy.
#[derive(Debug)]
pub struct PublicResolver {
    /// The host that must be public, as in the URL; `None` for a URL on this machine.
    pub host: Option<String>,
}

impl Resolver for PublicResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let addresses = DefaultResolver::default().resolve(uri, config, timeout)?;
        let is_target = self.host.is_some() && self.host.as_deref() == uri.host();
        match addresses.iter().find(|address| is_target && !is_public(address.ip())) {
            Some(address) => Err(Error::Other(refusal(&address.ip().to_string()).into())),
            None => Ok(addresses),
        }
    }
}

/// Returns the message for an address that is rejected.
pub fn refusal(address: &str) -> String {
    format!("{address} is not a public address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_public() -> Result<(), std::net::AddrParseError> {
        for address in [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "203.0.113.1",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse()?), "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(address.parse()?), "{address}");
        }
        Ok(())
    }

    #[test]
    fn names_of_this_machine_are_rejected() {
        let resolved = |host: Option<&str>| {
            let resolver = PublicResolver { host: host.map(str::to_owned) };
            let (uri, config) = (Uri::from_static("https://localhost/"), Config::default());
            let timeout = NextTimeout { reason: ureq::Timeout::Resolve, ..NextTimeout::default() };
            resolver.resolve(&uri, &config, timeout).map(drop).map_err(|error| error.to_string())
        };
        assert!(resolved(Some("localhost")).is_err_and(|error| error.contains("not a public address")));
        assert_eq!(resolved(Some("another.example")), Ok(()), "a proxy's address is not checked");
        assert_eq!(resolved(None), Ok(()));
    }
}
