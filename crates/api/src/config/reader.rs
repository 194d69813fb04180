//! Takes variables out of the environment one by one and collects what is wrong with them.

use std::{collections::BTreeMap, fmt, fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

use secrecy::SecretString;
use url::Url;

/// One mistake: which variable, and what is wrong with it. Never the value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The variable.
    pub name: String,
    /// What is wrong with it.
    pub message: String,
}

impl Problem {
    pub(super) fn new(name: &str, message: impl Into<String>) -> Self {
        Self { name: name.to_owned(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.message)
    }
}

pub(super) struct Reader {
    variables: BTreeMap<String, String>,
    known: Vec<&'static str>,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn new(variables: BTreeMap<String, String>) -> Self {
        Self { variables, known: Vec::new(), problems: Vec::new() }
    }

    /// The mistakes so far, and every `PORTAL_` name that nobody asked for.
    pub(super) fn finish(mut self) -> Result<(), Vec<Problem>> {
        for name in self.variables.keys() {
            if name.starts_with("PORTAL_") && !self.known.contains(&name.as_str()) {
                self.problems.push(Problem::new(name, "is not a setting of the portal"));
            }
        }
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }

    pub(super) fn refuse(&mut self, name: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(name, message));
    }

    /// The value, if one is set and not empty.
    pub(super) fn optional(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        self.variables.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub(super) fn text(&mut self, name: &'static str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn required(&mut self, name: &'static str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.refuse(name, "is missing");
            String::new()
        })
    }

    pub(super) fn optional_secret(&mut self, name: &'static str) -> Option<SecretString> {
        self.optional(name).map(SecretString::from)
    }

    pub(super) fn required_secret(&mut self, name: &'static str) -> SecretString {
        self.required(name).into()
    }

    pub(super) fn flag(&mut self, name: &'static str, default: bool) -> bool {
        match self.optional(name).as_deref() {
            None => default,
            Some("true" | "1" | "on") => true,
            Some("false" | "0" | "off") => false,
            Some(_) => {
                self.refuse(name, "must be true or false");
                default
            }
        }
    }

    pub(super) fn number<T>(&mut self, name: &'static str, default: T, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let Some(value) = self.optional(name) else { return default };
        match value.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.refuse(name, format!("must be a number from {} to {}", range.start(), range.end()));
                default
            }
        }
    }

    pub(super) fn seconds(
        &mut self,
        name: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Duration {
        Duration::from_secs(self.number(name, default, range))
    }

    pub(super) fn minutes(
        &mut self,
        name: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Duration {
        Duration::from_secs(60 * self.number(name, default, range))
    }

    /// An `http` or `https` address; the placeholder that stands in for a missing one never survives [`Self::finish`].
    pub(super) fn required_url(&mut self, name: &'static str) -> Url {
        let value = self.required(name);
        if value.is_empty() {
            return placeholder();
        }
        self.url(name, &value)
    }

    pub(super) fn url(&mut self, name: &str, value: &str) -> Url {
        match Url::parse(value) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https") && url.has_host() && url.password().is_none() =>
            {
                url
            }
            _ => {
                self.refuse(name, "must be an http or https address without credentials");
                placeholder()
            }
        }
    }
}

/// Whether the address is this machine itself.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn placeholder() -> Url {
    match Url::parse("http://localhost/") {
        Ok(url) => url,
        Err(_) => unreachable!("a constant that parses"),
    }
}
