//! What queries look like, and which are refused.

use chrono::{DateTime, NaiveDate};

use super::*;

const CASE: Object = Object::new("Case");
const CONTACT: Object = Object::new("Contact");
const SUBJECT: Field = Field::new("Subject");
const STATUS: Field = Field::new("Status");
const CREATED: Field = Field::new("CreatedDate");
const ACCOUNT_ID: Field = Field::new("AccountId");
const CONTACT_ID: Field = Field::new("ContactId");

fn status(text: &str) -> Condition {
    Condition::equal(STATUS, Value::text(text).unwrap())
}

fn cases() -> Query {
    Query::select(CASE, &[Field::ID])
}

fn contacts() -> Query {
    Query::select(CONTACT, &[Field::ID])
}

fn built(query: &Query) -> String {
    query.build().unwrap().as_str().to_owned()
}

#[test]
fn conditions_are_joined_and_grouped() {
    let query = Query::count(CASE)
        .filter(
            status("New")
                .or(status("Working").and(Condition::contains(SUBJECT, "100%").unwrap()))
                .or(status("Escalated")),
        )
        .filter(Condition::compare(Field::new("Account.Name"), Operator::NotEqual, Value::Null));
    assert_eq!(
        built(&query),
        "SELECT COUNT() FROM Case WHERE (Status = 'New' OR (Status = 'Working' AND Subject LIKE '%100\\%%') \
         OR Status = 'Escalated') AND Account.Name != null"
    );
}

#[test]
fn negations_and_lists() {
    let query = cases()
        .filter(status("New").not())
        .filter(status("New").or(status("Working")).not())
        .filter(status("New").not().not())
        .filter(Condition::is_in(STATUS, ["a", "b'c"].map(|text| Value::text(text).unwrap())))
        .filter(Condition::is_not_in(ACCOUNT_ID, [Value::Id("00190000001pPvH".parse().unwrap())]))
        .filter(Condition::starts_with(SUBJECT, "_a").unwrap())
        .filter(Condition::ends_with(SUBJECT, "b").unwrap());
    assert_eq!(
        built(&query),
        "SELECT Id FROM Case WHERE (NOT (Status = 'New')) AND (NOT (Status = 'New' OR Status = 'Working')) \
         AND (NOT (NOT (Status = 'New'))) AND Status IN ('a', 'b\\'c') \
         AND AccountId NOT IN ('00190000001pPvHAAU') AND Subject LIKE '\\_a%' AND Subject LIKE '%b'"
    );
}

#[test]
fn a_case_with_its_children() {
    let comments = Query::select(Object::new("CaseComments"), &[Field::ID, Field::new("CommentBody")])
        .filter(Condition::equal(Field::new("IsPublished"), Value::Bool(true)))
        .order_by(CREATED, Direction::Ascending, Nulls::First)
        .limit(50);
    let query = Query::select(CASE, &[Field::ID, Field::new("Contact.Account.Name")])
        .children(comments)
        .filter(Condition::is_in_select(
            CONTACT_ID,
            contacts().filter(Condition::equal(Field::new("Email"), Value::text("a@example.com").unwrap())),
        ))
        .order_by(STATUS, Direction::Descending, Nulls::Last)
        .limit(10)
        .offset(2000);
    assert_eq!(
        built(&query),
        "SELECT Id, Contact.Account.Name, (SELECT Id, CommentBody FROM CaseComments WHERE IsPublished = true \
         ORDER BY CreatedDate ASC NULLS FIRST LIMIT 50) FROM Case WHERE ContactId IN (SELECT Id FROM Contact \
         WHERE Email = 'a@example.com') ORDER BY Status DESC NULLS LAST LIMIT 10 OFFSET 2000"
    );
}

