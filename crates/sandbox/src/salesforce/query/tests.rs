//! The evaluator against a reference that is too simple to be wrong: every condition over a field of five records.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::filter::{From, compile};
use super::resolve::Scope;
use crate::ledger::salesforce::Salesforce;
use crate::salesforce::soql;
use crate::salesforce::write::{self, Author, Values};

#[derive(Debug, Clone)]
enum Tree {
    Compare(&'static str, Option<&'static str>),
    In(bool, Vec<Option<&'static str>>),
    Not(Box<Self>),
    Both(Vec<Self>),
    Either(Vec<Self>),
}

const WORDS: [&str; 4] = ["", "a", "B", "b c"];

fn literal(word: Option<&str>) -> String {
    word.map_or("null".to_owned(), |word| format!("'{word}'"))
}

fn printed(tree: &Tree) -> String {
    let joined = |parts: &[Tree], word: &str| {
        let parts: Vec<String> = parts.iter().map(printed).collect();
        format!("({})", parts.join(word))
    };
    match tree {
        Tree::Compare(operator, word) => format!("Subject {operator} {}", literal(*word)),
        Tree::In(negated, words) => {
            let words: Vec<String> = words.iter().map(|word| literal(*word)).collect();
            format!("Subject {}IN ({})", if *negated { "NOT " } else { "" }, words.join(", "))
        }
        Tree::Not(inner) => format!("(NOT {})", printed(inner)),
        Tree::Both(parts) => joined(parts, " AND "),
        Tree::Either(parts) => joined(parts, " OR "),
    }
}

/// By the rules: no case, the empty string is null, null equals null, nothing is less or greater than null.
fn expected(tree: &Tree, held: Option<&str>) -> bool {
    let folded = |word: Option<&str>| word.filter(|word| !word.is_empty()).map(str::to_lowercase);
    let own = folded(held);
    match tree {
        Tree::Compare(operator, word) => {
            let other = folded(*word);
            match *operator {
                "=" => own == other,
                "!=" => own != other,
                sign => own.zip(other).is_some_and(|(own, other)| match sign {
                    "<" => own < other,
                    "<=" => own <= other,
                    ">" => own > other,
                    _ => own >= other,
                }),
            }
        }
        Tree::In(negated, words) => words.iter().any(|word| folded(*word) == own) != *negated,
        Tree::Not(inner) => !expected(inner, held),
        Tree::Both(parts) => parts.iter().all(|part| expected(part, held)),
        Tree::Either(parts) => parts.iter().any(|part| expected(part, held)),
    }
}

fn word() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::of(prop::sample::select(&WORDS[..]))
}

fn tree() -> impl Strategy<Value = Tree> {
    let operator = prop::sample::select(&["=", "!=", "<", "<=", ">", ">="][..]);
    let leaf = prop_oneof![
        (operator, word()).prop_map(|(operator, word)| Tree::Compare(operator, word)),
        (any::<bool>(), prop::collection::vec(word(), 1..4))
            .prop_map(|(negated, words)| Tree::In(negated, words)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|tree| Tree::Not(Box::new(tree))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Tree::Both),
            prop::collection::vec(inner, 2..4).prop_map(Tree::Either),
        ]
    })
}

proptest! {
    #[test]
    fn conditions_hold_as_the_reference_says(tree in tree()) {
        let mut store = Salesforce::default();
        let case = store.object("Case").unwrap();
        let author = Author::portal(DateTime::<Utc>::UNIX_EPOCH);
        let held = [None, Some("a"), Some("A"), Some("b"), Some("B C")];
        let ids = held.map(|subject| {
            let values: Values = [("Subject", subject.map_or(Value::Null, |subject| json!(subject)))].into();
            write::insert(&mut store, &case, values, &author).unwrap()
        });
        let text = printed(&tree);
        let condition = soql::parse_condition(&text).unwrap();
        let scope = Scope { store: &store, statement: &text, now: author.now, version: "v62.0", deleted: false };
        let object = store.schema.object("Case").unwrap();
        let Ok(test) = compile(&scope, From { object, alias: None }, &condition) else { panic!("{text}") };
        for (subject, id) in held.iter().zip(&ids) {
            let record = store.get(id).unwrap();
            prop_assert_eq!(test.holds(&scope, record), expected(&tree, *subject), "{:?} {}", subject, &text);
        }
    }
}
