//! The one table of calls: what is dispatched, how faults and the request log name it, what `coverage` reports.

use super::error::RestError;
use super::rest::RestCall;
use super::{changes, collections, composite, describe, files, graph, query, records, resources, tree};
use crate::answer::Answer;
use crate::coverage::Covered;
use crate::world::World;

/// Carries out a call; the values of the path's placeholders come last.
type Act = fn(&mut World, &RestCall, &[&str]) -> Result<Answer, RestError>;

struct Route {
    name: &'static str,
    method: &'static str,
    /// After the version; `{}` is any segment.
    path: &'static str,
    act: Act,
    /// Switches of `POST /_control/salesforce` that change the answer.
    switches: &'static [&'static str],
}

const fn route(name: &'static str, method: &'static str, path: &'static str, act: Act) -> Route {
    Route { name, method, path, act, switches: &[] }
}

const fn switched(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    act: Act,
    switches: &'static [&'static str],
) -> Route {
    Route { name, method, path, act, switches }
}

const RULES: &[&str] = &["validation_rules", "duplicate_rules", "assignment_rule", "auto_response_rule"];
const UPSERT: &[&str] =
    &["upsert_races", "validation_rules", "duplicate_rules", "assignment_rule", "auto_response_rule"];

/// The first that fits is taken.
const ROUTES: &[Route] = &[
    route("resources", "GET", "", resources::list),
    route("limits", "GET", "limits", resources::limits),
    switched("query", "GET", "query", query::run, &["max_cursors", "user_offset_minutes"]),
    switched("query_all", "GET", "queryAll", query::run_all, &["max_cursors", "user_offset_minutes"]),
    switched("query_more", "GET", "query/{}", query::more, &["max_cursors", "cursor_hours"]),
    switched("query_more", "GET", "queryAll/{}", query::more, &["max_cursors", "cursor_hours"]),
    switched("composite", "POST", "composite", composite::run, UPSERT),
    switched("graph", "POST", "composite/graph", graph::run, UPSERT),
    switched("tree", "POST", "composite/tree/{}", tree::create, RULES),
    switched("collections_create", "POST", "composite/sobjects", collections::create, RULES),
    switched("collections_update", "PATCH", "composite/sobjects", collections::update, RULES),
    route("collections_delete", "DELETE", "composite/sobjects", collections::delete),
    switched("collections_upsert", "PATCH", "composite/sobjects/{}/{}", collections::upsert, UPSERT),
    route("collections_retrieve", "GET", "composite/sobjects/{}", collections::retrieve),
    route("collections_retrieve", "POST", "composite/sobjects/{}", collections::retrieve),
    route("describe_global", "GET", "sobjects", describe::global),
    route("describe", "GET", "sobjects/{}/describe", describe::object),
    route("deleted", "GET", "sobjects/{}/deleted", changes::deleted),
    route("updated", "GET", "sobjects/{}/updated", changes::updated),
    switched(
        "upload",
        "POST",
        "sobjects/ContentVersion",
        files::upload,
        &["file_visibility", "validation_rules"],
    ),
    switched("create", "POST", "sobjects/{}", records::create, RULES),
    route("object_info", "GET", "sobjects/{}", describe::basic),
    route("get", "GET", "sobjects/{}/{}", records::get),
    switched("update", "PATCH", "sobjects/{}/{}", records::update, &["validation_rules"]),
    switched("delete", "DELETE", "sobjects/{}/{}", records::delete, &["modify_all"]),
    route("download", "GET", "sobjects/ContentVersion/{}/VersionData", files::download),
    route("get", "GET", "sobjects/{}/{}/{}", records::get_by_key),
    switched("upsert", "PATCH", "sobjects/{}/{}/{}", records::upsert, UPSERT),
    route("delete", "DELETE", "sobjects/{}/{}/{}", records::delete_by_key),
];

/// Calls outside the table, which need no session: their names and switches.
const OPEN: [(&str, &[&str]); 4] = [
    ("token", &["audiences", "max_assertion_age", "user_approved", "admin_approved", "session_minutes"]),
    ("revoke", &[]),
    ("identity", &[]),
    ("versions", &[]),
];

/// The calls that are answered, each name once.
pub fn coverage() -> impl Iterator<Item = Covered> {
    let open = OPEN.iter().map(|(name, switches)| Covered { upstream: "salesforce", name, switches });
    let first =
        |index: usize, route: &Route| ROUTES.iter().position(|other| other.name == route.name) == Some(index);
    let table = ROUTES.iter().enumerate().filter(move |(index, route)| first(*index, route));
    open.chain(table.map(|(_, route)| Covered {
        upstream: "salesforce",
        name: route.name,
        switches: route.switches,
    }))
}

/// The values of the placeholders, if the path fits.
fn fits<'c>(route: &Route, segments: &[&'c str]) -> Option<Vec<&'c str>> {
    let wanted: Vec<&str> = route.path.split('/').filter(|segment| !segment.is_empty()).collect();
    let same = wanted.len() == segments.len()
        && wanted
            .iter()
            .zip(segments)
            .all(|(wanted, segment)| *wanted == "{}" || wanted.eq_ignore_ascii_case(segment));
    let values =
        || wanted.iter().zip(segments).filter(|(wanted, _)| **wanted == "{}").map(|(_, segment)| *segment);
    same.then(|| values().collect())
}

fn tail(call: &RestCall) -> Vec<&str> {
    call.segments.iter().skip(1).map(String::as_str).collect()
}

fn find<'c>(call: &RestCall, segments: &[&'c str]) -> Option<(&'static Route, Vec<&'c str>)> {
    ROUTES
        .iter()
        .filter(|route| route.method == call.method)
        .find_map(|route| fits(route, segments).map(|values| (route, values)))
}

/// The name under which faults and the log know this call.
pub fn name(call: &RestCall) -> &'static str {
    find(call, &tail(call)).map_or("other", |(route, _)| route.name)
}

/// Carries out one call. What a refused call wrote is undone by itself.
pub fn dispatch(world: &mut World, call: &RestCall) -> Result<Answer, RestError> {
    let segments = tail(call);
    if let Some((route, values)) = find(call, &segments) {
        return (route.act)(world, call, &values);
    }
    let mut allowed: Vec<&str> =
        ROUTES.iter().filter(|route| fits(route, &segments).is_some()).map(|route| route.method).collect();
    allowed.sort_unstable();
    allowed.dedup();
    if allowed.is_empty() {
        return Err(RestError::not_found());
    }
    let message = format!("HTTP Method '{}' not allowed. Allowed are {}", call.method, allowed.join(","));
    Err(RestError::new(405, "METHOD_NOT_ALLOWED", message))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::coverage;
    use crate::salesforce::settings::Settings;

    #[test]
    fn every_call_is_named_once_and_every_switch_exists() {
        let names: Vec<&str> = coverage().map(|covered| covered.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        let settings = serde_json::to_value(Settings::default()).unwrap();
        let used: BTreeSet<&str> = coverage().flat_map(|covered| covered.switches.iter().copied()).collect();
        let known: BTreeSet<&str> = settings.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(used, known);
    }
}
