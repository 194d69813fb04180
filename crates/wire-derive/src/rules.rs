//! `#[derive(Validate)]`: one line a rule.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{
    Data, DeriveInput, Error, Expr, ExprPath, Field, Fields, LitStr, Result, Type, ext::IdentExt as _,
    meta::ParseNestedMeta,
};

/// Implements `Validate`.
pub fn validate(item: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &item.data else {
        return Err(Error::new_spanned(item, "only structs have rules"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(item, "only named fields have rules"));
    };
    let checks = fields.named.iter().map(checks_of).collect::<Result<TokenStream>>()?;
    let name = &item.ident;
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #parameters crate::validate::Validate for #name #arguments #bounds {
            fn check(&self, verdict: &mut crate::validate::Verdict) {
                let _ = &verdict;
                #checks
            }
        }
    })
}

fn checks_of(field: &Field) -> Result<TokenStream> {
    let mut checks = TokenStream::new();
    let ident = &field.ident;
    let name = ident.as_ref().map(|ident| ident.unraw().to_string()).unwrap_or_default();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("validate")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("nested") {
                checks.extend(quote!(verdict.nested(#name, &self.#ident);));
                return Ok(());
            }
            let (rule, bounds) = rule_of(&meta)?;
            checks.extend(if is_option(&field.ty) {
                quote!(if let Some(value) = &self.#ident { verdict.field(#name, #rule(value #bounds)); })
            } else {
                quote!(verdict.field(#name, #rule(&self.#ident #bounds));)
            });
            Ok(())
        })?;
    }
    Ok(checks)
}

/// The function of a rule, and what it takes beside the value.
fn rule_of(meta: &ParseNestedMeta<'_>) -> Result<(TokenStream, TokenStream)> {
    if meta.path.is_ident("length") {
        let (mut min, mut max) = (quote!(0), quote!(usize::MAX));
        meta.parse_nested_meta(|bound| {
            let value: Expr = bound.value()?.parse()?;
            let place = if bound.path.is_ident("min") { &mut min } else { &mut max };
            *place = value.into_token_stream();
            Ok(())
        })?;
        return Ok((quote!(crate::validate::length), quote!(, #min, #max)));
    }
    if !meta.path.is_ident("custom") {
        return Err(meta.error("rules are `custom(function = \"validate::…\")`, `length(…)` or `nested`"));
    }
    let mut rule = TokenStream::new();
    meta.parse_nested_meta(|inner| {
        if !inner.path.is_ident("function") {
            return Err(inner.error("expected `function`"));
        }
        rule = inner.value()?.parse::<LitStr>()?.parse::<ExprPath>()?.into_token_stream();
        Ok(())
    })?;
    Ok((rule, TokenStream::new()))
}

/// An absent value breaks no rule.
fn is_option(kind: &Type) -> bool {
    let Type::Path(path) = kind else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == "Option")
}
