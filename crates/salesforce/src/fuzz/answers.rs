//! Whatever an answer holds, it is decoded or refused, and no word of it is printed.

use bolero::check;
use chrono::DateTime;
use serde::de::IgnoredAny;
use url::Url;

use super::TIME;
use crate::calls::{cases, collections, composite, describe, limits, query, replication, write};
use crate::client::decode;
use crate::error::Error;
use crate::fault;
use crate::id::SalesforceId;
use crate::login;
use crate::time;
use crate::transport::Answer;
use crate::usage::ApiUsage;

/// Stands in texts that must not be printed.
const CANARY: &str = "canary";

fn assert_silent<T>(result: Result<T, Error>) {
    if let Err(error) = result {
        let printed = format!("{error} {error:?}").to_lowercase();
        assert!(!printed.contains(CANARY), "{printed}");
    }
}

fn decode_everything(answer: &Answer) {
    assert_silent(query::page::<IgnoredAny>(answer, "Case", None));
    assert_silent(query::page::<cases::CaseComment>(answer, "Case", None));
    assert_silent(query::page::<cases::CaseChange>(answer, "Case", None));
    assert_silent(query::page::<cases::CaseEmail>(answer, "Case", None));
    assert_silent(query::page::<cases::CaseStatus>(answer, "Case", None));
    assert_silent(decode::<describe::ObjectDescription>(answer));
    assert_silent(decode::<limits::Limits>(answer));
    assert_silent(decode::<replication::DeletedRecords>(answer));
    assert_silent(decode::<replication::UpdatedRecords>(answer));
    assert_silent(write::upserted(answer));
    if let Ok(parts) = composite::part_answers(answer) {
        for part in parts {
            part.was_halted();
            assert_silent(part.upserted("001"));
            assert_silent::<()>(Err(part.error("Case")));
        }
    }
    for count in 1..3 {
        if let Ok(results) = collections::results(answer, count) {
            assert_eq!(results.len(), count);
            for refusal in results.into_iter().filter_map(Result::err) {
                assert_silent::<()>(Err(Error::Refused(refusal)));
            }
        }
    }
}

#[test]
fn answers() {
    check!(name = "answers").with_test_time(TIME).for_each(|input: &[u8]| {
        // The first two bytes choose the status, so that kept inputs reach every branch.
        let (head, body) = input.split_at(input.len().min(2));
        let status = head.iter().fold(0_u16, |status, byte| (status << 8) | u16::from(*byte)) % 600;
        let usage = ApiUsage::parse(&String::from_utf8_lossy(body));
        let answer = |status| Answer { status, usage, body: body.to_vec() };
        decode_everything(&answer(200));
        for status in [status, 300, 400, 401, 404, 412, 500] {
            fault::is_expired_session(&answer(status));
            assert_silent(fault::check(answer(status), "Case"));
            let login_url = Url::parse("https://login.salesforce.com").unwrap();
            let minted = login::read_token(&answer(status), &login_url, DateTime::UNIX_EPOCH);
            let printed = format!("{minted:?}").to_lowercase();
            assert!(!printed.contains(CANARY), "{printed}");
        }
    });
}

#[test]
fn ids_and_times() {
    check!(name = "ids_and_times").with_test_time(TIME).for_each(|input: &[u8]| {
        let text = String::from_utf8_lossy(input);
        if let Some(read) = time::parse(&text) {
            assert_eq!(
                time::parse(&time::seconds(read)).map(|time| time.timestamp()),
                Some(read.timestamp())
            );
        }
        if let Ok(id) = text.parse::<SalesforceId>() {
            assert_eq!((id.as_str().len(), id.as_str().get(..15)), (18, text.get(..15)));
            assert_eq!(id.as_str().parse(), Ok(id.clone()));
        }
        // Any fifteen letters and digits are an id, and another case of one letter is another id.
        let letters: String =
            input.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(|byte| char::from(*byte)).collect();
        if let Some(base) = letters.get(..15) {
            let id: SalesforceId = base.parse().unwrap();
            let flipped = if base.starts_with(|first: char| first.is_ascii_lowercase()) {
                base.to_ascii_uppercase()
            } else {
                base.to_ascii_lowercase()
            };
            let other: SalesforceId = flipped.parse().unwrap();
            assert_eq!(id == other, base == flipped);
            // Eighteen characters whose case was lost are refused, unless nothing was lost.
            let folded = id.as_str().to_ascii_lowercase();
            assert!(folded.parse::<SalesforceId>().is_err() || folded == id.as_str());
        }
    });
}
