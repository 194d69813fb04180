//! `/mail`: the mailbox for people (pages) and for tests (JSON).

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::answer::Answer;
use crate::html::{self, escape};
use crate::ledger::mail::Message;
use crate::world::Shared;

const PRODUCT: &str = "Mailbox – sandbox";
/// Messages on the list page.
const LIST: usize = 100;

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/mail").get(list))
        .service(web::resource("/mail/messages").get(messages).delete(clear))
        .service(web::resource("/mail/messages/{id}").get(message))
        .service(web::resource("/mail/messages/{id}/html").get(rendered));
}

#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
}

async fn messages(shared: web::Data<Shared>, filter: web::Query<Filter>) -> HttpResponse {
    let world = shared.world();
    let found: Vec<&Message> = world.ledger.mail.newest(filter.to.as_deref()).collect();
    Answer::json(200, &json!(found)).into_response()
}

async fn clear(shared: web::Data<Shared>) -> HttpResponse {
    shared.world().ledger.mail.messages.clear();
    HttpResponse::NoContent().finish()
}

/// The first run of six digits standing alone: a code a person has to type.
fn code(message: &Message) -> Option<&str> {
    [&message.subject, &message.text].into_iter().find_map(|text| {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

async fn list(shared: web::Data<Shared>) -> HttpResponse {
    let mut main = String::from(
        "<h1>Mailbox</h1><p class=\"soft\">Newest first. The page reloads by itself.</p><table><thead>\
         <tr><th>Received</th><th>To</th><th>Subject</th><th>Code</th></tr></thead><tbody>",
    );
    for message in shared.world().ledger.mail.newest(None).take(LIST) {
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<tr><td>{}</td><td>{}</td><td><a href=\"/mail/messages/{}\">{}</a></td><td class=\"code\">{}</td></tr>",
            message.received_at.format("%H:%M:%S"),
            escape(&message.to.join(", ")),
            message.id,
            escape(if message.subject.is_empty() { "(no subject)" } else { &message.subject }),
            code(message).unwrap_or_default(),
        );
    }
    main.push_str("</tbody></table>");
    Answer::html(200, html::page("Mailbox", PRODUCT, Some(3), &main)).into_response()
}

async fn message(shared: web::Data<Shared>, id: web::Path<u64>) -> HttpResponse {
    let world = shared.world();
    let Some(message) = world.ledger.mail.messages.iter().find(|message| message.id == *id) else {
        let main = "<h1>No such message</h1><p><a href=\"/mail\">Mailbox</a></p>";
        return Answer::html(404, html::page("Not found", PRODUCT, None, main)).into_response();
    };
    let code = code(message).map_or_else(String::new, |code| format!("<p class=\"code\">{code}</p>"));
    let main = format!(
        "<p><a href=\"/mail\">Mailbox</a></p><h1>{}</h1><p class=\"soft\">From {} to {}, {}</p>{code}<pre>{}</pre>\
         <p><a href=\"/mail/messages/{}/html\">HTML part</a></p>",
        escape(&message.subject),
        escape(&message.from),
        escape(&message.to.join(", ")),
        message.received_at.format("%Y-%m-%d %H:%M:%S UTC"),
        escape(&message.text),
        message.id,
    );
    Answer::html(200, html::page(&message.subject, PRODUCT, None, &main)).into_response()
}

/// The HTML part as a mail program would show it, unable to run or load anything.
async fn rendered(shared: web::Data<Shared>, id: web::Path<u64>) -> HttpResponse {
    let world = shared.world();
    match world.ledger.mail.messages.iter().find(|message| message.id == *id) {
        Some(message) => Answer::new(200, "text/html; charset=utf-8", message.html.clone())
            .with("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
            .into_response(),
        None => HttpResponse::NotFound().finish(),
    }
}
