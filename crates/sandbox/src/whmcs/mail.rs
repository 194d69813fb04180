//! WHMCS's own e-mails, delivered into the sandbox's mailbox.

use crate::config::Mail;
use crate::html::{decode, escape};
use crate::ledger::mail::Message;
use crate::world::World;

/// Sends a mail whatever the switches say. `text` is plain.
pub fn send(world: &mut World, to: &str, subject: &str, text: &str) {
    let message = Message {
        id: 0,
        from: "billing@sandbox.example".to_owned(),
        to: vec![to.to_owned()],
        subject: subject.to_owned(),
        text: text.to_owned(),
        html: format!("<p>{}</p>", escape(text)),
        received_at: world.clock.now(),
    };
    world.ledger.mail.deliver(message);
}

/// Sends a client one of the e-mails that the `customer_mail` switch turns off.
pub fn to_client(world: &mut World, client_id: u64, subject: &str, text: &str) {
    if world.config.customer_mail == Mail::Off {
        return;
    }
    let Some(client) = world.ledger.whmcs.clients.get(&client_id) else { return };
    let (to, name) = (client.email.clone(), decode(&client.first_name));
    send(world, &to, subject, &format!("Dear {name},\n\n{text}"));
}
