//! The ways between the pages. Only what exists is named.

use leptos::task::spawn_local;
use shared_types::account::Permission;

use super::accounts::AccountSwitch;
use crate::{
    components::ui::{Icon, Menu, MenuAction, Sign, Toasts, Tone},
    i18n::{
        en::{account, shell as text},
        message_of,
    },
    prelude::*,
    queries::{QueryClient, identity::sign_out},
    router::Router,
    routes,
    session::Session,
};

#[derive(Clone, Copy, PartialEq)]
struct Place {
    path: &'static str,
    name: &'static str,
    sign: Sign,
    /// What one has to be allowed to do, to find anything there.
    needs: Option<Permission>,
}

/// At most five, since a phone's bar holds no more.
const PLACES: [Place; 3] = [
    Place { path: routes::HOME, name: text::DASHBOARD, sign: Sign::Home, needs: None },
    Place {
        path: routes::INVOICES,
        name: text::INVOICES,
        sign: Sign::Invoice,
        needs: Some(Permission::Invoices),
    },
    Place { path: routes::PROFILE, name: text::PROFILE, sign: Sign::Person, needs: None },
];

/// The places that the account lets the person see.
fn places() -> Memo<Vec<Place>> {
    let session = expect_context::<Session>();
    Memo::new(move |_| {
        let open = |place: &Place| place.needs.is_none_or(|needed| session.may(needed));
        PLACES.into_iter().filter(open).collect()
    })
}

/// Whether a page lies at a place or below it.
fn is_at(place: &str, path: &str) -> bool {
    let below = path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    path == place || (place != routes::HOME && below)
}

fn current(place: &'static str) -> impl Fn() -> Option<&'static str> + Copy {
    let router = expect_context::<Router>();
    move || is_at(place, &router.path()).then_some("page")
}

/// The column of a wide screen.
#[component]
pub fn SideNavigation() -> impl IntoView {
    let places = places();
    view! {
        <nav aria-label=text::NAVIGATION>
            <ul class="grid gap-1">
                {move || places
                    .get()
                    .into_iter()
                    .map(|place| {
                        view! {
                            <li>
                                <a
                                    href=place.path
                                    aria-current=current(place.path)
                                    class="flex min-h-11 items-center gap-3 rounded-lg px-3 font-medium text-soft transition-colors hover:bg-sunken hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent-ink"
                                >
                                    <Icon sign=place.sign />
                                    {place.name}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
}

/// The bar at the bottom of a narrow screen.
#[component]
pub fn BottomBar() -> impl IntoView {
    let places = places();
    view! {
        <nav
            aria-label=text::NAVIGATION
            class="no-print fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
        >
            <ul class="mx-auto flex max-w-lg">
                {move || places
                    .get()
                    .into_iter()
                    .map(|place| {
                        view! {
                            <li class="grow basis-0">
                                <a
                                    href=place.path
                                    aria-current=current(place.path)
                                    class="flex h-16 flex-col items-center justify-center gap-1 text-xs font-medium text-faint -outline-offset-4 aria-[current]:text-accent-ink"
                                >
                                    <Icon sign=place.sign class="size-6" />
                                    {place.name}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
}

/// Who is signed in, and the way out.
#[component]
pub fn AccountMenu(
    /** In the column rather than in the header. */
    side: bool,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let client = expect_context::<QueryClient>();
    let toasts = expect_context::<Toasts>();
    let leave = Callback::new(move |()| {
        spawn_local(async move {
            if let Err(error) = sign_out(client).await {
                let message = message_of(&error);
                toasts.show(Tone::Bad, format!("{}. {}", message.title, text::SIGN_OUT_FAILED));
            }
        });
    });
    let name = Memo::new(move |_| {
        session.user().map(|user| format!("{} {}", user.first_name, user.last_name)).unwrap_or_default()
    });
    // Below the name stands the account that is acted for, where there are several; else the address.
    let email = Memo::new(move |_| {
        let Some(person) = session.person() else { return String::new() };
        match person.account {
            Some(account) if person.can_switch => account.name,
            _ => person.user.email,
        }
    });
    let can_switch = Memo::new(move |_| session.person().is_some_and(|person| person.can_switch));
    let switching = RwSignal::new(false);
    let face = move || view! { <Face name=name email=email side=side /> };
    let (id, panel, button) = if side {
        (
            "account-menu-side",
            "bottom-full inset-x-0 mb-2",
            "flex w-full items-center gap-3 rounded-lg p-2 text-start transition-colors hover:bg-sunken",
        )
    } else {
        ("account-menu", "end-0 top-full mt-2 w-60", "grid size-11 place-items-center rounded-full")
    };
    view! {
        <Menu id=id label=text::ACCOUNT_MENU panel_class=panel button_class=button face=ViewFn::from(face)>
            <a
                href=routes::PROFILE
                role="menuitem"
                tabindex="-1"
                class="flex min-h-11 items-center gap-3 rounded-lg px-3 text-[0.9375rem] hover:bg-sunken focus-visible:bg-sunken"
            >
                <Icon sign=Sign::Person class="size-[1.125rem] text-faint" />
                {text::PROFILE}
            </a>
            <a
                href=routes::SECURITY
                role="menuitem"
                tabindex="-1"
                class="flex min-h-11 items-center gap-3 rounded-lg px-3 text-[0.9375rem] hover:bg-sunken focus-visible:bg-sunken"
            >
                <Icon sign=Sign::Shield class="size-[1.125rem] text-faint" />
                {account::SECURITY}
            </a>
            {move || {
                can_switch
                    .get()
                    .then(|| {
                        view! {
                            <MenuAction sign=Sign::UpDown text=account::SWITCH on_choose=Callback::new(move |()| switching.set(true)) />
                        }
                    })
            }}
            <MenuAction sign=Sign::Leave text=text::SIGN_OUT on_choose=leave />
        </Menu>
        <AccountSwitch open=switching />
    }
}

#[component]
fn Face(name: Memo<String>, email: Memo<String>, side: bool) -> impl IntoView {
    let initial = move || name.with(|name| name.chars().next().map(|c| c.to_uppercase().to_string()));
    view! {
        <span
            class="grid size-9 shrink-0 place-items-center rounded-full bg-accent-soft text-[0.9375rem] font-semibold text-accent-ink"
            aria-hidden="true"
        >
            {initial}
        </span>
        {side
            .then(|| {
                view! {
                    <span class="min-w-0 grow">
                        <span class="block truncate text-[0.9375rem] font-medium">{name}</span>
                        <span class="block truncate text-[0.8125rem] text-faint">{email}</span>
                    </span>
                    <Icon sign=Sign::UpDown class="size-4 text-faint" />
                }
            })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_covers_the_pages_below_it() {
        assert!(is_at(routes::INVOICES, "/billing/invoices"));
        assert!(is_at(routes::INVOICES, "/billing/invoices/12"));
        assert!(!is_at(routes::INVOICES, "/billing/invoices-old"));
        assert!(is_at(routes::HOME, "/"));
        assert!(!is_at(routes::HOME, "/billing/invoices"));
    }
}
