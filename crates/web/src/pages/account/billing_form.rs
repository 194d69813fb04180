//! Changing the billing details.

use shared_types::validate::Validate;
use shared_types::{
    account::{BillingContactView, UpdateBillingRequest},
    validate,
};

use crate::{
    components::ui::{Button, Look, Toasts, Tone},
    forms::{ChoiceField, Form, FormBody, FormTrouble, TextField},
    i18n::{
        en::{profile as text, shell, signup},
        format,
    },
    prelude::*,
    queries::{QueryClient, security::update_billing, use_regions},
};

/// What can be changed, in the order of the form.
#[derive(Clone, Copy)]
struct Fields {
    first_name: RwSignal<String>,
    last_name: RwSignal<String>,
    company_name: RwSignal<String>,
    address1: RwSignal<String>,
    address2: RwSignal<String>,
    postcode: RwSignal<String>,
    city: RwSignal<String>,
    country: RwSignal<String>,
    state: RwSignal<String>,
    phone: RwSignal<String>,
    tax_id: RwSignal<String>,
}

impl Fields {
    fn of(contact: BillingContactView) -> Self {
        Self {
            first_name: RwSignal::new(contact.first_name),
            last_name: RwSignal::new(contact.last_name),
            company_name: RwSignal::new(contact.company_name),
            address1: RwSignal::new(contact.address1),
            address2: RwSignal::new(contact.address2),
            postcode: RwSignal::new(contact.postcode),
            city: RwSignal::new(contact.city),
            country: RwSignal::new(contact.country),
            state: RwSignal::new(contact.state),
            phone: RwSignal::new(contact.phone),
            tax_id: RwSignal::new(contact.tax_id),
        }
    }

    fn request(self) -> UpdateBillingRequest {
        let given = |value: RwSignal<String>| Some(value.with_untracked(|value| value.trim().to_owned()));
        UpdateBillingRequest {
            first_name: given(self.first_name),
            last_name: given(self.last_name),
            company_name: given(self.company_name),
            address1: given(self.address1),
            address2: given(self.address2),
            city: given(self.city),
            state: given(self.state),
            postcode: given(self.postcode),
            country: given(self.country),
            phone: given(self.phone),
            tax_id: given(self.tax_id),
        }
    }
}

/// In place of the details.
#[component]
pub fn BillingForm(contact: BillingContactView, editing: RwSignal<bool>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let toasts = expect_context::<Toasts>();
    let fields = Fields::of(contact);
    let form = Form::new(move || fields.request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            let settled = update_billing(client, fields.request(), key).await?;
            toasts.show(Tone::Good, if settled { text::SAVED } else { text::SAVED_PENDING });
            editing.try_set(false);
            Ok(())
        });
    });
    view! {
        <div class="mt-5">
            <FormBody on_send=send label=text::CHANGE_BILLING>
                <FormTrouble form=form />
                <div class="grid gap-5 sm:grid-cols-2 sm:gap-4">
                    <TextField form=form name="first_name" label=signup::FIRST_NAME value=fields.first_name autocomplete="given-name" />
                    <TextField form=form name="last_name" label=signup::LAST_NAME value=fields.last_name autocomplete="family-name" />
                </div>
                <TextField form=form name="company_name" label=text::COMPANY value=fields.company_name autocomplete="organization" optional=true />
                <TextField form=form name="address1" label=text::STREET value=fields.address1 autocomplete="address-line1" />
                <TextField form=form name="address2" label=text::STREET_MORE value=fields.address2 autocomplete="address-line2" optional=true />
                <div class="grid gap-5 sm:grid-cols-[10rem_1fr] sm:gap-4">
                    <TextField form=form name="postcode" label=text::POSTCODE value=fields.postcode autocomplete="postal-code" optional=true />
                    <TextField form=form name="city" label=text::CITY value=fields.city autocomplete="address-level2" />
                </div>
                <Country form=form fields=fields />
                <TextField form=form name="phone" label=text::PHONE value=fields.phone kind="tel" autocomplete="tel" optional=true />
                <TextField form=form name="tax_id" label=text::TAX_ID value=fields.tax_id autocomplete="off" optional=true />
                <div class="flex flex-wrap gap-2">
                    <Button kind="submit" look=Look::Primary busy=form.busy()>{text::SAVE}</Button>
                    <Button look=Look::Quiet on_press=Callback::new(move |()| editing.set(false))>{shell::CANCEL}</Button>
                </div>
            </FormBody>
        </div>
    }
}

/// The country, and its regions where it has a list of them.
#[component]
fn Country(form: Form, fields: Fields) -> impl IntoView {
    let countries = Signal::from(countries());
    let is_chosen = Memo::new(move |_| fields.country.with(|country| !country.is_empty()));
    view! {
        <ChoiceField form=form name="country" label=text::COUNTRY value=fields.country choices=countries autocomplete="country" />
        {move || if is_chosen.get() {
            view! { <Region form=form fields=fields /> }.into_any()
        } else {
            free_region(form, fields).into_any()
        }}
    }
}

/// The region of the country that is chosen.
#[component]
fn Region(form: Form, fields: Fields) -> impl IntoView {
    let regions = use_regions(move || fields.country.get());
    let list = regions.part(|answer| answer.data.clone());
    let has_list = Memo::new(move |_| list.get().is_some_and(|list| !list.is_empty()));
    let choices = Signal::derive(move || {
        let all = list.get().unwrap_or_default();
        let mut choices: Vec<_> = all.into_iter().map(|region| (region.clone(), region)).collect();
        // What billing has on file may be no region of the list: it has to be chosen anew, not changed unseen.
        let known = choices.iter().any(|(region, _)| fields.state.with(|state| state == region));
        if !known {
            choices.insert(0, (fields.state.get(), text::CHOOSE.to_owned()));
        }
        choices
    });
    view! {
        {move || if has_list.get() {
            view! {
                <ChoiceField form=form name="state" label=text::STATE value=fields.state choices=choices autocomplete="address-level1" />
            }
                .into_any()
        } else {
            free_region(form, fields).into_any()
        }}
    }
}

fn free_region(form: Form, fields: Fields) -> impl IntoView {
    view! {
        <TextField form=form name="state" label=text::STATE value=fields.state autocomplete="address-level1" optional=true />
    }
}

/// Every country by its name in the browser's language, in order of the names.
fn countries() -> Vec<(String, String)> {
    // Each is put where it belongs, since sorting is a large piece of code.
    let mut all: Vec<(String, String)> = Vec::new();
    for code in validate::countries() {
        let name = format::country(code);
        let place = all.partition_point(|(_, before)| *before < name);
        all.insert(place, (code.to_owned(), name));
    }
    all
}
