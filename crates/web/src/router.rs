//! Which page is shown: the address as a signal, links that do not load the page anew, and the way back.
//!
//! A router of our own, since the app needs seven paths without nesting and `leptos_router` costs 25 KB of the bundle.

use leptos::ev;
use shared_types::ids::InvoiceId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement, UrlSearchParams};

use crate::{browser, prelude::*, routes};

/// A page of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Dashboard,
    Invoices,
    /// Nothing where the address has no number of an invoice.
    Invoice(Option<InvoiceId>),
    Profile,
    Security,
    Activity,
    Login,
    Signup,
    Mfa,
    Link,
    SetPassword,
    Forgot,
    Reset,
    NotFound,
}

/// What surrounds a page. It stays when only the page changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    App,
    Auth,
    Nowhere,
}

impl Route {
    fn of(path: &str) -> Self {
        match path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path) {
            routes::HOME => Self::Dashboard,
            routes::INVOICES => Self::Invoices,
            routes::PROFILE => Self::Profile,
            routes::LOGIN => Self::Login,
            routes::SIGNUP => Self::Signup,
            routes::SECURITY => Self::Security,
            routes::ACTIVITY => Self::Activity,
            routes::MFA => Self::Mfa,
            routes::LINK => Self::Link,
            routes::SET_PASSWORD => Self::SetPassword,
            routes::FORGOT => Self::Forgot,
            routes::RESET => Self::Reset,
            path => match path.strip_prefix(routes::INVOICES).and_then(|rest| rest.strip_prefix('/')) {
                Some(id) if !id.contains('/') => Self::Invoice(id.parse().ok().map(InvoiceId)),
                _ => Self::NotFound,
            },
        }
    }

    /// What surrounds the page.
    pub fn area(self) -> Area {
        match self {
            Self::Dashboard
            | Self::Invoices
            | Self::Invoice(_)
            | Self::Profile
            | Self::Security
            | Self::Activity => Area::App,
            Self::Login
            | Self::Signup
            | Self::Mfa
            | Self::Link
            | Self::SetPassword
            | Self::Forgot
            | Self::Reset => Area::Auth,
            Self::NotFound => Area::Nowhere,
        }
    }
}

/// Path and query of the page, without its `?`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Address {
    path: String,
    query: String,
}

impl Address {
    /// Where the browser is.
    fn current() -> Self {
        let location = window().location();
        let query = location.search().unwrap_or_default();
        Self {
            path: location.pathname().unwrap_or_default(),
            query: query.trim_start_matches('?').to_owned(),
        }
    }
}

/// The address, as a context of the app.
#[derive(Clone, Copy)]
pub struct Router {
    address: RwSignal<Address>,
    route: Memo<Route>,
}

impl Router {
    /// Follows links and the browser's back and forward.
    pub fn install() -> Self {
        let address = RwSignal::new(Address::current());
        let route = Memo::new(move |_| address.with(|address| Route::of(&address.path)));
        let router = Self { address, route };
        let back = window_event_listener(ev::popstate, move |_| router.arrive());
        let links = window_event_listener(ev::click, move |event| router.follow(&event));
        on_cleanup(move || {
            back.remove();
            links.remove();
        });
        router
    }

    /// The page.
    pub fn route(self) -> Route {
        self.route.get()
    }

    /// The path, for those who follow it.
    pub fn path(self) -> String {
        self.address.with(|address| address.path.clone())
    }

    /// Path and query, at this moment.
    pub fn here(self) -> String {
        self.address.with_untracked(|address| match &*address.query {
            "" => address.path.clone(),
            query => format!("{}?{query}", address.path),
        })
    }

    /// A value of the query.
    pub fn query(self, name: &str) -> Option<String> {
        let values = self.address.with(|address| UrlSearchParams::new_with_str(&address.query)).ok()?;
        values.get(name)
    }

    /// Goes to a page of the app.
    pub fn go(self, href: &str) {
        // Browsers refuse only when a page does this hundreds of times in a row.
        let _ = window()
            .history()
            .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(href)));
        self.arrive();
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// Goes to a page of the app in the place of this one, which the way back then leaves out.
    pub fn replace(self, href: &str) {
        // As above.
        let _ = window()
            .history()
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(href)));
        self.arrive();
    }

    fn arrive(self) {
        let address = Address::current();
        if self.address.with_untracked(|before| *before != address) {
            browser::note_navigation();
            self.address.set(address);
        }
    }

    /// A plain click on a link into the app does not load the page anew. Everything else is the browser's.
    fn follow(self, event: &ev::MouseEvent) {
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if event.default_prevented() || event.button() != 0 || modified {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|element| element.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else { return };
        // Under `/api` are the server's own pages, such as the way to the billing system.
        if link.target().is_empty()
            && !link.pathname().starts_with("/api/")
            && window().location().origin().is_ok_and(|origin| origin == link.origin())
        {
            event.prevent_default();
            self.go(&format!("{}{}", link.pathname(), link.search()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_page() {
        for (path, route) in [
            ("/", Route::Dashboard),
            ("/billing/invoices", Route::Invoices),
            ("/billing/invoices/", Route::Invoices),
            ("/billing/invoices/12", Route::Invoice(Some(InvoiceId(12)))),
            ("/billing/invoices/abc", Route::Invoice(None)),
            ("/billing/invoices/12/lines", Route::NotFound),
            ("/billing/invoices-old", Route::NotFound),
            ("/account/profile", Route::Profile),
            ("/auth/login", Route::Login),
            ("/auth/signup", Route::Signup),
            ("/auth/mfa", Route::Mfa),
            ("/auth/set-password", Route::SetPassword),
            ("/account/security", Route::Security),
            ("/account/activity", Route::Activity),
            ("/auth", Route::NotFound),
            ("/nowhere", Route::NotFound),
            ("//", Route::Dashboard),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }

    #[test]
    fn the_way_to_an_invoice_leads_to_it() {
        assert_eq!(Route::of(&routes::invoice(InvoiceId(7))), Route::Invoice(Some(InvoiceId(7))));
    }
}
