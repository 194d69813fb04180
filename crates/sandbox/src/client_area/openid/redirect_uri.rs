//! Which addresses a code may be sent to.

use url::{Host, Url};

/// Whether `given` is one of the registered addresses: the same text (RFC 6749, 3.1.2.3), except that on loopback hosts
/// the port is free (RFC 8252, 7.3; WHMCS knows no such exception, development does).
pub fn registered<'a>(list: impl IntoIterator<Item = &'a String>, given: &str) -> bool {
    list.into_iter().any(|known| known == given || same_but_for_port(known, given))
}

fn same_but_for_port(known: &str, given: &str) -> bool {
    let (Ok(mut known), Ok(given_url)) = (Url::parse(known), Url::parse(given)) else { return false };
    // What the parser would have to repair is not compared.
    known.scheme() == "http"
        && loopback(&known)
        && given_url.as_str() == given
        && known.set_port(given_url.port()).is_ok()
        && known == given_url
}

fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::registered;

    #[test]
    fn only_the_port_of_a_loopback_address_is_free() {
        let list = ["https://portal.example/cb".to_owned(), "http://localhost/cb?x=1".to_owned()];
        for good in ["https://portal.example/cb", "http://localhost/cb?x=1", "http://localhost:4000/cb?x=1"] {
            assert!(registered(&list, good), "{good}");
        }
        for bad in [
            "",
            "/cb",
            "https://portal.example/cb/",
            "https://portal.example:8443/cb",
            "https://portal.example.evil/cb",
            "http://portal.example/cb",
            "https://localhost:4000/cb?x=1",
            "http://localhost:4000/cb",
            "http://localhost:4000/a/../cb?x=1",
            "http://user@localhost:4000/cb?x=1",
            "http://localhost:4000/cb?x=1#f",
            "http://127.0.0.1:4000/cb?x=1",
            "http://LOCALHOST:4000/cb?x=1",
        ] {
            assert!(!registered(&list, bad), "{bad}");
        }
    }
}
