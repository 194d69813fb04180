//! Where to go once somebody is signed in.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use crate::{
    routes,
    session::{Session, SessionState},
};

/// The page that a sign-in leads to, as the address names it.
pub fn use_next() -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| routes::after_login(query.get_str("next"))))
}

/// Leads on as soon as somebody is signed in, also somebody who was from the start.
pub fn leave_when_signed_in() {
    let session = expect_context::<Session>();
    let next = use_next();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if matches!(session.state(), SessionState::SignedIn(_)) {
            navigate(&next.get_untracked(), NavigateOptions { replace: true, ..Default::default() });
        }
    });
}
