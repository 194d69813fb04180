//! `/` and `/_sandbox/…`: the state of the sandbox as pages, for someone who demonstrates or debugs. Nothing here is part of
//! the simulated systems, and everything that a form does is also a call of the control API.

mod faults;
mod frame;
mod ledger;
mod switches;
mod webhooks;

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::answer::Answer;
use crate::client_area::session::SsoToken;
use crate::demo;
use crate::html::{self, decode, escape};
use crate::seed::Seed;
use crate::world::{Shared, World};
use frame::{Frame, Place, table};

/// Requests on the overview and on their own page.
const RECENT: usize = 8;
const REQUESTS: usize = 200;

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/").get(overview))
        .service(web::resource("/_sandbox/style.css").get(style))
        .service(web::resource("/_sandbox/overview.css").get(overview_style))
        .service(web::resource("/_sandbox/sign-in").post(sign_in))
        .service(web::resource("/_sandbox/reset").post(reset))
        .service(web::resource("/_sandbox/clock").post(switches::clock))
        .service(web::resource("/_sandbox/requests").get(requests))
        .service(web::resource("/_sandbox/ledger").get(ledger::page))
        .service(web::resource("/_sandbox/ledger/{table}").get(ledger::page))
        .service(web::resource("/_sandbox/faults").get(faults::page).post(faults::plant))
        .service(web::resource("/_sandbox/faults/clear").post(faults::clear))
        .service(web::resource("/_sandbox/switches").get(switches::page).post(switches::change))
        .service(web::resource("/_sandbox/webhooks").get(webhooks::page).post(webhooks::register))
        .service(web::resource("/_sandbox/webhooks/flush").post(webhooks::flush))
        .service(web::resource("/_sandbox/webhooks/fire").post(webhooks::fire))
        .service(web::resource("/_sandbox/webhooks/{id}").post(webhooks::switch))
        .service(web::resource("/_sandbox/webhooks/{id}/forget").post(webhooks::forget));
}

async fn style() -> HttpResponse {
    Answer::new(200, "text/css; charset=utf-8", html::STYLE).into_response()
}

async fn overview_style() -> HttpResponse {
    Answer::new(200, "text/css; charset=utf-8", include_str!("style.css")).into_response()
}

async fn overview(shared: web::Data<Shared>) -> HttpResponse {
    let world = shared.world();
    let mut main = format!(
        "<h1>Sandbox</h1><p class=\"lead\">WHMCS, Salesforce and a mailbox, simulated. Nothing here is real.</p>{}",
        summary(&world)
    );
    main.push_str("<section><h2>People</h2>");
    let _ = write!(main, "<p>Password of the demo people: <code>{}</code></p>", demo::PASSWORD);
    main.push_str(&people(&world));
    main.push_str("</section><section><h2>Latest requests</h2>");
    main.push_str(&request_table(&world, RECENT));
    main.push_str("<p><a href=\"/_sandbox/requests\">All requests</a></p></section>");
    main.push_str(&switches::clock_form(&world));
    main.push_str(
        "<section><h2>Start again</h2><form method=\"post\" action=\"/_sandbox/reset\" class=\"row\">\
         <label>What the ledger holds <select name=\"seed\"><option value=\"\">as at the start</option>\
         <option value=\"empty\">nothing</option><option value=\"demo\">the demo people</option>\
         <option value=\"demo_with_bulk\">the demo people and thousands of records</option></select></label>\
         <button class=\"danger\">Reset everything</button></form></section>",
    );
    Frame::new(Place::Overview).answer(&main)
}

/// The figures that someone looks for first.
fn summary(world: &World) -> String {
    let whmcs = &world.ledger.whmcs;
    let planted = world.faults.list().len();
    let figure = |href: &str, number: String, label: &str| {
        format!("<a class=\"figure\" href=\"{href}\"><strong>{number}</strong> {label}</a>")
    };
    [
        figure("/_sandbox/ledger/clients", whmcs.clients.len().to_string(), "clients"),
        figure("/_sandbox/ledger/invoices", whmcs.invoices.len().to_string(), "invoices"),
        figure("/_sandbox/ledger/services", whmcs.services.len().to_string(), "services"),
        figure("/mail", world.ledger.mail.messages.len().to_string(), "messages"),
        figure("/_sandbox/faults", planted.to_string(), "faults planted"),
        figure("/_sandbox/switches", world.config.version.number().to_owned(), "WHMCS"),
    ]
    .into_iter()
    .fold("<div class=\"figures\">".to_owned(), |all, one| all + &one)
        + "</div>"
}

