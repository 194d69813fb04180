//! What is chosen for the configurable options of a product, as orders and upgrades send it.

use std::collections::BTreeMap;

use crate::{
    form::Value,
    ids::{ConfigChoiceId, ConfigOptionId},
    php::PhpArray,
};

/// What is chosen for one option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OptionSelection {
    /// One of the option's choices.
    Choice(ConfigChoiceId),
    /// A number of units.
    Quantity(u32),
    /// Yes or no.
    Flag(bool),
}

impl OptionSelection {
    fn number(self) -> u64 {
        match self {
            Self::Choice(choice) => choice.get(),
            Self::Quantity(quantity) => quantity.into(),
            Self::Flag(flag) => flag.into(),
        }
    }
}

/// The selections as a PHP array.
pub(crate) fn selection_array(selections: &BTreeMap<ConfigOptionId, OptionSelection>) -> PhpArray {
    selections.iter().fold(PhpArray::new(), |array, (option, selection)| {
        let (option, number) = (option.to_string(), selection.number());
        match i64::try_from(number) {
            Ok(number) => array.with(option.as_str(), number),
            // PHP has no such integer; the text reads as the same number.
            Err(_) => array.with(option.as_str(), number.to_string().as_str()),
        }
    })
}

/// The selections as a map of form members.
pub(crate) fn selection_map(selections: &BTreeMap<ConfigOptionId, OptionSelection>) -> Value {
    let members = selections.iter();
    Value::Map(members.map(|(option, selection)| (option.to_string(), selection.number().into())).collect())
}