#[test]
fn a_keyset_page_follows_the_last_row() {
    let keyset = Keyset::new(CREATED, Direction::Descending);
    let position = Position {
        time: DateTime::from_timestamp(1_793_527_200, 0).unwrap(),
        id: "5003000000D8cuIAAR".parse().unwrap(),
    };
    assert_eq!(
        built(&keyset.page(cases(), None, 25)),
        "SELECT Id FROM Case ORDER BY CreatedDate DESC NULLS LAST, Id DESC NULLS LAST LIMIT 26"
    );
    assert_eq!(
        built(&keyset.page(cases(), Some(&position), 25)),
        "SELECT Id FROM Case WHERE (CreatedDate < 2026-11-01T10:00:00Z OR (CreatedDate = 2026-11-01T10:00:00Z \
         AND Id < '5003000000D8cuIAAR')) ORDER BY CreatedDate DESC NULLS LAST, Id DESC NULLS LAST LIMIT 26"
    );
    let upwards = built(&Keyset::new(CREATED, Direction::Ascending).page(cases(), Some(&position), 1));
    assert!(upwards.contains("CreatedDate > 2026") && upwards.contains("Id > '5003"), "{upwards}");
}

#[test]
fn broken_rules_are_named() {
    let join = || Condition::is_in_select(CONTACT_ID, contacts());
    let far = DateTime::from_timestamp(100_000_000_000, 0).unwrap();
    let many: Vec<Query> = (0..21).map(|_| contacts()).collect();
    let refused: [(Query, QueryError); 20] = [
        (Query::select(CASE, &[]), QueryError::NothingSelected),
        (Query::select(CASE, &[STATUS, Field::new("status")]), QueryError::DuplicateField),
        (cases().filter(Condition::is_in(STATUS, [])), QueryError::EmptyList),
        (cases().filter(Condition::is_not_in(STATUS, [])), QueryError::EmptyList),
        (cases().filter(Condition::compare(STATUS, Operator::Less, Value::Null)), QueryError::Unordered),
        (
            cases().filter(Condition::compare(STATUS, Operator::Greater, Value::Bool(true))),
            QueryError::Unordered,
        ),
        (cases().filter(Condition::equal(CREATED, Value::DateTime(far))), QueryError::TimeOutOfRange),
        (
            cases().filter(Condition::equal(CREATED, Value::Date(NaiveDate::MIN)).not()),
            QueryError::TimeOutOfRange,
        ),
        (many.into_iter().fold(cases(), Query::children), QueryError::Relationships),
        (cases().children(contacts().children(cases())), QueryError::Relationships),
        (cases().children(Query::count(CONTACT)), QueryError::Children),
        (cases().children(contacts().offset(1)), QueryError::Children),
        (cases().filter(join()).filter(join()).filter(join()), QueryError::SemiJoin),
        (cases().filter(join().or(status("New"))), QueryError::SemiJoin),
        (cases().filter(join().not()), QueryError::SemiJoin),
        (
            cases().filter(Condition::is_in_select(
                CONTACT_ID,
                contacts().filter(Condition::is_in_select(
                    ACCOUNT_ID,
                    Query::select(Object::new("Account"), &[Field::ID]),
                )),
            )),
            QueryError::SemiJoin,
        ),
        (cases().filter(Condition::is_in_select(Field::ID, cases())), QueryError::SemiJoin),
        (cases().filter(Condition::is_not_in_select(CONTACT_ID, contacts().limit(1))), QueryError::SemiJoin),
        (cases().offset(2001), QueryError::OffsetTooLarge),
        (cases().batch_size(100), QueryError::BatchSize),
    ];
    for (query, error) in refused {
        assert_eq!(query.build(), Err(error), "{query}");
    }
}

#[test]
fn a_query_is_limited_in_length() {
    let long = |conditions: usize| {
        let text = "x".repeat(3_980);
        (0..conditions).fold(cases(), |query, _| query.filter(status(&text)))
    };
    assert!(long(24).build().is_ok());
    assert_eq!(long(26).build(), Err(QueryError::TooLong));
}

#[test]
fn debug_shows_no_values() {
    let query = cases().filter(Condition::contains(SUBJECT, "ada").unwrap()).filter(status("ada"));
    assert!(!format!("{query:?} {:?}", query.build().unwrap()).contains("ada"));
}
