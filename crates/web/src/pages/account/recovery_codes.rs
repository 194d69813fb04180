//! Recovery codes: how many are left, and new ones, which are shown once.

use crate::{
    browser,
    components::ui::{Button, Dialog, Look, Notice, Sign, Tone},
    forms::{Form, FormTrouble},
    i18n::en::security as text,
    prelude::*,
    queries::{QueryClient, security::new_recovery_codes},
};

/// From here on it is time for new ones.
const FEW: u32 = 3;

/// How many are left.
#[component]
pub fn RecoveryCodes(left: u32, codes: RwSignal<Vec<String>>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let form = Form::new(|| Ok(()));
    let renew = Callback::new(move |()| {
        form.submit(move |key| async move {
            codes.set(new_recovery_codes(client, key).await?.codes);
            Ok(())
        });
    });
    view! {
        <div class="flex flex-wrap items-center justify-between gap-3 py-4">
            <div class="min-w-0">
                <h3 class="font-medium">{text::RECOVERY}</h3>
                <p class="text-sm" class:text-soft=left.gt(&FEW) class:text-warn-ink=left.le(&FEW)>
                    {text::codes_left(left)}
                </p>
            </div>
            <Button busy=form.busy() on_press=renew>
                {text::NEW_CODES}
            </Button>
            <FormTrouble form=form />
        </div>
    }
}

/// The codes in the clear: to be kept before the dialog is closed.
#[component]
pub fn FreshCodes(codes: RwSignal<Vec<String>>) -> impl IntoView {
    let close = Callback::new(move |()| codes.set(Vec::new()));
    view! {
        <Dialog
            id="recovery-codes"
            open=Signal::derive(move || codes.with(|codes| !codes.is_empty()))
            title=Signal::derive(|| text::CODES_TITLE.to_owned())
            on_close=close
        >
            <div class="grid gap-4">
                <Notice tone=Tone::Attention sign=Sign::Alert>
                    {text::CODES_LEAD}
                </Notice>
                <ol class="figures grid grid-cols-2 gap-x-4 gap-y-2 rounded-lg bg-sunken p-4 text-[0.9375rem] font-medium">
                    {move || codes.get().into_iter().map(|code| view! { <li>{code}</li> }).collect_view()}
                </ol>
                <div class="no-print flex flex-wrap gap-2">
                    <Button sign=Sign::Download on_press=Callback::new(move |()| save(&codes.get_untracked()))>
                        {text::DOWNLOAD}
                    </Button>
                    <Button sign=Sign::Printer on_press=Callback::new(|()| browser::print())>
                        {text::PRINT}
                    </Button>
                    <Button look=Look::Primary on_press=close>
                        {text::KEPT}
                    </Button>
                </div>
            </div>
        </Dialog>
    }
}

fn save(codes: &[String]) {
    browser::save_text("recovery-codes.txt", &text::codes_file(&browser::app_name(), codes));
}
