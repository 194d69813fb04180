//! The state of one form.

use std::{
    future::Future,
    sync::atomic::{AtomicU32, Ordering},
};

use futures::future::LocalBoxFuture;
use leptos::task::spawn_local;
use shared_types::problem::{FieldCode, FieldError};

use crate::{
    api::idempotency::KeyCycle,
    browser,
    i18n::{Message, message_of},
    prelude::*,
    queries::ApiError,
};

/// Two forms may be on a page, so that the ids of their fields need a number.
static FORMS: AtomicU32 = AtomicU32::new(0);

#[derive(Clone)]
pub(super) struct KnownField {
    pub name: &'static str,
    pub label: &'static str,
    value: RwSignal<String>,
}

/// The rules that a form's input must pass.
type Rules = Box<dyn Fn() -> Result<(), Vec<FieldError>>>;

/// One form: its errors, whether it is on its way, and the key of its submission.
#[derive(Clone, Copy)]
pub struct Form {
    number: u32,
    rules: StoredValue<Rules, LocalStorage>,
    fields: StoredValue<Vec<KnownField>>,
    key: StoredValue<KeyCycle>,
    errors: RwSignal<Vec<FieldError>>,
    trouble: RwSignal<Option<Message>>,
    busy: RwSignal<bool>,
}

impl Form {
    /// A form whose input is checked by these rules.
    pub fn new(rules: impl Fn() -> Result<(), Vec<FieldError>> + 'static) -> Self {
        Self {
            number: FORMS.fetch_add(1, Ordering::Relaxed),
            rules: StoredValue::new_local(Box::new(rules)),
            fields: StoredValue::new(Vec::new()),
            key: StoredValue::new(KeyCycle::new(browser::fresh_key())),
            errors: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Whether it is on its way.
    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Why it did not work, where no single field is to blame.
    pub fn trouble(self) -> Option<Message> {
        self.trouble.get()
    }

    /// The id of a field's input.
    pub fn field_id(self, name: &str) -> String {
        format!("form{}-{name}", self.number)
    }

    /// Fields make themselves known in the order of the page.
    pub(super) fn register(self, name: &'static str, label: &'static str, value: RwSignal<String>) {
        self.fields.update_value(|fields| fields.push(KnownField { name, label, value }));
    }

    /// What is wrong with a field.
    pub(super) fn error(self, name: &'static str) -> Option<FieldCode> {
        let pointer = format!("/{name}");
        self.errors
            .with(|errors| errors.iter().find(|error| error.pointer == pointer).map(|error| error.code))
    }

    /// The wrong fields, in the order of the page.
    pub(super) fn wrong_fields(self) -> Vec<KnownField> {
        let fields = self.fields.with_value(Clone::clone);
        fields.into_iter().filter(|field| self.error(field.name).is_some()).collect()
    }

    /// The customer changed a field: an error there goes as soon as the input is right.
    pub(super) fn changed(self, name: &'static str) {
        self.key.update_value(|key| key.changed(browser::fresh_key));
        self.trouble.set(None);
        let pointer = format!("/{name}");
        if self.errors.with_untracked(|errors| errors.iter().any(|error| error.pointer == pointer)) {
            self.check_field(&pointer);
        }
    }

    /// The customer left a field. An untouched one is not wrong yet.
    pub(super) fn left(self, name: &'static str, value: &str) {
        if !value.is_empty() {
            self.check_field(&format!("/{name}"));
        }
    }

    fn check_field(self, pointer: &str) {
        let verdict = self.verdict();
        self.errors.update(|errors| {
            errors.retain(|error| error.pointer != pointer);
            errors.extend(verdict.into_iter().filter(|error| error.pointer == pointer));
        });
    }

    fn verdict(self) -> Vec<FieldError> {
        match self.rules.with_value(|rules| rules()) {
            Ok(()) => Vec::new(),
            Err(errors) => self.say_missing(errors),
        }
    }

    /// An empty field is missing, whichever rule noticed it.
    fn say_missing(self, mut errors: Vec<FieldError>) -> Vec<FieldError> {
        let empty: Vec<String> = self.fields.with_value(|fields| {
            let empty = fields.iter().filter(|field| field.value.with_untracked(String::is_empty));
            empty.map(|field| format!("/{}", field.name)).collect()
        });
        for error in &mut errors {
            if empty.contains(&error.pointer) {
                error.code = FieldCode::Required;
            }
        }
        errors
    }

    /// Sends the form if its input passes the rules, once at a time. `send` gets the submission's idempotency key.
    pub fn submit<Sending>(self, send: impl FnOnce(String) -> Sending)
    where
        Sending: Future<Output = Result<(), ApiError>> + 'static,
    {
        if self.busy.get_untracked() {
            return;
        }
        self.trouble.set(None);
        let verdict = self.verdict();
        if !verdict.is_empty() {
            self.show(verdict);
            return;
        }
        self.errors.set(Vec::new());
        self.busy.set(true);
        self.follow(Box::pin(send(self.key.with_value(|key| key.current().to_owned()))));
    }

    fn follow(self, sending: LocalBoxFuture<'static, Result<(), ApiError>>) {
        spawn_local(async move {
            let answer = sending.await;
            // Whoever left the page meanwhile needs no answer.
            let is_here = self.busy.try_set(false).is_none();
            if let (true, Err(error)) = (is_here, answer) {
                self.refused(&error);
            }
        });
    }

    fn refused(self, error: &ApiError) {
        self.key.update_value(|key| key.refused(error));
        let (known, unknown): (Vec<_>, Vec<_>) =
            error.field_errors().iter().cloned().partition(|wrong| self.knows(&wrong.pointer));
        if known.is_empty() || !unknown.is_empty() {
            self.trouble.set(Some(message_of(error)));
        }
        if !known.is_empty() {
            self.show(known);
        }
    }

    fn knows(self, pointer: &str) -> bool {
        let name = pointer.trim_start_matches('/');
        self.fields.with_value(|fields| fields.iter().any(|field| field.name == name))
    }

    /// Shows errors and leads to the first.
    fn show(self, errors: Vec<FieldError>) {
        self.errors.set(errors);
        let first = untrack(move || self.wrong_fields()).into_iter().next();
        if let Some(field) = first {
            browser::focus(&self.field_id(field.name));
        }
    }
}

/// The `<form>` around a form's fields. The browser's own bubbles are off: they cannot say what our rules say.
#[component]
pub fn FormBody(on_send: Callback<()>, label: &'static str, children: Children) -> impl IntoView {
    view! {
        <form
            class="grid gap-5"
            novalidate
            method="post"
            aria-label=label
            on:submit=move |event| {
                event.prevent_default();
                on_send.run(());
            }
        >
            {children()}
        </form>
    }
}
