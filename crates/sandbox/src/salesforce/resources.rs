//! What there is: versions, resources, limits.

use serde_json::{Value, json};

use super::data_answer;
use super::error::RestError;
use super::rest::RestCall;
use super::wire::Out;
use crate::answer::Answer;
use crate::world::World;

/// API versions offered: the label counts seasons from Winter '11 = 20.
const VERSIONS: std::ops::RangeInclusive<u32> = 31..=68;

pub fn versions() -> Answer {
    let seasons = ["Winter", "Spring", "Summer"];
    let list: Out = VERSIONS
        .map(|number| {
            let since = number - 20;
            let season = usize::try_from(since % 3).ok().and_then(|index| seasons.get(index)).copied();
            Out::object([
                ("label", format!("{} '{}", season.unwrap_or_default(), 11 + since / 3).into()),
                ("url", format!("/services/data/v{number}.0").into()),
                ("version", format!("{number}.0").into()),
            ])
        })
        .collect();
    data_answer(200, Some(&list))
}

pub fn known_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .and_then(|number| number.strip_suffix(".0"))
        .and_then(|number| number.parse().ok())
        .is_some_and(|number: u32| VERSIONS.contains(&number))
}

#[expect(clippy::unnecessary_wraps, reason = "an entry of the route table")]
pub fn list(_: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    let names = ["sobjects", "query", "queryAll", "composite", "limits"];
    let at =
        |name: &&str| ((*name).to_owned(), Out::from(format!("/services/data/{}/{name}", call.version())));
    Ok(data_answer(200, Some(&Out::Object(names.iter().map(at).collect()))))
}

#[expect(clippy::unnecessary_wraps, reason = "an entry of the route table")]
pub fn limits(world: &mut World, _: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    let salesforce = &world.ledger.salesforce;
    let limit = |max: u64, used: u64| json!({ "Max": max, "Remaining": max.saturating_sub(used) });
    let fixed: [(&str, u64); 7] = [
        ("ConcurrentSyncReportRuns", 20),
        ("DailyAsyncApexExecutions", 250_000),
        ("DailyWorkflowEmails", 390),
        ("DataStorageMB", 5),
        ("FileStorageMB", 20),
        ("HourlySyncReportRuns", 500),
        ("SingleEmail", 15),
    ];
    let mut body =
        Out::object([("DailyApiRequests", limit(salesforce.api_quota, salesforce.api_calls).into())]);
    for (name, max) in fixed {
        let entry: Value = limit(max, 0);
        body.set(name, entry.into());
    }
    Ok(data_answer(200, Some(&body)))
}
