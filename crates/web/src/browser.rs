//! The few things the app asks of the browser itself. Nothing here knows what they are for.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, HtmlAnchorElement, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition, VisibilityState,
    js_sys,
};

use crate::{api::idempotency::key_of, prelude::*};

/// Set on the root element once the app is dead.
const BROKEN: &str = "data-broken";

/// Milliseconds since 1970 by the browser's clock: good for ages and intervals, never for what is true.
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// Whether the page is being looked at.
pub fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// A new idempotency key.
pub fn fresh_key() -> String {
    let mut random = [0; 32];
    // Every browser that runs WebAssembly has this. Should it ever fail, the portal refuses the key, and nothing is done twice.
    let _ = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut random));
    key_of(random)
}

/// What stands behind the `#` of the address; it was sent to nobody.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}

/// Opens the browser's dialog for printing.
pub fn print() {
    // A browser without printing has nothing to say about it.
    let _ = window().print();
}

/// Hands a text to the customer as a file.
pub fn save_text(name: &str, text: &str) {
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&format!("data:text/plain;charset=utf-8,{}", js_sys::encode_uri_component(text)));
        link.set_download(name);
        link.click();
    }
}

/// Puts the focus on the element with this id.
pub fn focus(id: &str) {
    if let Some(element) =
        document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok())
    {
        // Fails only on an element that has left the page meanwhile.
        let _ = element.focus();
    }
}

/// The operator's name for the portal, as the page carries it.
pub fn app_name() -> String {
    document()
        .query_selector("meta[name=application-name]")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"))
        .unwrap_or_else(|| "Customer portal".to_owned())
}

/// Names the page and the portal in the window's title.
///
/// Effects that were queued before a mistake of our own still run after it: they leave its title alone.
pub fn set_title(page: &str) {
    let document = document();
    if !document.document_element().is_some_and(|root| root.has_attribute(BROKEN)) {
        document.set_title(&format!("{page} · {}", app_name()));
    }
}

/// Takes note that the app is dead.
pub fn note_broken() {
    if let Some(root) = document().document_element() {
        // Setting an attribute of a fixed, valid name does not fail.
        let _ = root.set_attribute(BROKEN, "");
    }
}

/// Whether the app has moved on from the page it was loaded at.
pub fn has_navigated() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-navigated"))
}

/// Takes note of the first navigation within the app.
pub fn note_navigation() {
    if let Some(root) = document().document_element() {
        // Setting an attribute of a fixed, valid name does not fail.
        let _ = root.set_attribute("data-navigated", "");
    }
}

/// From this width on there is room for tables; the same step as Tailwind's `md`.
const TABLE_WIDTH: &str = "(min-width: 48rem)";

/// Whether there is room for tables, also after the window was resized.
pub fn use_wide() -> Signal<bool> {
    let is_wide = || window().match_media(TABLE_WIDTH).ok().flatten().is_none_or(|query| query.matches());
    let wide = RwSignal::new(is_wide());
    let resize = window_event_listener(ev::resize, move |_| {
        let now = is_wide();
        if wide.get_untracked() != now {
            wide.set(now);
        }
    });
    on_cleanup(move || resize.remove());
    wide.into()
}

/// Scrolls a bar sideways until its current entry can be seen.
pub fn reveal_current(bar: &Element) {
    if let Ok(Some(current)) = bar.query_selector("[aria-current]") {
        let sideways = ScrollIntoViewOptions::new();
        sideways.set_block(ScrollLogicalPosition::Nearest);
        sideways.set_inline(ScrollLogicalPosition::Center);
        current.scroll_into_view_with_scroll_into_view_options(&sideways);
    }
}
