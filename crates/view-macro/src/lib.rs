//! `view!`, in the syntax of Leptos.
//!
//! Leptos' own macro writes functions that build and change each element one by one. This one writes the markup down as a text, which the
//! browser parses, and a list of the places in it that hold values: a place costs one call, everything fixed costs only its letters.

mod component;
mod element;
mod template;

use proc_macro::TokenStream;
use quote::quote;
use rstml::node::Node;

/// Markup with values in it, as a `View`.
#[proc_macro]
pub fn view(tokens: TokenStream) -> TokenStream {
    match rstml::parse2(tokens.into()).and_then(|nodes| views(&nodes)) {
        Ok(view) => view.into(),
        Err(error) => {
            let error = error.into_compile_error();
            quote!({ #error }).into()
        }
    }
}

/// A view of several nodes.
fn views(nodes: &[Node]) -> syn::Result<proc_macro2::TokenStream> {
    let mut views =
        nodes.iter().filter_map(|node| element::view(node).transpose()).collect::<syn::Result<Vec<_>>>()?;
    Ok(match (views.pop(), views.is_empty()) {
        (None, _) => quote!(crate::view::View::Nothing),
        (Some(only), true) => only,
        (Some(last), false) => {
            quote!(crate::view::View::Many(::std::vec![#(#views,)* #last]))
        }
    })
}
