//! `/`: where everything is, for someone who demonstrates or debugs. And the style sheet.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};

use crate::answer::Answer;
use crate::demo;
use crate::html::{self, decode, escape};
use crate::world::Shared;

pub async fn page(shared: web::Data<Shared>) -> HttpResponse {
    let mut main = format!(
        "<h1>Sandbox</h1><p>WHMCS, Salesforce and a mailbox, simulated. Nothing here is real.</p>\
         <ul><li><a href=\"/mail\">Mailbox</a></li><li><a href=\"/whmcs/clientarea.php\">Client area</a></li>\
         <li><a href=\"/_control/ledger\">Ledger</a></li><li><a href=\"/_control/requests\">Requests</a></li>\
         <li><a href=\"/_control/faults\">Faults</a></li><li><a href=\"/_control/config\">Switches</a></li></ul>\
         <h2>People</h2><p>Password for all: <code>{}</code></p><table><thead>\
         <tr><th>E-mail</th><th>Name</th><th>User</th><th>Clients</th></tr></thead><tbody>",
        demo::PASSWORD
    );
    let world = shared.world();
    let whmcs = &world.ledger.whmcs;
    for user in whmcs.users.values() {
        let clients: Vec<String> = whmcs
            .clients_of(user.id)
            .map(|(client, owner)| format!("{}{}", client.id, if owner { "" } else { " (guest)" }))
            .collect();
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&user.email),
            escape(&decode(&format!("{} {}", user.first_name, user.last_name))),
            user.id,
            clients.join(", ")
        );
    }
    main.push_str("</tbody></table>");
    Answer::html(200, html::page("Overview", "Sandbox", None, &main)).into_response()
}

pub async fn style() -> HttpResponse {
    Answer::new(200, "text/css; charset=utf-8", html::STYLE).into_response()
}
