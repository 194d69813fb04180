//! From a delivery to the socket: what HTTP can say through the web framework, what it cannot beneath it.

use std::any::Any;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::os::fd::AsFd as _;
use std::time::Duration;

use actix_web::body::{BodyStream, BoxBody, SizedStream};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, error, rt, web};
use bytes::Bytes;
use futures::stream;
use socket2::SockRef;

use super::deliver::Delivery;
use crate::answer::Answer;
use crate::world::Shared;

/// Long enough for what was written to leave the process before the connection ends.
const FLUSH: Duration = Duration::from_millis(20);
/// One piece of an endless body.
const PIECE: &[u8] = &[b' '; 1 << 16];

/// A second handle on a connection's socket.
#[derive(Debug)]
struct Socket(TcpStream);

/// What is to be sent beneath the framework before the connection ends.
#[derive(Debug, Clone)]
struct Beneath {
    bytes: Bytes,
    reset: bool,
}

/// Keeps a handle on every new connection's socket.
pub fn keep_socket(connection: &dyn Any, extensions: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<rt::net::TcpStream>() else { return };
    match stream.as_fd().try_clone_to_owned() {
        Ok(copy) => drop(extensions.insert(Socket(copy.into()))),
        Err(error) => tracing::warn!(%error, "faults beneath HTTP will close this connection without a byte"),
    }
}

/// Around every request: work goes on when the caller is gone, as it does in the real systems, and raw bytes are sent.
pub async fn guard(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let held = request
        .app_data::<web::Data<Shared>>()
        .is_some_and(|shared| !shared.world().faults.list().is_empty());
    let handled = next.call(request);
    if !held {
        return handled.await;
    }
    // A task of its own is not cancelled with the connection.
    let mut response = rt::spawn(handled).await.map_err(error::ErrorInternalServerError)??;
    let beneath = response.response_mut().extensions_mut().remove::<Beneath>();
    if let (Some(beneath), Some(socket)) = (beneath, response.request().conn_data::<Socket>()) {
        send(socket, &beneath).await;
    }
    Ok(response)
}

async fn send(socket: &Socket, beneath: &Beneath) {
    if let Err(error) = (&socket.0).write_all(&beneath.bytes) {
        tracing::debug!(%error, "the caller went away before a planted answer");
    }
    tokio::time::sleep(FLUSH).await;
    if beneath.reset
        && let Err(error) = SockRef::from(&socket.0).set_linger(Some(Duration::ZERO))
    {
        tracing::warn!(%error, "cannot reset a connection");
    }
}

pub fn response(delivery: Delivery) -> HttpResponse {
    match delivery {
        Delivery::Whole(answer) => answer.into_response(),
        Delivery::Cut(answer) => cut(&answer),
        Delivery::Length(answer, delta) => wrong_length(&answer, delta),
        Delivery::Drip(answer, bytes, wait) => drip(&answer, bytes, wait),
        Delivery::Huge(answer, bytes) => huge(&answer, bytes),
        Delivery::Reset(answer) => beneath(half(&answer), true),
        Delivery::Raw(bytes) => beneath(bytes, false),
        Delivery::Nothing => dropped(),
    }
}

fn closed() -> std::io::Error {
    std::io::Error::from(std::io::ErrorKind::ConnectionReset)
}

/// A body that fails before the head is flushed makes actix close the connection with nothing sent.
fn dropped() -> HttpResponse {
    HttpResponse::Ok().body(BodyStream::new(stream::once(async { Err::<Bytes, _>(closed()) })))
}

/// Leaves the sending to [`guard`]; the framework itself sends nothing.
fn beneath(bytes: Bytes, reset: bool) -> HttpResponse {
    let mut response = dropped();
    response.extensions_mut().insert(Beneath { bytes, reset });
    response
}

/// Head and half a body, as the framework would write them.
fn half(answer: &Answer) -> Bytes {
    let mut head = format!("HTTP/1.1 {} Sandbox\r\ncontent-length: {}\r\n", answer.status, answer.body.len());
    for (name, value) in &answer.headers {
        // Writing to a `String` cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let half = answer.body.get(..answer.body.len() / 2).unwrap_or_default();
    Bytes::from([head.as_bytes(), b"\r\n", half].concat())
}

/// Announces the whole length, sends half, lets it reach the socket, then closes.
fn cut(answer: &Answer) -> HttpResponse {
    let whole = u64::try_from(answer.body.len()).unwrap_or(u64::MAX).max(2);
    let half = answer.body.slice(..answer.body.len() / 2);
    let body = stream::unfold(Some(half), |state| async {
        match state {
            Some(half) if !half.is_empty() => Some((Ok(half), Some(Bytes::new()))),
            Some(_) => {
                tokio::time::sleep(FLUSH).await;
                Some((Err(closed()), None))
            }
            None => None,
        }
    });
    answer.builder().body(SizedStream::new(whole, Box::pin(body)))
}

/// Sends the whole body under another length, then closes.
fn wrong_length(answer: &Answer, delta: i64) -> HttpResponse {
    let whole = i64::try_from(answer.body.len()).unwrap_or(i64::MAX);
    let announced = u64::try_from(whole.saturating_add(delta)).unwrap_or(0);
    let body = answer.body.clone();
    let body = stream::once(async { Ok::<_, std::io::Error>(body) });
    answer.builder().no_chunking(announced).force_close().body(BodyStream::new(Box::pin(body)))
}

fn drip(answer: &Answer, bytes: usize, wait: Duration) -> HttpResponse {
    let whole = u64::try_from(answer.body.len()).unwrap_or(u64::MAX);
    let body = stream::unfold(answer.body.clone(), move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(wait).await;
        let piece = rest.split_to(bytes.min(rest.len()));
        Some((Ok::<_, std::io::Error>(piece), rest))
    });
    answer.builder().body(SizedStream::new(whole, Box::pin(body)))
}

/// No length is announced; the caller has to stop by itself.
fn huge(answer: &Answer, bytes: u64) -> HttpResponse {
    let first = Some(answer.body.clone()).filter(|body| !body.is_empty());
    let body = stream::unfold((first, bytes), |(first, left)| async move {
        if left == 0 {
            return None;
        }
        let piece = first.unwrap_or(Bytes::from_static(PIECE));
        let sent = u64::try_from(piece.len()).unwrap_or(left);
        Some((Ok::<_, std::io::Error>(piece), (None, left.saturating_sub(sent))))
    });
    answer.builder().streaming(Box::pin(body))
}
