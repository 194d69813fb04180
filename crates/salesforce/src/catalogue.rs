//! Every call this client can make, in one table: the calls take method and path from here, so that the table cannot
//! drift from them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;

/// What a call does to Salesforce's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Stores nothing.
    Read,
    /// Creates, changes or deletes records.
    Write,
}

/// A call of the REST API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// What it is called; two routes to one thing share a name.
    pub name: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path from `/services` on, with `{…}` where a value goes.
    pub path: &'static str,
    /// What it does to Salesforce's data.
    pub effect: Effect,
}

/// RFC 3986 unreserved characters stay, all else is encoded: a value is one path segment whatever it holds.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Call {
    /// The path with its placeholders filled in order, each value as one segment.
    pub(crate) fn fill<'a>(&self, values: impl IntoIterator<Item = &'a str>) -> String {
        let mut values = values.into_iter();
        let mut filled = String::with_capacity(self.path.len() + 32);
        let mut rest = self.path;
        while let Some((literal, placeholder)) = rest.split_once('{') {
            filled.push_str(literal);
            filled.extend(utf8_percent_encode(values.next().unwrap_or_default(), SEGMENT));
            rest = placeholder.split_once('}').map_or("", |(_, after)| after);
        }
        filled.push_str(rest);
        filled
    }

    pub(crate) fn http_method(&self) -> Method {
        match self.method {
            "POST" => Method::POST,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            _ => Method::GET,
        }
    }
}

macro_rules! calls {
    ($($(#[$doc:meta])* $constant:ident = $name:literal $effect:ident $method:literal $path:literal;)*) => {
        $(
            $(#[$doc])*
            pub(crate) const $constant: Call =
                Call { name: $name, method: $method, path: $path, effect: Effect::$effect };
        )*

        /// Every call this client can make. The typed calls for cases and files are made of these.
        pub const CALLS: &[Call] = &[$($constant),*];
    };
}

calls! {
    /// OAuth 2.0 JWT bearer login.
    TOKEN = "token" Read "POST" "/services/oauth2/token";
    VERSIONS = "versions" Read "GET" "/services/data/";
    LIMITS = "limits" Read "GET" "/services/data/v{version}/limits";
    DESCRIBE = "describe" Read "GET" "/services/data/v{version}/sobjects/{object}/describe";
    QUERY = "query" Read "GET" "/services/data/v{version}/query";
    QUERY_MORE = "query_more" Read "GET" "/services/data/v{version}/query/{locator}";
    QUERY_ALL = "query_all" Read "GET" "/services/data/v{version}/queryAll";
    QUERY_ALL_MORE = "query_more" Read "GET" "/services/data/v{version}/queryAll/{locator}";
    GET = "get" Read "GET" "/services/data/v{version}/sobjects/{object}/{id}";
    GET_BY_KEY = "get" Read "GET" "/services/data/v{version}/sobjects/{object}/{field}/{value}";
    CREATE = "create" Write "POST" "/services/data/v{version}/sobjects/{object}";
    UPDATE = "update" Write "PATCH" "/services/data/v{version}/sobjects/{object}/{id}";
    DELETE = "delete" Write "DELETE" "/services/data/v{version}/sobjects/{object}/{id}";
    UPSERT = "upsert" Write "PATCH" "/services/data/v{version}/sobjects/{object}/{field}/{value}";
    DELETED = "deleted" Read "GET" "/services/data/v{version}/sobjects/{object}/deleted";
    UPDATED = "updated" Read "GET" "/services/data/v{version}/sobjects/{object}/updated";
    /// Also carries queries too long for a URI.
    COMPOSITE = "composite" Write "POST" "/services/data/v{version}/composite";
    CREATE_MANY = "collections_create" Write "POST" "/services/data/v{version}/composite/sobjects";
    UPDATE_MANY = "collections_update" Write "PATCH" "/services/data/v{version}/composite/sobjects";
    DELETE_MANY = "collections_delete" Write "DELETE" "/services/data/v{version}/composite/sobjects";
    /// POST, because a list of ids can be longer than a URI.
    RETRIEVE_MANY = "collections_retrieve" Read "POST" "/services/data/v{version}/composite/sobjects/{object}";
    UPLOAD = "upload" Write "POST" "/services/data/v{version}/sobjects/ContentVersion";
    DOWNLOAD = "download" Read "GET" "/services/data/v{version}/sobjects/ContentVersion/{id}/VersionData";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn values_are_one_segment_each() {
        assert_eq!(
            UPSERT.fill(["62.0", "Case", "Key__c", "a/b c?d#é%2F"]),
            "/services/data/v62.0/sobjects/Case/Key__c/a%2Fb%20c%3Fd%23%C3%A9%252F"
        );
        assert_eq!(VERSIONS.fill(["62.0"]), "/services/data/");
        assert_eq!(QUERY.fill([]), "/services/data/v/query");
    }

    #[test]
    fn routes_are_unique_and_methods_known() {
        let routes: BTreeSet<_> = CALLS.iter().map(|call| (call.method, call.path)).collect();
        assert_eq!(routes.len(), CALLS.len());
        for call in CALLS {
            assert_eq!(call.http_method().as_str(), call.method, "{call:?}");
        }
    }
}
