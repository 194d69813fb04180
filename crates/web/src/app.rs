//! Puts the app together: contexts, router, routes.

use crate::{
    components::ui::{ToastRegion, Toasts},
    layouts::{AppLayout, AuthLayout},
    pages::{
        Activity, Dashboard, Forgot, InvoicePage, Invoices, Link, Login, Mfa, NotFound, Profile, Reset,
        Security, SetPassword, Signup,
    },
    prelude::*,
    queries::QueryClient,
    router::{Area, Route, Router},
    session::Session,
    theme::ThemeChoice,
    view,
};

/// Takes the static skeleton away and shows the app.
pub fn start() {
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    view::mount(|| App().into_view());
}

#[component]
fn App() -> impl IntoView {
    let session = Session::new();
    let toasts = Toasts::new();
    let router = Router::install();
    provide_context(router);
    provide_context(session);
    provide_context(toasts);
    provide_context(QueryClient::install(session));
    provide_context(ThemeChoice::install());
    session.load();
    let route = Memo::new(move |_| router.route());
    let area = Memo::new(move |_| route.get().area());
    view! {
        {move || match area.get() {
            Area::App => view! { <AppLayout page=ViewFn::from(move || page(route.get())) /> }.into_any(),
            Area::Auth => view! { <AuthLayout page=ViewFn::from(move || page(route.get())) /> }.into_any(),
            Area::Nowhere => view! { <NotFound /> }.into_any(),
        }}
        <ToastRegion toasts=toasts />
    }
}

fn page(route: Route) -> AnyView {
    match route {
        Route::Dashboard => view! { <Dashboard /> }.into_any(),
        Route::Invoices => view! { <Invoices /> }.into_any(),
        Route::Invoice(id) => view! { <InvoicePage id=id /> }.into_any(),
        Route::Profile => view! { <Profile /> }.into_any(),
        Route::Security => view! { <Security /> }.into_any(),
        Route::Activity => view! { <Activity /> }.into_any(),
        Route::Login => view! { <Login /> }.into_any(),
        Route::Signup => view! { <Signup /> }.into_any(),
        Route::Mfa => view! { <Mfa /> }.into_any(),
        Route::Link => view! { <Link /> }.into_any(),
        Route::SetPassword => view! { <SetPassword /> }.into_any(),
        Route::Forgot => view! { <Forgot /> }.into_any(),
        Route::Reset => view! { <Reset /> }.into_any(),
        Route::NotFound => view! { <NotFound /> }.into_any(),
    }
}
