//! The authenticator app: set up with a QR code or a typed key, proved by a code, taken away.

use chrono::{DateTime, Utc};
use shared_types::security::{ConfirmTotpRequest, QrView, TotpSetupView};
use shared_types::validate::Validate;

use crate::{
    components::ui::{Button, Dialog, Look, Sign, Toasts, Tone},
    forms::{CodeField, Form, FormBody, FormTrouble},
    i18n::{en::security as text, format},
    prelude::*,
    queries::{
        QueryClient,
        security::{begin_totp, confirm_totp, remove_totp},
    },
};

/// Whether it is set up, and what can be done about it.
#[component]
pub fn Totp(since: Option<DateTime<Utc>>, codes: RwSignal<Vec<String>>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let toasts = expect_context::<Toasts>();
    let setup = RwSignal::new(None::<TotpSetupView>);
    let form = Form::new(|| Ok(()));
    let press = Callback::new(move |()| {
        form.submit(move |key| async move {
            if since.is_some() {
                remove_totp(client, key).await?;
                toasts.show(Tone::Good, text::APP_REMOVED);
            } else {
                setup.set(Some(begin_totp(client, key).await?));
            }
            Ok(())
        });
    });
    let state = match since {
        Some(since) => text::app_since(&format::day_of(since)),
        None => text::APP_LEAD.to_owned(),
    };
    view! {
        <div class="flex flex-wrap items-center justify-between gap-3 py-4">
            <div class="min-w-0 grow basis-48">
                <h3 class="font-medium">{text::APP}</h3>
                <p class="text-sm text-soft">{state}</p>
            </div>
            <Button busy=form.busy() on_press=press>
                {if since.is_some() { text::REMOVE_APP } else { text::SET_UP }}
            </Button>
            <FormTrouble form=form />
        </div>
        <Dialog
            id="totp-setup"
            open=Signal::derive(move || setup.with(Option::is_some))
            title=Signal::derive(|| text::APP_TITLE.to_owned())
            on_close=Callback::new(move |()| setup.set(None))
        >
            {move || setup.get().map(|view| view! { <Setup view=view setup=setup codes=codes /> })}
        </Dialog>
    }
}

#[component]
fn Setup(
    view: TotpSetupView,
    setup: RwSignal<Option<TotpSetupView>>,
    codes: RwSignal<Vec<String>>,
) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let toasts = expect_context::<Toasts>();
    let code = RwSignal::new(String::new());
    let request = move || ConfirmTotpRequest { code: code.get_untracked() };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            let fresh = confirm_totp(client, request(), key).await?;
            setup.set(None);
            codes.set(fresh.codes);
            toasts.show(Tone::Good, text::APP_ADDED);
            Ok(())
        });
    });
    view! {
        <ol class="mb-5 grid list-decimal gap-4 ps-5 text-[0.9375rem]">
            <li>
                {text::STEP_SCAN}
                {picture(view.qr)}
                <details class="mt-2">
                    <summary class="link min-h-11 cursor-pointer content-center">{text::STEP_TYPE}</summary>
                    <p class="figures mt-1 rounded-lg bg-sunken p-3 font-medium break-all">{grouped(&view.secret)}</p>
                    <a href=view.uri class="link inline-flex min-h-11 items-center">{text::OPEN_APP}</a>
                </details>
            </li>
            <li>{text::STEP_CODE}</li>
        </ol>
        <FormBody on_send=send label=text::APP_TITLE>
            <FormTrouble form=form />
            <CodeField form=form label=text::CODE value=code />
            <Button kind="submit" look=Look::Primary wide=true sign=Sign::Check busy=form.busy()>
                {text::ACTIVATE}
            </Button>
        </FormBody>
    }
}

/// Dark on white in both themes, since cameras expect that.
fn picture(qr: QrView) -> impl IntoView {
    view! {
        <svg
            viewBox=format!("0 0 {0} {0}", qr.size)
            class="mx-auto mt-3 size-48 rounded-lg bg-white"
            role="img"
            aria-label=text::QR
            shape-rendering="crispEdges"
        >
            <path d=qr.path fill="#000" />
        </svg>
    }
}

/// Groups of four, as people copy them.
fn grouped(secret: &str) -> String {
    let mut text = String::with_capacity(secret.len().saturating_mul(2));
    for (at, letter) in secret.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push(' ');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn a_key_is_shown_in_groups() {
        assert_eq!(grouped("ABCDEFGHIJ"), "ABCD EFGH IJ");
        assert_eq!(grouped(""), "");
    }
}
