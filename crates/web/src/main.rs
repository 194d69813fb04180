//! The customer portal's web app: runs in the browser alone and speaks to nothing but `/api`.
//!
//! Layers, from the bottom: `api` speaks HTTP, `queries` keeps and refreshes answers, `forms` holds input, `components` draw,
//! `pages` and `layouts` put it together. No layer knows the ones above it.
#![expect(
    clippy::needless_pass_by_value,
    reason = "the component macro makes functions of this shape: properties are owned, views are used by the view macro"
)]

mod api;
mod app;
mod broken;
mod browser;
mod components;
mod forms;
mod i18n;
mod layouts;
mod pages;
mod passkeys;
mod prelude;
mod queries;
mod reactive;
mod router;
mod routes;
mod session;
mod theme;
mod view;

fn main() {
    std::panic::set_hook(Box::new(broken::show));
    app::start();
}
