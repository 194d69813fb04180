//! Puts the app together: contexts, router, routes.

use leptos::{mount::mount_to_body, prelude::*};
use leptos_router::{
    components::{ParentRoute, Route, Router, Routes},
    hooks::use_location,
    path,
};

use crate::{
    browser,
    components::ui::{ToastRegion, Toasts},
    layouts::{AppLayout, AuthLayout},
    pages::{Dashboard, InvoicePage, Invoices, Login, NotFound, Profile, Signup},
    queries::QueryClient,
    session::Session,
    theme::ThemeChoice,
};

/// Takes the static skeleton away and shows the app.
pub fn start() {
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let session = Session::new();
    let toasts = Toasts::new();
    provide_context(session);
    provide_context(toasts);
    provide_context(QueryClient::install(session));
    provide_context(ThemeChoice::install());
    session.load();
    view! {
        <Router>
            <NavigationNote />
            <Routes fallback=NotFound>
                <ParentRoute path=path!("/auth") view=AuthLayout>
                    <Route path=path!("login") view=Login />
                    <Route path=path!("signup") view=Signup />
                </ParentRoute>
                <ParentRoute path=path!("") view=AppLayout>
                    <Route path=path!("") view=Dashboard />
                    <Route path=path!("billing/invoices") view=Invoices />
                    <Route path=path!("billing/invoices/:id") view=InvoicePage />
                    <Route path=path!("account/profile") view=Profile />
                </ParentRoute>
            </Routes>
        </Router>
        <ToastRegion toasts=toasts />
    }
}

/// From the second page on headings take the focus.
#[component]
fn NavigationNote() -> impl IntoView {
    let path = use_location().pathname;
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some() {
            browser::note_navigation();
        }
    });
}
