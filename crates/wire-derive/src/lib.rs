//! Derives for the types of `shared-types`, small enough for the browser.
//!
//! `Wire` is how the browser reads and writes the JSON that the API reads and writes by serde; `Validate` are the rules of input for both.
//! `Wire` obeys the `#[serde(…)]` attributes that a type has already, so that each is said once. An attribute that it does not know is a
//! compile error, never a difference between the two sides.

mod attributes;
mod expand;
mod rules;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Reads and writes a type as its `serde` attributes say.
#[proc_macro_derive(Wire, attributes(serde))]
pub fn wire(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    expand::wire(&item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Checks a struct by the rules at its fields.
#[proc_macro_derive(Validate, attributes(validate))]
pub fn validate(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    rules::validate(&item).unwrap_or_else(syn::Error::into_compile_error).into()
}
