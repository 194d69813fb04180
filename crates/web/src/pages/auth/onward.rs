//! Where to go once somebody is signed in.

use crate::{
    prelude::*,
    router::Router,
    routes,
    session::{Session, SessionState},
};

/// The page that a sign-in leads to, as the address names it.
pub fn use_next() -> Memo<String> {
    let router = expect_context::<Router>();
    Memo::new(move |_| routes::after_login(router.query("next").as_deref()))
}

/// Leads on as soon as somebody is signed in, also somebody who was from the start.
pub fn leave_when_signed_in() {
    let session = expect_context::<Session>();
    let next = use_next();
    let router = expect_context::<Router>();
    Effect::new(move |_| {
        if matches!(session.state(), SessionState::SignedIn(_)) {
            router.replace(&next.get_untracked());
        }
    });
}
