//! What can be wrong with mail.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread::JoinHandle,
};

use super::examine;
use crate::helpers::with_settings;

/// A mail server that offers a login and takes none; one conversation.
fn that_refuses_logins() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let conversation = std::thread::spawn(move || {
        // The first connection only looks whether somebody is there.
        drop(listener.accept().unwrap());
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        stream.write_all(b"220 mail.example.com ESMTP\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            let answer = match line.split(' ').next().unwrap_or_default() {
                "EHLO" => "250-mail.example.com\r\n250 AUTH PLAIN LOGIN",
                "AUTH" => "535 5.7.8 canary: no such user",
                _ => "221 Bye",
            };
            if write!(stream, "{answer}\r\n").is_err() {
                break;
            }
        }
    });
    (address, conversation)
}

#[actix_web::test]
async fn a_refused_login_is_told_from_a_server_that_is_not_there() {
    with_settings(&[("PORTAL_UPSTREAM_READ_SECONDS", "2")], async |app| {
        let (address, conversation) = that_refuses_logins();
        let found = examine(app, &[("PORTAL_MAIL_URL", &format!("smtp://user:canary@{address}"))]);
        found.expect_wrong(&["mail.login"]);
        assert!(found.words("mail.login").contains("percent-encoded"), "{}", found.words("mail.login"));
        conversation.join().unwrap();

        let found = examine(app, &[("PORTAL_MAIL_URL", "smtp://127.0.0.1:1")]);
        found.expect_wrong(&["mail.reach"]);
        assert_eq!(found.state("mail.login"), "not_checked");
    })
    .await;
}

#[actix_web::test]
async fn no_mail_is_sent_and_the_wrong_way_to_encrypt_is_told() {
    with_settings(&[("PORTAL_UPSTREAM_READ_SECONDS", "2")], async |app| {
        let smtp = app.variables["PORTAL_MAIL_URL"].clone();
        for (address, words) in [
            (format!("{smtp}?tls=required"), "STARTTLS"),
            (smtp.replace("smtp:", "smtps:"), "TLS fails"),
            (app.sandbox.base_url().as_str().replace("http:", "smtp:"), "says nothing"),
        ] {
            let found = examine(app, &[("PORTAL_MAIL_URL", &address)]);
            found.expect_wrong(&["mail.login"]);
            assert!(found.words("mail.login").contains(words), "{address}: {}", found.words("mail.login"));
        }
        examine(app, &[]).expect_wrong(&[]);
        assert_eq!(app.ask("mail/messages").await.as_array().unwrap().len(), 0);
    })
    .await;
}
