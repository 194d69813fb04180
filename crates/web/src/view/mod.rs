//! What pages are drawn with: views, and how they become elements of the page and follow their signals.
//!
//! Signals, effects, contexts and `#[component]` are Leptos'. Its renderer is not used: it is written anew by the compiler for every
//! combination of elements, attributes and closures. A view here is a value of one type, made by `view!` from a text that the browser
//! parses and a list of places in it, so that a page costs little more than its letters. `docs/adr/0013` has the figures.

mod attribute;
mod html;
mod into_view;
mod mounted;
mod template;

pub use attribute::{Attribute, IntoAttribute};
pub use html::Html;
pub use into_view::{AnyView, Children, ChildrenFn, CollectView, IntoView, ToChildren, View, ViewFn};
pub use mounted::mount;
pub use view_macro::view;
