//! Around every page of somebody who is signed in: navigation, the way out, and the gate.

use super::{
    brand::Brand,
    navigation::{AccountMenu, BottomBar, SideNavigation},
    prompt::SessionPrompt,
};
use crate::{
    browser,
    components::ui::{Bone, ErrorState, LoadingText, ThemeSwitch},
    i18n::{en, message_of},
    prelude::*,
    queries::{ApiError, QueryClient},
    router::Router,
    routes,
    session::{Farewell, Session, SessionState},
    theme::ThemeChoice,
};

/// What the session lets through. Less than the session's state, so that pages stay when only the person's data is renewed.
#[derive(Clone, PartialEq)]
enum Gate {
    Wait,
    Trouble(ApiError),
    Open,
}

/// Sidebar or bottom bar, and the page.
#[component]
pub fn AppLayout(page: ViewFn) -> impl IntoView {
    let session = expect_context::<Session>();
    let theme = expect_context::<ThemeChoice>();
    redirect_strangers(session);
    let gate = Memo::new(move |_| match session.state() {
        SessionState::Loading | SessionState::Anonymous(_) | SessionState::SecondFactor(_) => Gate::Wait,
        SessionState::Unknown(error) => Gate::Trouble(error),
        SessionState::SignedIn(_) => Gate::Open,
    });
    view! {
        <SkipLink />
        <div class="min-h-dvh lg:grid lg:grid-cols-[16rem_minmax(0,1fr)]">
            <aside class="no-print sticky top-0 hidden h-dvh flex-col border-e border-line bg-surface px-4 py-6 lg:flex">
                <a href=routes::HOME class="mb-8 self-start rounded-lg px-2">
                    <Brand />
                </a>
                <SideNavigation />
                <div class="mt-auto grid grid-cols-[minmax(0,1fr)] gap-4">
                    <ThemeSwitch choice=theme group="theme" compact=true />
                    <AccountMenu side=true />
                </div>
            </aside>
            <div class="flex min-w-0 flex-col">
                <header class="no-print sticky top-0 z-20 flex h-15 items-center justify-between border-b border-line bg-surface px-4 lg:hidden">
                    <a href=routes::HOME class="rounded-lg">
                        <Brand />
                    </a>
                    <AccountMenu side=false />
                </header>
                <main
                    id="content"
                    tabindex="-1"
                    class="mx-auto w-full max-w-6xl px-4 pt-6 pb-28 outline-none sm:px-6 lg:px-10 lg:py-10 print:p-0"
                >
                    {move || match gate.get() {
                        Gate::Wait => view! { <PageBones /> }.into_any(),
                        Gate::Trouble(error) => view! { <Unreachable error=error /> }.into_any(),
                        Gate::Open => page.run(),
                    }}
                </main>
            </div>
        </div>
        <BottomBar />
        <SessionPrompt />
    }
}

/// Nobody who is not signed in sees a page; afterwards they get to the one they asked for.
fn redirect_strangers(session: Session) {
    let client = expect_context::<QueryClient>();
    let router = expect_context::<Router>();
    Effect::new(move |_| {
        let login = match session.state() {
            SessionState::Anonymous(Farewell::SignedOut | Farewell::PasswordReset) => {
                routes::LOGIN.to_owned()
            }
            SessionState::Anonymous(Farewell::None | Farewell::Ended) => routes::login_then(&router.here()),
            SessionState::SecondFactor(_) => routes::with_next(routes::MFA, &router.here()),
            SessionState::Loading | SessionState::Unknown(_) | SessionState::SignedIn(_) => return,
        };
        client.clear();
        router.replace(&login);
    });
}

#[component]
fn SkipLink() -> impl IntoView {
    view! {
        <a
            href="#content"
            class="no-print sr-only z-50 rounded-lg bg-accent px-4 py-3 font-medium text-on-accent focus:not-sr-only focus:fixed focus:start-4 focus:top-4"
            on:click=move |event| {
                event.prevent_default();
                browser::focus("content");
            }
        >
            {en::shell::SKIP}
        </a>
    }
}

/// The shape of a page before it is known who is there.
#[component]
fn PageBones() -> impl IntoView {
    view! {
        <LoadingText />
        <Bone class="h-9 w-52" />
        <div class="mt-8 grid gap-4 md:grid-cols-3">
            <Bone class="h-36 rounded-xl" />
            <Bone class="h-36 rounded-xl" />
            <Bone class="h-36 rounded-xl" />
        </div>
        <Bone class="mt-4 h-72 rounded-xl" />
    }
}

#[component]
fn Unreachable(error: ApiError) -> impl IntoView {
    let session = expect_context::<Session>();
    view! {
        <h1 class="sr-only">{en::shell::UNREACHABLE}</h1>
        <div class="card">
            <ErrorState message=message_of(&error) on_retry=Callback::new(move |()| session.load()) />
        </div>
    }
}
