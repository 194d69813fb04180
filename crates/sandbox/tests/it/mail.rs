//! Mail over SMTP, read back over HTTP.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::driver::{Driver, json_of};

struct Smtp(BufReader<TcpStream>);

impl Smtp {
    async fn connect(it: &Driver) -> Self {
        let mut smtp = Self(BufReader::new(TcpStream::connect(it.sandbox.smtp_addr()).await.unwrap()));
        assert_eq!(smtp.reply().await, "220");
        smtp
    }

    /// The code of one reply, or nothing when the connection is closed.
    async fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await.unwrap_or(0) == 0 {
                return String::new();
            }
            if line.as_bytes()[3] == b' ' {
                return line[..3].to_owned();
            }
        }
    }

    async fn say(&mut self, text: &str) -> String {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self.0.write_all(b"\r\n").await.unwrap();
        self.reply().await
    }

    async fn send(&mut self, to: &[&str], message: &str) -> String {
        assert_eq!(self.say("MAIL FROM:<portal@sandbox.example>").await, "250");
        for to in to {
            assert_eq!(self.say(&format!("RCPT TO:<{to}>")).await, "250");
        }
        assert_eq!(self.say("DATA").await, "354");
        self.say(&format!("{message}\r\n.")).await
    }
}

const MESSAGE: &str = "From: Portal <no-reply@portal.example>\r\nTo: ada@example.com\r\n\
    Subject: =?utf-8?q?Your_code=3A_123456_=E2=9C=93?=\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\r\n..dot\r\nCode 123456, caf=C3=A9\r\n--b\r\n\
    Content-Type: text/html; charset=utf-8\r\n\r\n<p>Code <b>123456</b></p>\r\n--b--\r\n";

async fn mailbox(it: &Driver, query: &str) -> Value {
    json_of(it.http.get(it.url(&format!("mail/messages{query}"))).send().await.unwrap()).await
}

#[tokio::test]
async fn a_message_is_received_and_decoded() {
    let it = Driver::start().await;
    let mut smtp = Smtp::connect(&it).await;
    assert_eq!(smtp.say("EHLO portal.example").await, "250");
    assert_eq!(smtp.send(&["ada@example.com", "hidden@example.com"], MESSAGE).await, "250");
    assert_eq!(smtp.say("QUIT").await, "221");
    let found = mailbox(&it, "?to=ADA@example.com").await;
    let message = &found[0];
    assert_eq!(message["from"], "no-reply@portal.example");
    assert_eq!(message["to"], json!(["ada@example.com", "hidden@example.com"]));
    assert_eq!(message["subject"], "Your code: 123456 ✓");
    let text = message["text"].as_str().unwrap();
    assert!(text.starts_with(".dot") && text.contains("Code 123456, café"), "{text}");
    assert!(message["html"].as_str().unwrap().contains("<b>123456</b>"));
    assert!(message["received_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(mailbox(&it, "?to=nobody@example.com").await, json!([]));

    let (status, list) = it.page("", "mail").await;
    assert_eq!(status, 200);
    assert!(list.contains("class=\"code\">123456<") && list.contains("http-equiv=\"refresh\""));
    let (_, view) = it.page("", "mail/messages/1").await;
    assert!(view.contains("123456") && view.contains("no-reply@portal.example"));
    assert_eq!(it.http.delete(it.url("mail/messages")).send().await.unwrap().status(), 204);
    assert_eq!(mailbox(&it, "").await, json!([]));
}

#[tokio::test]
async fn messages_are_listed_newest_first() {
    let it = Driver::start().await;
    let mut smtp = Smtp::connect(&it).await;
    assert_eq!(smtp.say("HELO x").await, "250");
    for n in 1..=3 {
        assert_eq!(smtp.send(&["a@example.com"], &format!("Subject: {n}\r\n\r\n{n}")).await, "250");
    }
    let subjects: Vec<Value> =
        mailbox(&it, "").await.as_array().unwrap().iter().map(|message| message["subject"].clone()).collect();
    assert_eq!(subjects, ["3", "2", "1"]);
}

#[tokio::test]
async fn the_conversation_keeps_its_order_and_its_limits() {
    let it = Driver::start().await;
    let mut smtp = Smtp::connect(&it).await;
    assert_eq!(smtp.say("RCPT TO:<a@example.com>").await, "503");
    assert_eq!(smtp.say("DATA").await, "503");
    assert_eq!(smtp.say("MAIL nonsense").await, "501");
    assert_eq!(smtp.say("STARTTLS").await, "502");
    assert_eq!(smtp.say("NOOP").await, "250");
    assert_eq!(smtp.say("MAIL FROM:<a@example.com> SIZE=99999999").await, "552");
    assert_eq!(smtp.say("MAIL FROM:<a@example.com>").await, "250");
    assert_eq!(smtp.say("RCPT TO:<b@example.com>").await, "250");
    assert_eq!(smtp.say("RSET").await, "250");
    assert_eq!(smtp.say("DATA").await, "503");
    let large = format!("Subject: large\r\n{}", "\r\n0123456789".repeat(100_000));
    assert_eq!(smtp.send(&["a@example.com"], &large).await, "552");
    assert_eq!(smtp.send(&["a@example.com"], "Subject: small\r\n\r\nx").await, "250");
    assert_eq!(mailbox(&it, "").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn smtp_faults_refuse_drop_or_do_it_first() {
    let it = Driver::start().await;
    let fault =
        |kind: &str| json!({"target": "smtp", "action": "*", "kind": kind, "times": 1, "status": 550});
    for (kind, reply, stored) in [
        ("error", "550", 0),
        ("dropped", "", 0),
        ("did_then_failed", "550", 1),
        ("did_then_dropped", "", 1),
        ("latency", "250", 1),
        ("rate_limited", "550", 0),
    ] {
        it.fault(fault(kind)).await;
        let mut smtp = Smtp::connect(&it).await;
        assert_eq!(smtp.say("EHLO x").await, "250");
        assert_eq!(smtp.send(&["a@example.com"], "Subject: s\r\n\r\nx").await, reply, "{kind}");
        assert_eq!(mailbox(&it, "").await.as_array().unwrap().len(), stored, "{kind}");
        it.http.delete(it.url("mail/messages")).send().await.unwrap();
    }
}
