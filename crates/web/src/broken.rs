//! The page for a mistake of our own. After a panic the app is dead, so that this is plain DOM and needs nothing of it.

use std::panic::PanicHookInfo;

use leptos::prelude::document;
use web_sys::{Element, console};

use crate::{browser, i18n::en::lost};

/// Replaces the page. The button belongs to a form, since the router no longer handles links.
pub fn show(info: &PanicHookInfo<'_>) {
    console::error_1(&info.to_string().into());
    // Without a page there is nobody to tell.
    let _ = replace_page();
}

fn replace_page() -> Option<()> {
    let body = document().body()?;
    let main = child(&body, "main", "mx-auto max-w-md px-6 pt-[20vh] text-center")?;
    let heading = child(&main, "h1", "text-2xl font-semibold")?;
    heading.set_text_content(Some(lost::BROKEN));
    let lead = child(&main, "p", "mt-2 text-soft")?;
    lead.set_text_content(Some(lost::BROKEN_LEAD));
    let form = child(&main, "form", "mt-6")?;
    let button = child(&form, "button", "rounded-lg bg-accent px-4 min-h-11 font-medium text-on-accent")?;
    button.set_text_content(Some(lost::RELOAD));
    body.replace_children_with_node_1(&main);
    browser::set_title(lost::BROKEN);
    browser::note_broken();
    Some(())
}

fn child(parent: &Element, name: &str, class: &str) -> Option<Element> {
    let element = document().create_element(name).ok()?;
    element.set_class_name(class);
    parent.append_child(&element).ok()?;
    Some(element)
}
