//! `oauth/singlesignon.php`: trades a token for a session, once, within 60 seconds. And signing out.

use super::visit::Visit;
use super::{COOKIE, LOGIN, page};
use crate::answer::Answer;
use crate::html::escape;
use crate::ledger::whmcs::ClientStatus;
use crate::world::{Shared, World};

pub fn redeem(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let now = world.clock.now();
    let token = world
        .sessions
        .redeem(visit.query("access_token"), now)
        .ok_or_else(|| refusal("This link was already used or is no longer valid."))?;
    let whmcs = &world.ledger.whmcs;
    let client = token.client_id.and_then(|id| whmcs.clients.get(&id));
    if client.is_some_and(|client| client.status == ClientStatus::Closed) {
        let text = format!("Single Sign-On authentication denied for \"Closed\" User ID: {}", token.user_id);
        return Err(refusal(&text));
    }
    if client.is_some_and(|client| !client.allow_sso) {
        let text =
            format!("Single Sign-On authentication denied per configuration for User ID: {}", token.user_id);
        return Err(refusal(&text));
    }
    // The user may have been removed, or have lost the client, since the token was made.
    let theirs = token.client_id.is_none_or(|client_id| {
        whmcs.clients_of(token.user_id).any(|(candidate, _)| candidate.id == client_id)
    });
    if !whmcs.users.contains_key(&token.user_id) || !theirs {
        let text = format!("Unable to authenticate with Single Sign-On token for User ID: {}", token.user_id);
        return Err(refusal(&text));
    }
    if let Some(key) = &visit.cookie {
        world.sessions.close(key);
    }
    let session = world.sessions.open(token.user_id, token.client_id, now);
    Ok(Answer::redirect(302, format!("/whmcs/{}", token.path))
        .with("Set-Cookie", visit.set_cookie(&session))
        .with("Referrer-Policy", "no-referrer"))
}

fn refusal(reason: &str) -> Answer {
    let main =
        format!("<h1>Sign-in failed</h1><p>{}</p><p><a href=\"{LOGIN}\">Sign in</a></p>", escape(reason));
    page(403, "Sign-in failed", &main)
}

/// The real page, too, signs out on a plain link.
#[expect(clippy::unnecessary_wraps, reason = "pages share one signature")]
pub fn sign_out(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    if let Some(key) = &visit.cookie {
        world.sessions.close(key);
    }
    Ok(Answer::redirect(302, LOGIN.to_owned())
        .with("Set-Cookie", format!("{COOKIE}=; Path=/whmcs; HttpOnly; Max-Age=0")))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use url::Url;

    use super::{Shared, Visit, World, redeem};
    use crate::client_area::session::SsoToken;
    use crate::demo;
    use crate::seed::Seed;

    /// Redeems a link that was made for Linus and Tove's account before `change` happened.
    fn redeemed_after(change: fn(&mut World)) -> (u16, String) {
        let base = Url::parse("http://127.0.0.1/").unwrap();
        let shared = Shared::new(World::new(Seed::Demo), base, Vec::new());
        let mut world = shared.world();
        let created = world.clock.now();
        let key = world.sessions.issue(SsoToken {
            user_id: demo::LINUS,
            client_id: Some(demo::TOVE_CLIENT),
            path: "clientarea.php".to_owned(),
            created,
        });
        change(&mut world);
        let request = TestRequest::get().uri(&format!("/x?access_token={key}")).to_http_request();
        let answer =
            redeem(&mut world, &shared, &Visit::read(&shared, &request, b"")).unwrap_or_else(|page| page);
        (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
    }

    #[test]
    fn a_user_who_lost_the_account_meanwhile_is_not_signed_in() {
        assert_eq!(redeemed_after(|_| {}).0, 302);
        let lost: [fn(&mut World); 2] = [
            |world| {
                let client = world.ledger.whmcs.clients.get_mut(&demo::TOVE_CLIENT).unwrap();
                client.members.clear();
            },
            |world| {
                world.ledger.whmcs.users.remove(&demo::LINUS);
            },
        ];
        for change in lost {
            let (status, page) = redeemed_after(change);
            assert_eq!(status, 403);
            assert!(
                page.contains("Unable to authenticate with Single Sign-On token for User ID: 43"),
                "{page}"
            );
        }
    }
}
