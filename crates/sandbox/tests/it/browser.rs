//! A browser at the client area: keeps the cookie, reads form tokens, follows nothing by itself.

use reqwest::header::{CONTENT_TYPE, COOKIE};
use sandbox::demo;

use crate::driver::{Driver, Pairs, form};

/// What came back.
pub struct Seen {
    pub status: u16,
    pub location: String,
    pub body: String,
    pub policy: String,
}

pub struct Browser<'a> {
    it: &'a Driver,
    pub cookie: String,
}

impl<'a> Browser<'a> {
    pub fn new(it: &'a Driver) -> Self {
        Self { it, cookie: String::new() }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Seen {
        let response = request.header(COOKIE, &self.cookie).send().await.unwrap();
        let header = |name: &str| {
            response.headers().get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
        };
        let (location, policy, set) =
            (header("location"), header("content-security-policy"), header("set-cookie"));
        if !set.is_empty() {
            set.split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        Seen { status: response.status().as_u16(), location, policy, body: response.text().await.unwrap() }
    }

    pub async fn get(&mut self, path: &str) -> Seen {
        let url = self.it.url(path);
        self.send(self.it.http.get(url)).await
    }

    pub async fn post(&mut self, path: &str, fields: Pairs<'_>) -> Seen {
        let request = self.it.http.post(self.it.url(path));
        self.send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form(fields))).await
    }

    /// Sends the form that the page at `path` has.
    pub async fn submit(&mut self, path: &str, fields: Pairs<'_>) -> Seen {
        let token = token(&self.get(path).await.body);
        let mut all = vec![("token", token.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// The password step.
    pub async fn password(&mut self, email: &str) -> Seen {
        self.submit("whmcs/login", &[("username", email), ("password", demo::PASSWORD)]).await
    }
}

/// The form token of a page.
pub fn token(body: &str) -> String {
    let start = body.split("name=\"token\" value=\"").nth(1).unwrap_or_else(|| panic!("no form: {body}"));
    start.split('"').next().unwrap().to_owned()
}
