//! The code that is derived: one line a field, which calls what is the same for all.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Data, DataEnum, DeriveInput, Error, Field, Fields, GenericParam, Ident, Result, Variant,
    ext::IdentExt as _, parse_quote, punctuated::Punctuated, token::Comma,
};

use crate::attributes::{Case, Container, Part};

/// What reads a type, and what writes it.
struct Halves {
    read: TokenStream,
    write: TokenStream,
    /// Writes the fields alone, for a type that stands in another one's object.
    write_fields: Option<TokenStream>,
}

/// Implements `Wire`.
pub fn wire(item: &DeriveInput) -> Result<TokenStream> {
    let container = Container::of(&item.attrs)?;
    let Halves { read, write, write_fields } = match &item.data {
        Data::Struct(data) => structure(&data.fields, &container)?,
        Data::Enum(data) => match &container.tag {
            Some(tag) => tagged(data, tag, container.case)?,
            None => names(data, container.case)?,
        },
        Data::Union(_) => return Err(Error::new_spanned(item, "Wire cannot read unions")),
    };
    let write_fields = write_fields.map(|body| {
        quote! {
            fn write_fields(&self, out: &mut crate::wire::Writer) {
                #body
            }
        }
    });
    let name = &item.ident;
    let mut generics = item.generics.clone();
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds.push(parse_quote!(crate::wire::Wire));
        }
    }
    let (parameters, arguments, bounds) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #parameters crate::wire::Wire for #name #arguments #bounds {
            fn read(node: crate::wire::Node<'_>) -> Self {
                #read
            }
            fn write(&self, out: &mut crate::wire::Writer) {
                #write
            }
            #write_fields
        }
    })
}

fn object_of_fields() -> TokenStream {
    quote! {
        out.open();
        self.write_fields(out);
        out.close();
    }
}

