//! Login and billing details, to read and to change; what else the portal keeps.

use shared_types::{
    account::{BillingContactView, MeView},
    page::Section,
};

use super::{billing_form::BillingForm, email_change::EmailChange, name_form::NameForm, tabs::AccountTabs};
use crate::{
    components::ui::{
        Bone, Button, ButtonLink, Card, CardTitle, ErrorState, LoadingText, Notice, PageHeading, Sign,
        StaleNotice, ThemeSwitch, Tone,
    },
    i18n::{codes, en::profile as text, format, message_of},
    prelude::*,
    queries::{Freshness, security::EXPORT, use_me},
    theme::ThemeChoice,
};

/// Login, billing details, appearance.
#[component]
pub fn Profile() -> impl IntoView {
    let query = use_me();
    let theme = expect_context::<ThemeChoice>();
    let me = query.part(|answer| answer.data.clone());
    let retry = Callback::new(move |()| query.refresh(Freshness::Now));
    view! {
        <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned()) />
        <AccountTabs />
        <div class="mt-6 grid gap-4 lg:grid-cols-2 lg:items-start lg:gap-6">
            {move || match (me.get(), query.view().error) {
                (Some(me), _) => {
                    view! {
                        <Login me=me.clone() />
                        <Billing me=me on_retry=retry />
                    }
                        .into_any()
                }
                (None, Some(error)) => {
                    view! {
                        <div class="card lg:col-span-2">
                            <ErrorState message=message_of(&error) on_retry=retry />
                        </div>
                    }
                        .into_any()
                }
                (None, None) => view! { <ProfileBones /> }.into_any(),
            }}
            <Card id="appearance">
                <CardTitle id="appearance" sign=Sign::Screen>
                    {text::APPEARANCE}
                </CardTitle>
                <p class="mt-2 mb-4 text-[0.9375rem] text-soft">{text::APPEARANCE_LEAD}</p>
                <ThemeSwitch choice=theme group="profile-theme" />
            </Card>
            <Card id="export">
                <CardTitle id="export" sign=Sign::Download>
                    {text::EXPORT}
                </CardTitle>
                <p class="mt-2 mb-4 text-[0.9375rem] text-soft">{text::EXPORT_LEAD}</p>
                <ButtonLink href=EXPORT.to_owned() sign=Sign::Download>
                    {text::EXPORT_NOW}
                </ButtonLink>
            </Card>
        </div>
    }
}

#[component]
fn Login(me: MeView) -> impl IntoView {
    let (editing, email_open) = (RwSignal::new(false), RwSignal::new(false));
    let names = (me.first_name.clone(), me.last_name.clone());
    view! {
        <Card id="login">
            <CardTitle id="login" sign=Sign::Person>
                {text::LOGIN}
            </CardTitle>
            <Facts facts=vec![
                (text::NAME, format!("{} {}", me.first_name, me.last_name)),
                (text::EMAIL, me.email),
                (text::SINCE, format::day_of(me.created_at)),
            ] />
            {move || if editing.get() {
                view! { <NameForm names=names.clone() editing=editing /> }.into_any()
            } else {
                view! {
                    <div class="mt-4 flex flex-wrap gap-2">
                        <Button on_press=Callback::new(move |()| editing.set(true))>{text::CHANGE_NAME}</Button>
                        <Button on_press=Callback::new(move |()| email_open.set(true))>{text::CHANGE_EMAIL}</Button>
                    </div>
                }
                    .into_any()
            }}
            <EmailChange open=email_open />
        </Card>
    }
}

