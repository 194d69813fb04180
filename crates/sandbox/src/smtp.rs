//! A minimal SMTP receiver (RFC 5321): takes every message for everybody into the mailbox. No TLS, no AUTH, no relaying.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use mail_parser::{Address, MessageParser};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::faults::{Call, Done, Fault, Kind, Target};
use crate::ledger::mail::Message;
use crate::world::Shared;

/// Largest message, in bytes.
const MAX_MESSAGE: usize = 1 << 20;
/// Longest line read, in bytes; RFC 5321 asks for 1,000.
const MAX_LINE: usize = 8 << 10;
/// A client that says nothing for this long is dropped.
const IDLE: Duration = Duration::from_mins(2);
/// The one action that faults and the log know: a whole message.
const ACTION: &str = "message";

/// Accepts connections until the runtime ends.
pub async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                rt::spawn(async move {
                    // A client that goes away in the middle is its own business.
                    if let Err(error) = converse(stream, &shared).await {
                        tracing::debug!(%error, "mail client went away");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a mail connection");
                rt::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

async fn converse(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut envelope = Envelope::default();
    stream.write_all(b"220 sandbox.example ESMTP\r\n").await?;
    while let Some(line) = line(&mut stream).await? {
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        let verb = text.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => {
                format!("250-sandbox.example\r\n250-SIZE {MAX_MESSAGE}\r\n250-8BITMIME\r\n250 SMTPUTF8")
            }
            "HELO" => "250 sandbox.example".to_owned(),
            "MAIL" => mail(&mut envelope, &text),
            "RCPT" => recipient(&mut envelope, &text),
            "DATA" if envelope.to.is_empty() => "503 Bad sequence of commands".to_owned(),
            "DATA" => {
                stream.write_all(b"354 End data with <CR><LF>.<CR><LF>\r\n").await?;
                let Some(message) = data(&mut stream).await? else { return Ok(()) };
                let envelope = std::mem::take(&mut envelope);
                let Some(reply) = take(shared, &envelope, message.as_deref()).await else { return Ok(()) };
                reply
            }
            "RSET" => {
                envelope = Envelope::default();
                "250 OK".to_owned()
            }
            "NOOP" => "250 OK".to_owned(),
            "VRFY" => "252 Cannot verify".to_owned(),
            "QUIT" => {
                stream.write_all(b"221 Bye\r\n").await?;
                return Ok(());
            }
            _ => "502 Command not implemented".to_owned(),
        };
        stream.write_all(reply.as_bytes()).await?;
        stream.write_all(b"\r\n").await?;
    }
    Ok(())
}

/// One line without its end; `None` when the client closed, was silent or sent an endless line.
async fn line(stream: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = async {
        loop {
            let available = stream.fill_buf().await?;
            if available.is_empty() {
                return Ok::<bool, std::io::Error>(false);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(available.len(), |end| end + 1);
            line.extend_from_slice(available.get(..taken).unwrap_or_default());
            stream.consume(taken);
            if end.is_some() || line.len() > MAX_LINE {
                return Ok(line.len() <= MAX_LINE);
            }
        }
    };
    let complete = tokio::time::timeout(IDLE, read).await.unwrap_or(Ok(false))?;
    if !complete {
        return Ok(None);
    }
    line.pop();
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(line))
}

/// The address between angle brackets.
fn address(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    Some(address.to_owned())
}

fn mail(envelope: &mut Envelope, text: &str) -> String {
    let size = text
        .to_ascii_uppercase()
        .split_once("SIZE=")
        .and_then(|(_, rest)| rest.split(' ').next().and_then(|size| size.parse::<usize>().ok()));
    if size.is_some_and(|size| size > MAX_MESSAGE) {
        return "552 Message size exceeds fixed maximum message size".to_owned();
    }
    match address(text) {
        Some(from) => {
            *envelope = Envelope { from: Some(from), to: Vec::new() };
            "250 OK".to_owned()
        }
        None => "501 Syntax: MAIL FROM:<address>".to_owned(),
    }
}

fn recipient(envelope: &mut Envelope, text: &str) -> String {
    if envelope.from.is_none() {
        return "503 Bad sequence of commands".to_owned();
    }
    match address(text).filter(|to| to.contains('@')) {
        Some(to) => {
            envelope.to.push(to);
            "250 OK".to_owned()
        }
        None => "501 Syntax: RCPT TO:<address>".to_owned(),
    }
}

/// Reads a message with dots unstuffed. The outer `None`: the client went away; the inner: too large.
async fn data(stream: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Option<Vec<u8>>>> {
    let mut message = Some(Vec::new());
    loop {
        let Some(line) = line(stream).await? else { return Ok(None) };
        if line == b"." {
            return Ok(Some(message));
        }
        let line = line.strip_prefix(b".").unwrap_or(&line);
        if let Some(bytes) = &mut message {
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        }
        // The rest of an oversized message is read and thrown away, so that the reply meets a listening client.
        message = message.filter(|bytes| bytes.len() <= MAX_MESSAGE);
    }
}

/// Stores a message under the planted faults. The reply; `None` closes the connection.
async fn take(shared: &Shared, envelope: &Envelope, message: Option<&[u8]>) -> Option<String> {
    let call = Call::new(Target::Smtp, ACTION);
    let drawn = shared.world().faults.draw(&call);
    let hold = drawn.hold();
    let _waiting = (!drawn.wait.is_zero() || !hold.is_zero()).then(|| shared.waiting.enter());
    if !drawn.wait.is_zero() {
        tokio::time::sleep(drawn.wait).await;
    }
    let reply = store(shared, call, drawn.fault.as_ref(), envelope, message);
    if !hold.is_zero() {
        tokio::time::sleep(hold).await;
    }
    reply
}

fn store(
    shared: &Shared,
    call: Call,
    fault: Option<&Fault>,
    envelope: &Envelope,
    message: Option<&[u8]>,
) -> Option<String> {
    let mut world = shared.world();
    let done = fault.is_none_or(|fault| fault.kind.done() != Done::No);
    let mut reply = Some((552, "Message size exceeds fixed maximum message size".to_owned()));
    if let Some(message) = message {
        if done {
            let received_at = world.clock.now();
            let id = world.ledger.mail.deliver(decode(envelope, message, received_at));
            reply = Some((250, format!("OK queued as {id}")));
        }
        match fault.map(|fault| (fault.kind, fault)) {
            None | Some((Kind::Latency | Kind::LateAnswer, _)) => {}
            Some((Kind::Dropped | Kind::DidThenDropped | Kind::DidLate | Kind::Cut, _)) => reply = None,
            Some((_, fault)) => reply = Some(failure(fault)),
        }
    }
    world.log(call, reply.as_ref().map(|(code, _)| *code));
    reply.map(|(code, text)| format!("{code} {text}"))
}

fn failure(fault: &Fault) -> (u16, String) {
    let (code, text) = match fault.kind {
        Kind::RateLimited => (452, "Too many messages, try again later"),
        Kind::Maintenance => (421, "Service not available, closing transmission channel"),
        Kind::Unauthorized => (530, "Authentication required"),
        Kind::Forbidden => (550, "Sender is not allowed here"),
        _ => (451, "Requested action aborted: sandbox fault"),
    };
    let text = fault.message.as_deref().unwrap_or(text);
    (fault.status.filter(|code| (400..600).contains(code)).unwrap_or(code), text.replace(['\r', '\n'], " "))
}

/// Addresses come from the envelope, where bcc recipients are too; the rest from the message.
fn decode(envelope: &Envelope, raw: &[u8], received_at: chrono::DateTime<chrono::Utc>) -> Message {
    let parsed = MessageParser::default().parse(raw);
    let parsed = parsed.as_ref();
    let part =
        |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned).unwrap_or_default();
    let from = parsed.and_then(|message| message.from()).and_then(Address::first);
    let from = from.and_then(|from| from.address()).map(str::to_owned).or_else(|| envelope.from.clone());
    Message {
        id: 0,
        from: from.unwrap_or_default(),
        to: envelope.to.clone(),
        subject: parsed.and_then(|message| message.subject()).unwrap_or_default().to_owned(),
        text: part(parsed.and_then(|message| message.body_text(0))),
        html: part(parsed.and_then(|message| message.body_html(0))),
        received_at,
    }
}
