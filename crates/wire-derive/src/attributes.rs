//! The `#[serde(…)]` attributes of containers, fields and variants.

use syn::{Attribute, Error, ExprPath, LitStr, Result, meta::ParseNestedMeta};

/// How the names of fields or variants are written.
#[derive(Clone, Copy, Default)]
pub enum Case {
    /// As in Rust.
    #[default]
    Same,
    /// `in_small_letters`
    Snake,
    /// `in-small-letters`
    Kebab,
    /// `insmallletters`
    Lower,
    /// `IN_CAPITALS`
    Shout,
}

impl Case {
    fn parse(text: &LitStr) -> Result<Self> {
        match text.value().as_str() {
            "snake_case" => Ok(Self::Snake),
            "kebab-case" => Ok(Self::Kebab),
            "lowercase" => Ok(Self::Lower),
            "SCREAMING_SNAKE_CASE" => Ok(Self::Shout),
            _ => Err(Error::new_spanned(text, "Wire does not know this way of writing")),
        }
    }

    /// The name of a variant on the wire.
    pub fn of_variant(self, name: &str) -> String {
        match self {
            Self::Same => name.to_owned(),
            Self::Lower => name.to_ascii_lowercase(),
            Self::Snake => split(name, '_'),
            Self::Kebab => split(name, '-'),
            Self::Shout => split(name, '_').to_ascii_uppercase(),
        }
    }

    /// The name of a field on the wire.
    pub fn of_field(self, name: &str) -> String {
        match self {
            Self::Same | Self::Snake | Self::Lower => name.to_owned(),
            Self::Kebab => name.replace('_', "-"),
            Self::Shout => name.to_ascii_uppercase(),
        }
    }
}

/// Puts a mark before every capital but the first.
fn split(name: &str, mark: char) -> String {
    let mut text = String::new();
    for (index, letter) in name.char_indices() {
        if index > 0 && letter.is_uppercase() {
            text.push(mark);
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// What stands at a struct or an enum.
#[derive(Default)]
pub struct Container {
    /// The case of the fields of a struct, or of the variants of an enum.
    pub case: Case,
    /// The field that names the variant.
    pub tag: Option<String>,
    /// Any field may be absent.
    pub default: bool,
}

impl Container {
    /// Reads the attributes.
    pub fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        each(attributes, |meta| {
            match &*name_of(meta) {
                "rename_all" => found.case = Case::parse(&text_of(meta)?)?,
                "default" if !meta.input.peek(syn::Token![=]) => found.default = true,
                "tag" => found.tag = Some(text_of(meta)?.value()),
                // The API refuses unknown fields; the browser never sends any, and reads answers of a newer portal.
                "deny_unknown_fields" | "transparent" => {}
                // Names the schema, not the JSON.
                "rename" => {
                    text_of(meta)?;
                }
                _ => return Err(unknown(meta)),
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// What stands at a field or a variant.
#[derive(Default)]
pub struct Part {
    /// The name on the wire, where it is not made from the name in Rust.
    pub rename: Option<String>,
    /// Stands in the surrounding object itself.
    pub flatten: bool,
    /// May be absent.
    pub default: bool,
    /// Is left out where this says so.
    pub skip_if: Option<ExprPath>,
}

impl Part {
    /// Reads the attributes.
    pub fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        each(attributes, |meta| {
            match &*name_of(meta) {
                "rename" => found.rename = Some(text_of(meta)?.value()),
                "flatten" => found.flatten = true,
                "default" if !meta.input.peek(syn::Token![=]) => found.default = true,
                "skip_serializing_if" => found.skip_if = Some(text_of(meta)?.parse()?),
                _ => return Err(unknown(meta)),
            }
            Ok(())
        })?;
        Ok(found)
    }
}

fn each(attributes: &[Attribute], mut take: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>) -> Result<()> {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        attribute.parse_nested_meta(|meta| take(&meta))?;
    }
    Ok(())
}

fn name_of(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map(ToString::to_string).unwrap_or_default()
}

fn text_of(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    meta.value()?.parse()
}

fn unknown(meta: &ParseNestedMeta<'_>) -> Error {
    meta.error("Wire does not know this attribute: implement `Wire` by hand, as `Money` does")
}