#[component]
fn Billing(me: MeView, on_retry: Callback<()>) -> impl IntoView {
    let contents = match me.billing {
        Section::Ready { data, meta } => view! {
            {meta.stale.then(|| view! { <div class="mt-4"><StaleNotice as_of=meta.as_of /></div> })}
            <Details contact=data stale=meta.stale />
        }
        .into_any(),
        Section::Unavailable { code } => {
            let detail = codes::problem(code).1.to_owned();
            let message =
                crate::i18n::Message { title: text::UNAVAILABLE.to_owned(), detail, request_id: None };
            view! { <ErrorState message=message on_retry=on_retry /> }.into_any()
        }
        // What the person may not see of the account is not there.
        Section::NotAllowed => return ().into_any(),
        Section::NotReady => {
            let words = codes::account_state(me.account_state).map_or(text::NOT_READY, |(_, detail)| detail);
            view! {
                <div class="mt-4">
                    <Notice tone=Tone::Info sign=Sign::Info>
                        {words}
                    </Notice>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <Card id="billing" class="p-5 sm:p-6 lg:row-span-2">
            <CardTitle id="billing" sign=Sign::Card>
                {text::BILLING}
            </CardTitle>
            {contents}
        </Card>
    }
    .into_any()
}

/// To read, or to change. An old copy is not a good thing to start a change from.
#[component]
fn Details(contact: BillingContactView, stale: bool) -> impl IntoView {
    let editing = RwSignal::new(false);
    move || {
        let contact = contact.clone();
        if editing.get() {
            return view! { <BillingForm contact=contact editing=editing /> }.into_any();
        }
        view! {
            <Facts facts=billing_facts(contact) />
            {(!stale)
                .then(|| {
                    view! {
                        <div class="mt-4">
                            <Button on_press=Callback::new(move |()| editing.set(true))>{text::CHANGE_BILLING}</Button>
                        </div>
                    }
                })}
        }
        .into_any()
    }
}

fn billing_facts(contact: BillingContactView) -> Vec<(&'static str, String)> {
    vec![
        (text::NAME, join(&[&contact.first_name, &contact.last_name], " ")),
        (text::COMPANY, contact.company_name.clone()),
        (text::BILLING_EMAIL, contact.email.clone()),
        (text::ADDRESS, address(&contact)),
        (text::PHONE, contact.phone),
        (text::TAX_ID, contact.tax_id),
        (text::CURRENCY, contact.currency),
    ]
}

/// The address as on an envelope.
fn address(contact: &BillingContactView) -> String {
    let town = join(&[&contact.postcode, &contact.city], " ");
    // City states and many British addresses name the town twice.
    let state = if contact.state.eq_ignore_ascii_case(&contact.city) { "" } else { &contact.state };
    let country = format::country(&contact.country);
    join(&[&contact.address1, &contact.address2, &town, state, &country], "\n")
}

fn join(parts: &[&str], separator: &str) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(separator)
}

/// Names and values; what is not given says so.
#[component]
fn Facts(facts: Vec<(&'static str, String)>) -> impl IntoView {
    view! {
        <dl class="mt-4 divide-y divide-line">
            {facts
                .into_iter()
                .map(|(name, value)| {
                    let missing = value.is_empty();
                    let value = if missing { text::NOT_GIVEN.to_owned() } else { value };
                    view! {
                        <div class="grid gap-x-4 gap-y-0.5 py-3 last:pb-0 sm:grid-cols-[10rem_1fr]">
                            <dt class="text-[0.9375rem] text-faint">{name}</dt>
                            <dd class="min-w-0 whitespace-pre-line" class:text-faint=missing>
                                {value}
                            </dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
}

#[component]
fn ProfileBones() -> impl IntoView {
    let card = |rows: usize| {
        view! {
            <div class="card grid gap-6 p-6">
                <Bone class="h-5 w-28" />
                {std::iter::repeat_with(|| {
                        view! {
                            <div class="grid gap-4 sm:grid-cols-[10rem_1fr]">
                                <Bone class="h-4 w-24" />
                                <Bone class="h-4 w-48" />
                            </div>
                        }
                    })
                    .take(rows)
                    .collect_view()}
            </div>
        }
    };
    view! {
        <LoadingText />
        {card(3)}
        {card(7)}
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn parts_that_are_not_given_leave_no_gap() {
        assert_eq!(join(&["1 Main St", "", "12345 Town", "", "US"], "\n"), "1 Main St\n12345 Town\nUS");
        assert_eq!(join(&["", ""], " "), "");
    }
}
