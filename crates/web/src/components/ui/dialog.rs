//! A question in front of the page. The browser's own `<dialog>` keeps the focus inside and gives it back afterwards.

use leptos::html;

use super::{Icon, Sign};
use crate::{i18n::en, prelude::*};

/// A modal dialog; `open` shows and hides it. Its contents exist only while it is open.
#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(into)] open: Signal<bool>,
    #[prop(into)] title: Signal<String>,
    on_close: Callback<()>,
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = element.get() else { return };
        if open.get() && !dialog.open() {
            // Fails only on a dialog that has left the page meanwhile.
            let _ = dialog.show_modal();
        } else if !open.get() {
            dialog.close();
        }
    });
    view! {
        <dialog
            node_ref=element
            class="card appearing m-auto w-[min(27rem,calc(100vw-2rem))] p-6 text-ink shadow-float"
            aria-labelledby=id
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                on_close.run(());
            }
        >
            {move || open.get().then(|| view! {
                <div class="mb-2 flex items-start justify-between gap-4">
                    <h2 id=id class="text-lg font-semibold">
                        {title}
                    </h2>
                    <button
                        type="button"
                        class="-m-2 grid size-10 place-items-center rounded-lg text-faint hover:bg-sunken hover:text-ink"
                        aria-label=en::shell::CLOSE
                        on:click=move |_| on_close.run(())
                    >
                        <Icon sign=Sign::Close />
                    </button>
                </div>
                {children()}
            })}
        </dialog>
    }
}
