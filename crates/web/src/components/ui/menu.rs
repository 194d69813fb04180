//! A button that opens a short menu, after the ARIA pattern "menu button".

use leptos::{ev, html};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::{Icon, Sign};
use crate::prelude::*;

/// The menu's button and its panel. Items are [`MenuAction`]s or other elements with `role="menuitem"`.
#[component]
pub fn Menu(
    id: &'static str,
    label: &'static str,
    /// Where the panel opens.
    panel_class: &'static str,
    button_class: &'static str,
    /// What stands on the button.
    face: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    close_from_outside(root, open);
    let close = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            // The button is on the page as long as the menu is.
            let _ = button.focus();
        }
    };
    let keys = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" if open.get_untracked() => close(),
        "Tab" => open.set(false),
        key @ ("ArrowDown" | "ArrowUp" | "Home" | "End") => {
            event.prevent_default();
            open.set(true);
            let key = key.to_owned();
            request_animation_frame(move || move_focus(root, &key));
        }
        _ => {}
    };
    view! {
        <div node_ref=root class="relative" on:keydown=keys>
            <button
                node_ref=button
                type="button"
                class=button_class
                aria-haspopup="menu"
                aria-controls=id
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = !*open)
            >
                // Part of the name rather than all of it: what can be seen has to be in it too (WCAG 2.5.3).
                <span class="sr-only">{label} " "</span>
                {face.run()}
            </button>
            <div
                id=id
                role="menu"
                aria-label=label
                class=format!("card appearing absolute z-30 p-1.5 shadow-float {panel_class}")
                class:hidden=move || !open.get()
                on:click=move |_| close()
            >
                {children()}
            </div>
        </div>
    }
}

/// A press anywhere else closes the menu.
fn close_from_outside(root: NodeRef<html::Div>, open: RwSignal<bool>) {
    let press = window_event_listener(ev::mousedown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        let inside = root.get_untracked().is_some_and(|root| root.contains(target.as_ref()));
        if !inside {
            open.set(false);
        }
    });
    on_cleanup(move || press.remove());
}

/// One thing to do.
#[component]
pub fn MenuAction(sign: Sign, text: &'static str, on_choose: Callback<()>) -> impl IntoView {
    view! {
        <button type="button" role="menuitem" tabindex="-1" class=ITEM on:click=move |_| on_choose.run(())>
            <Icon sign=sign class="size-[1.125rem] text-faint" />
            {text}
        </button>
    }
}

const ITEM: &str = "flex w-full min-h-11 items-center gap-3 rounded-lg px-3 text-start text-[0.9375rem] hover:bg-sunken \
                    focus-visible:bg-sunken";

fn move_focus(root: NodeRef<html::Div>, key: &str) {
    let Some(root) = root.get_untracked() else { return };
    let Ok(found) = root.query_selector_all("[role=menuitem]") else { return };
    let items: Vec<HtmlElement> =
        (0..found.length()).filter_map(|n| found.get(n)?.dyn_into::<HtmlElement>().ok()).collect();
    let active = document().active_element();
    let at = items.iter().position(|item| active.as_ref() == Some(item.as_ref()));
    if let Some(item) = next_position(key, at, items.len()).and_then(|next| items.get(next)) {
        // The item is on the page as long as the menu is open.
        let _ = item.focus();
    }
}

/// Which item a key leads to; the ends are joined.
fn next_position(key: &str, at: Option<usize>, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (key, at) {
        ("End", _) | ("ArrowUp", None | Some(0)) => last,
        ("ArrowUp", Some(at)) => at.saturating_sub(1).min(last),
        ("ArrowDown", Some(at)) if at < last => at.saturating_add(1),
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::next_position;

    #[test]
    fn arrows_go_round() {
        assert_eq!(next_position("ArrowDown", None, 3), Some(0));
        assert_eq!(next_position("ArrowDown", Some(2), 3), Some(0));
        assert_eq!(next_position("ArrowUp", Some(0), 3), Some(2));
        assert_eq!(next_position("ArrowUp", Some(2), 3), Some(1));
        assert_eq!(next_position("End", None, 3), Some(2));
        assert_eq!(next_position("Home", Some(2), 3), Some(0));
        assert_eq!(next_position("ArrowDown", None, 0), None);
    }
}
