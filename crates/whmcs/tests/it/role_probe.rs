//! Probes of the API role: what they send, and what counts as allowed.

use whmcs::{ACTIONS, Action, Denied, Effect, Error, Unknown};

use crate::helpers::{answering, bodies, client, deadline, json, whmcs};

const REFUSED: &str = r#"{"result":"error","message":"Client ID Not Found"}"#;

/// What each writing action needs before it does anything; a probe must not send all of it.
const NEEDED: &[(&str, &[&str])] = &[
    ("AddClient", &["email", "password2"]),
    ("AddOrder", &["pid"]),
    ("AddUser", &["email", "password2"]),
    ("UpdateClient", &["email", "status", "firstname"]),
    ("UpdateUser", &["email", "firstname", "lastname", "language"]),
    ("LogActivity", &["clientid"]),
];

#[tokio::test]
async fn no_probe_of_a_write_could_write() {
    for action in ACTIONS.iter().filter(|action| action.effect == Effect::Write) {
        let server = whmcs(REFUSED).await;
        client(&server.uri()).probe_role(*action, deadline()).await.unwrap();
        let bodies = bodies(&server).await;
        assert_eq!(bodies.len(), 1, "{}", action.name);
        let sent: Vec<(String, String)> =
            url::form_urlencoded::parse(bodies[0].as_bytes()).into_owned().collect();
        let has = |name: &str| sent.iter().any(|(sent, _)| sent == name);
        let needed =
            NEEDED.iter().find(|(name, _)| *name == action.name).map_or(&[][..], |(_, needed)| needed);
        assert!(needed.iter().all(|name| !has(name)), "{} sends {sent:?}", action.name);
        // Whatever it names is nobody's.
        for (name, value) in sent.iter().filter(|(name, _)| name.ends_with("id")) {
            assert_eq!(value, "2147483647", "{} names {name}", action.name);
        }
    }
}

#[tokio::test]
async fn lists_are_asked_for_nobodys_rows() {
    for name in ["GetInvoices", "GetOrders", "GetClientsProducts", "GetTransactions"] {
        let server = whmcs(r#"{"result":"success"}"#).await;
        client(&server.uri()).probe_role(Action::named(name).unwrap(), deadline()).await.unwrap();
        let body = bodies(&server).await.remove(0);
        assert!(body.contains("=2147483647"), "{name} would list everybody's rows: {body}");
    }
}

#[tokio::test]
async fn only_the_role_says_no() {
    let probe = async |status, body: &str| {
        let server = answering(json(status, body)).await;
        client(&server.uri()).probe_role(Action::named("addclient").unwrap(), deadline()).await
    };
    let role = r#"{"result":"error","message":"Invalid Permissions: API action \u0022addclient\u0022 is not allowed"}"#;
    assert_eq!(probe(403, role).await, Err(Error::Denied(Denied::ActionNotInRole)));
    assert_eq!(
        probe(200, r#"{"result":"error","message":"You did not enter your first name"}"#).await,
        Ok(())
    );
    assert_eq!(probe(400, r#"{"result":"error","message":"A text that nobody lists"}"#).await, Ok(()));
    assert_eq!(probe(200, r#"{"result":"success"}"#).await, Ok(()));
    assert_eq!(probe(200, "null").await, Err(Error::Unknown(Unknown::NullBody)));
}

#[test]
fn two_probes_leave_a_trace() {
    let traces: Vec<_> =
        ACTIONS.iter().filter(|action| action.probe_leaves_trace()).map(|action| action.name).collect();
    assert_eq!(traces, ["LogActivity", "ValidateLogin"]);
    assert!(Action::named("GetClientPassword").is_none());
}
