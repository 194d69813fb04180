//! Mail through a server that others wrote: TLS, the sign-in, and what is made of each way in which a mail is not taken.

use portal_api::{
    config::MailConfig,
    upstream::{
        WriteError, WriteRefusal,
        mail::{Mail, Mailer as _},
        smtp_mail::SmtpMailer,
    },
};

use crate::helpers::{MailServer, TestApp, with_settings};

fn config(url: String, ca: Option<std::path::PathBuf>) -> MailConfig {
    MailConfig { url: url.into(), from: "Customer portal <portal@example.com>".to_owned(), ca }
}

fn mail(to: &str) -> Mail {
    Mail {
        to: to.to_owned(),
        subject: "Grüße".to_owned(),
        text: "Plain, with a line that is longer than what a mail server has to take: ".to_owned()
            + &"x".repeat(2000),
        html: "<p>Schön</p>".to_owned(),
        message_id: "0001".to_owned(),
    }
}

async fn send(server: &MailServer, kind: &str, to: &str) -> Result<(), WriteError> {
    let ca = (kind != "plain").then(|| server.ca());
    SmtpMailer::new(&config(server.url(kind, "right"), ca)).unwrap().send(&mail(to)).await
}

#[actix_web::test]
async fn asvs_12_3_a_mail_goes_through_tls_with_a_sign_in() {
    let Some(mut server) = MailServer::start() else { return };
    for kind in ["starttls", "smtps", "plain"] {
        send(&server, kind, "ada@example.com").await.unwrap();
        let taken = server.next_message();
        assert_eq!(taken["via"], kind);
        assert_eq!(taken["signed_in"], kind != "plain", "{taken}");
        assert_eq!(taken["to"][0], "ada@example.com");
        assert_eq!(taken["type"], "multipart/alternative");
        assert_eq!(taken["headers"]["subject"], "Grüße");
        assert_eq!(taken["headers"]["message-id"], "<0001@example.com>");
        assert_eq!(taken["headers"]["auto-submitted"], "auto-generated");
        assert_eq!(taken["parts"]["text/html"].as_str().unwrap().trim_end(), "<p>Schön</p>");
        assert!(taken["parts"]["text/plain"].as_str().unwrap().contains(&"x".repeat(2000)), "{taken}");
    }
}

#[actix_web::test]
async fn asvs_12_3_a_server_that_nobody_vouches_for_gets_nothing() {
    let Some(server) = MailServer::start() else { return };
    for kind in ["starttls", "smtps"] {
        let mailer = SmtpMailer::new(&config(server.url(kind, "right"), None)).unwrap();
        let refused = mailer.send(&mail("ada@example.com")).await.unwrap_err();
        // Whether the connection broke off in the handshake or was ended by us, nothing was handed over.
        assert!(matches!(refused, WriteError::NotSent(_) | WriteError::Unknown(_)), "{refused}");
    }
    // No STARTTLS where it is asked for: nothing goes out in the clear.
    let url = format!("smtp://portal:right@127.0.0.1:{}?tls=required", server.port("plain"));
    let mailer = SmtpMailer::new(&config(url, Some(server.ca()))).unwrap();
    let refused = mailer.send(&mail("ada@example.com")).await.unwrap_err();
    assert!(matches!(refused, WriteError::NotSent(_)), "{refused}");
}

#[actix_web::test]
async fn what_is_not_taken_is_told_apart() {
    let Some(mut server) = MailServer::start() else { return };
    let refused = send(&server, "starttls", "refused@example.com").await.unwrap_err();
    assert!(matches!(refused, WriteError::Refused(WriteRefusal::NeedsPerson, _)), "{refused}");
    let later = send(&server, "starttls", "greylisted@example.com").await.unwrap_err();
    assert!(matches!(later, WriteError::NotSent(_)), "{later}");
    send(&server, "starttls", "greylisted@example.com").await.unwrap();
    assert_eq!(server.next_message()["to"][0], "greylisted@example.com");
    for to in ["cut@example.com", "taken@example.com"] {
        let unknown = send(&server, "starttls", to).await.unwrap_err();
        assert!(matches!(unknown, WriteError::Unknown(_)), "{to}: {unknown}");
    }
    // A sign-in that is refused says nothing against the mail: it waits until somebody has mended the setting.
    let wrong = SmtpMailer::new(&config(server.url("starttls", "wrong"), Some(server.ca()))).unwrap();
    let refused = wrong.send(&mail("ada@example.com")).await.unwrap_err();
    assert!(matches!(refused, WriteError::NotSent(_)), "{refused}");
    assert!(!refused.to_string().contains("wrong"), "no credential in an error");
    // Nobody there at all.
    let port = server.port("plain");
    drop(server);
    let gone = SmtpMailer::new(&config(format!("smtp://127.0.0.1:{port}"), None)).unwrap();
    let error = gone.send(&mail("ada@example.com")).await.unwrap_err();
    assert!(matches!(error, WriteError::Unknown(_)), "{error}");
}

#[actix_web::test]
async fn a_code_arrives_through_tls() {
    let Some(mut server) = MailServer::start() else { return };
    let (url, ca) = (server.url("starttls", "right"), server.ca().display().to_string());
    let settings = [("PORTAL_MAIL_URL", url.as_str()), ("PORTAL_MAIL_CA", ca.as_str())];
    with_settings(&settings, async |app: &TestApp| {
        let browser = app.browser();
        let accepted = browser.sign_up("hedy@example.com").await.expect(202);
        app.run_jobs().await;
        let taken = server.next_message();
        let text = taken["parts"]["text/plain"].as_str().unwrap();
        let code =
            text.split_whitespace().find(|word| word.len() == 6 && word.parse::<u32>().is_ok()).unwrap();
        assert!(taken["parts"]["text/html"].as_str().unwrap().contains(code));
        browser.confirm(&accepted.json()["data"]["challenge_id"], code).await.expect(200);
        app.run_jobs().await;
    })
    .await;
}

#[test]
fn certificates_that_cannot_be_used_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    for (url, ca) in [("smtps://localhost", folder.path().join("missing.pem")), ("smtps://localhost", empty)]
    {
        assert!(SmtpMailer::new(&config(url.to_owned(), Some(ca))).is_err());
    }
}
