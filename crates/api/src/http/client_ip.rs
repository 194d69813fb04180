//! Whose address a request comes from, and the network that rate limits count.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::http::header::HeaderMap;

/// The client's address: the peer's, unless the peer is a trusted proxy, then the last address in `X-Forwarded-For` that is none.
#[must_use]
pub fn client_ip(peer: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> Option<IpAddr> {
    let peer = peer?.ip().to_canonical();
    if !trusted.contains(&peer) {
        return Some(peer);
    }
    let mut chain = Vec::new();
    for line in headers.get_all("x-forwarded-for") {
        chain.extend(line.to_str().ok()?.split(',').map(str::trim));
    }
    for hop in chain.into_iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else { return Some(peer) };
        let address = address.to_canonical();
        if !trusted.contains(&address) {
            return Some(address);
        }
    }
    Some(peer)
}

/// The network of an address: IPv4 counts whole, IPv6 by its first 64 bits, since a customer has that many addresses.
#[must_use]
pub fn network(address: Option<IpAddr>) -> String {
    match address {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let prefix = address.to_bits() >> 64 << 64;
            format!("{}/64", Ipv6Addr::from_bits(prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn ip(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(line).unwrap());
        }
        let trusted: Vec<IpAddr> = trusted.iter().map(|address| address.parse().unwrap()).collect();
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        client_ip(Some(peer), &headers, &trusted).unwrap().to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_its_address() {
        assert_eq!(ip("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(ip("203.0.113.9", &["198.51.100.1"], &["10.0.0.1"]), "203.0.113.9");
    }

    #[test]
    fn behind_proxies_the_last_untrusted_hop_counts() {
        assert_eq!(ip("10.0.0.1", &["6.6.6.6, 198.51.100.1"], &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(
            ip("10.0.0.1", &["6.6.6.6", "198.51.100.1, 10.0.0.2"], &["10.0.0.1", "10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(ip("10.0.0.1", &["nonsense"], &["10.0.0.1"]), "10.0.0.1");
        assert_eq!(ip("::ffff:10.0.0.1", &["198.51.100.1"], &["10.0.0.1"]), "198.51.100.1");
    }

    #[test]
    fn ipv6_counts_by_network() {
        let a = network(Some("2001:db8:1:2:aaaa::1".parse().unwrap()));
        let b = network(Some("2001:db8:1:2:bbbb::9".parse().unwrap()));
        assert_eq!(a, b);
        assert_ne!(a, network(Some("2001:db8:1:3::1".parse().unwrap())));
        assert_eq!(network(Some("192.0.2.7".parse().unwrap())), "192.0.2.7");
    }
}