fn structure(fields: &Fields, container: &Container) -> Result<Halves> {
    match fields {
        Fields::Named(fields) => {
            let read = read_fields(&fields.named, container.case, container.default)?;
            let write = write_fields(&fields.named, container.case, |name| quote!(&self.#name))?;
            Ok(Halves { read: quote!(Self { #read }), write: object_of_fields(), write_fields: Some(write) })
        }
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Ok(Halves {
            read: quote!(Self(crate::wire::Wire::read(node))),
            write: quote!(crate::wire::Wire::write(&self.0, out);),
            write_fields: None,
        }),
        _ => {
            Err(Error::new_spanned(fields, "Wire reads structs with named fields, and wrappers of one value"))
        }
    }
}

fn read_fields(fields: &Punctuated<Field, Comma>, case: Case, all_default: bool) -> Result<TokenStream> {
    fields
        .iter()
        .map(|field| {
            let name = &field.ident;
            let part = Part::of(&field.attrs)?;
            let wire_name = wire_name(field, &part, case);
            Ok(if part.flatten {
                quote!(#name: crate::wire::Wire::read(node),)
            } else if part.default || all_default {
                quote!(#name: node.field_or_default(#wire_name),)
            } else {
                quote!(#name: node.field(#wire_name),)
            })
        })
        .collect()
}

fn write_fields(
    fields: &Punctuated<Field, Comma>,
    case: Case,
    value: impl Fn(&Ident) -> TokenStream,
) -> Result<TokenStream> {
    fields
        .iter()
        .map(|field| {
            let part = Part::of(&field.attrs)?;
            let wire_name = wire_name(field, &part, case);
            let value = field.ident.as_ref().map(&value);
            let write = if part.flatten {
                quote!(crate::wire::Wire::write_fields(#value, out);)
            } else {
                quote!(out.field(#wire_name, #value);)
            };
            Ok(match part.skip_if {
                Some(skip) => quote!(if !#skip(#value) { #write }),
                None => write,
            })
        })
        .collect()
}

fn wire_name(field: &Field, part: &Part, case: Case) -> String {
    let name = field.ident.as_ref().map(|name| name.unraw().to_string()).unwrap_or_default();
    part.rename.clone().unwrap_or_else(|| case.of_field(&name))
}

fn variant_name(variant: &Variant, case: Case) -> Result<String> {
    let part = Part::of(&variant.attrs)?;
    Ok(part.rename.unwrap_or_else(|| case.of_variant(&variant.ident.unraw().to_string())))
}

/// Splits the first variant off, which stands for a name that is none of them.
fn first_of(data: &DataEnum) -> Result<(&Variant, impl Iterator<Item = (usize, &Variant)>)> {
    let mut variants = data.variants.iter();
    let Some(first) = variants.next() else {
        return Err(Error::new(proc_macro2::Span::call_site(), "Wire cannot read a type without values"));
    };
    Ok((first, (1..).zip(variants)))
}

/// An enum of bare names.
fn names(data: &DataEnum, case: Case) -> Result<Halves> {
    let names =
        data.variants.iter().map(|variant| variant_name(variant, case)).collect::<Result<Vec<_>>>()?;
    let idents: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
    if let Some(full) = data.variants.iter().find(|variant| !variant.fields.is_empty()) {
        return Err(Error::new_spanned(full, "Wire reads variants with contents only under `tag`"));
    }
    let (first, others) = first_of(data)?;
    let first = &first.ident;
    let others = others.map(|(index, variant)| {
        let ident = &variant.ident;
        quote!(#index => Self::#ident,)
    });
    Ok(Halves {
        read: quote! {
            match node.choice(&[#(#names),*]) { #(#others)* _ => Self::#first }
        },
        write: quote! {
            out.text(match self { #(Self::#idents => #names,)* });
        },
        write_fields: None,
    })
}

/// An enum whose variant a field of its object names.
fn tagged(data: &DataEnum, tag: &str, case: Case) -> Result<Halves> {
    let names =
        data.variants.iter().map(|variant| variant_name(variant, case)).collect::<Result<Vec<_>>>()?;
    let (first, others) = first_of(data)?;
    let first = read_variant(first)?;
    let others = others
        .map(|(index, variant)| {
            let read = read_variant(variant)?;
            Ok(quote!(#index => #read,))
        })
        .collect::<Result<Vec<_>>>()?;
    let arms = data
        .variants
        .iter()
        .zip(&names)
        .map(|(variant, name)| write_variant(variant, tag, name))
        .collect::<Result<Vec<_>>>()?;
    Ok(Halves {
        read: quote! {
            match node.inner(#tag).choice(&[#(#names),*]) { #(#others)* _ => #first }
        },
        write: object_of_fields(),
        write_fields: Some(quote!(match self { #(#arms)* })),
    })
}

fn read_variant(variant: &Variant) -> Result<TokenStream> {
    let ident = &variant.ident;
    match &variant.fields {
        Fields::Named(fields) => {
            let read = read_fields(&fields.named, Case::Same, false)?;
            Ok(quote!(Self::#ident { #read }))
        }
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            Ok(quote!(Self::#ident(crate::wire::Wire::read(node))))
        }
        Fields::Unit => Ok(quote!(Self::#ident)),
        Fields::Unnamed(_) => Err(Error::new_spanned(variant, "Wire reads no tuples")),
    }
}

fn write_variant(variant: &Variant, tag: &str, name: &str) -> Result<TokenStream> {
    let ident = &variant.ident;
    let tag = quote!(out.text_field(#tag, #name););
    match &variant.fields {
        Fields::Named(fields) => {
            let names = fields.named.iter().map(|field| &field.ident);
            let write = write_fields(&fields.named, Case::Same, |name| quote!(#name))?;
            Ok(quote!(Self::#ident { #(#names),* } => { #tag #write }))
        }
        Fields::Unnamed(_) => Ok(quote! {
            Self::#ident(inner) => { #tag crate::wire::Wire::write_fields(inner, out); }
        }),
        Fields::Unit => Ok(quote!(Self::#ident => { #tag })),
    }
}