fn people(world: &World) -> String {
    let whmcs = &world.ledger.whmcs;
    let rows = whmcs.users.values().take(100).map(|user| {
        let mut clients = String::from("<div class=\"buttons\">");
        for (client, owner) in whmcs.clients_of(user.id) {
            let name = if client.company.is_empty() { &client.last_name } else { &client.company };
            let guest = if owner { "" } else { " (guest)" };
            // Writing to a `String` cannot fail.
            let _ = write!(
                clients,
                "<form method=\"post\" action=\"/_sandbox/sign-in\"><input type=\"hidden\" name=\"user_id\" value=\"{}\">\
                 <input type=\"hidden\" name=\"client_id\" value=\"{}\"><button class=\"small\">{} {}{guest}</button></form>",
                user.id,
                client.id,
                client.id,
                escape(&decode(name)),
            );
        }
        clients.push_str("</div>");
        let name = escape(&decode(&format!("{} {}", user.first_name, user.last_name)));
        let second = if user.two_factor { " <span class=\"tag\">two-factor</span>" } else { "" };
        vec![format!("{name}{second}"), escape(&user.email), user.id.to_string(), clients]
    });
    table("People", &["Name", "E-mail", "User", "Client area as"], rows)
}

fn request_table(world: &World, most: usize) -> String {
    let rows = world.requests.iter().rev().take(most).map(|request| {
        let status = request.status.map_or_else(|| "closed".to_owned(), |status| status.to_string());
        let bad = request.status.is_none_or(|status| status >= 400);
        vec![
            request.at.format("%H:%M:%S%.3f").to_string(),
            format!("{:?}", request.target).to_lowercase(),
            escape(&request.action),
            format!("<span class=\"{}\">{status}</span>", if bad { "bad" } else { "good" }),
            request.client_id.map(|id| id.to_string()).unwrap_or_default(),
        ]
    });
    table("Requests", &["Time", "System", "Action", "Answer", "Client"], rows)
}

async fn requests(shared: web::Data<Shared>) -> HttpResponse {
    let world = shared.world();
    let main = format!(
        "<h1>Requests</h1><p class=\"lead\">Newest first; the page reloads by itself.</p>{}",
        request_table(&world, REQUESTS)
    );
    Frame::new(Place::Requests).reloading(3).answer(&main)
}

#[derive(Deserialize)]
struct Who {
    user_id: u64,
    client_id: u64,
}

/// Opens the client area as somebody, through the same single-use link that the API gives.
async fn sign_in(shared: web::Data<Shared>, who: web::Form<Who>) -> HttpResponse {
    let mut world = shared.world();
    let created = world.clock.now();
    let token = SsoToken {
        user_id: who.user_id,
        client_id: Some(who.client_id),
        path: "clientarea.php".to_owned(),
        created,
    };
    let token = world.sessions.issue(token);
    see_other(&format!("/whmcs/oauth/singlesignon.php?access_token={token}"))
}

#[derive(Deserialize)]
struct Reset {
    seed: String,
}

async fn reset(shared: web::Data<Shared>, form: web::Form<Reset>) -> HttpResponse {
    let wanted: Option<Seed> = serde_json::from_value(form.seed.clone().into()).ok();
    match shared.world().start_again(wanted) {
        Ok(()) => see_other("/"),
        Err(trouble) => Frame::new(Place::Overview).refused(&trouble.to_string()),
    }
}

/// To a page, after a form has done its work.
fn see_other(to: &str) -> HttpResponse {
    Answer::redirect(303, to.to_owned()).into_response()
}
