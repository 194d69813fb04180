//! `<Component property=value>children</Component>`: a call, through the builder that Leptos' `#[component]` makes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use rstml::{
    Infallible,
    node::{NodeAttribute, NodeElement},
};
use syn::{Error, Result, spanned::Spanned as _};

/// Whether this names a component and not an element.
pub fn is_component(element: &NodeElement<Infallible>) -> bool {
    let name = element.name().to_string();
    let last = name.rsplit("::").next().unwrap_or_default().trim();
    last.starts_with(|letter: char| letter.is_ascii_uppercase())
}

/// The view of a component.
pub fn view(element: &NodeElement<Infallible>) -> Result<TokenStream> {
    let mut properties = TokenStream::new();
    for attribute in element.attributes() {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return Err(Error::new(attribute.span(), "components take properties by name"));
        };
        let name = &attribute.key;
        let value = attribute.value().map_or_else(|| quote!(#name), |value| quote!(#value));
        properties.extend(quote_spanned!(name.span()=> .#name(#[allow(unused_braces)] { #value })));
    }
    let children = if element.children.is_empty() {
        TokenStream::new()
    } else {
        let children = crate::views(&element.children)?;
        quote!(.children(crate::view::ToChildren::to_children(move || #children)))
    };
    let name = element.name();
    Ok(quote_spanned! {name.span()=>
        crate::view::IntoView::into_view(::leptos::component::component_view(
            #name,
            ::leptos::component::component_props_builder(&#name) #properties #children .build(),
        ))
    })
}
