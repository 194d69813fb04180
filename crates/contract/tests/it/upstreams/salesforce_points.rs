//! What is open about Salesforce: the points marked `[?]` in the contract document, and its section 18.

use super::point::Point;

pub const POINTS: &[&[Point]] = &[LOGIN, QUERIES, RECORDS, SUPPORT];

const LOGIN: &[Point] = &[
    Point {
        calls: &["token"],
        says: "How far ahead `exp` may lie. The client says 150 s.",
        switches: &["max_assertion_age"],
        section: "1, 18",
        quotes: &["real max `exp`?"],
    },
    Point {
        calls: &["token"],
        says: "Whether an assertion may be used twice (`jti`). The client makes a new one for each login.",
        switches: &[],
        section: "1, 18",
        quotes: &["replay checking `[?]`", "`jti` replay?"],
    },
    Point {
        calls: &["token"],
        says: "Whether My Domain is accepted as audience, and how a wrong one is worded. `SF_AUDIENCE` sets another.",
        switches: &["audiences"],
        section: "1",
        quotes: &["so it works in at least some orgs"],
    },
    Point {
        calls: &["token"],
        says: "The error for a locked or frozen user, and whether the answer has `issued_at` and `signature`.",
        switches: &[],
        section: "18",
        quotes: &["error for locked/frozen users"],
    },
    Point {
        calls: &["token"],
        says: "Whether logins have a limit of their own. The client pauses after failures.",
        switches: &[],
        section: "7",
        quotes: &["login (token endpoint) volume is limited separately"],
    },
];

const QUERIES: &[Point] = &[
    Point {
        calls: &["query", "query_all"],
        says: "Whether a list of children without any is null. The client takes null and empty for the same.",
        switches: &[],
        section: "3, 18",
        quotes: &["for *no* children the value is `null`", "empty child subquery null?"],
    },
    Point {
        calls: &["query", "query_all"],
        says: "Whether `totalSize` counts what LIMIT leaves.",
        switches: &[],
        section: "3",
        quotes: &["`totalSize` with LIMIT counts the limited set"],
    },
    Point {
        calls: &["query", "query_all"],
        says: "Whether AND and OR may be mixed without parentheses. The builder always writes them.",
        switches: &[],
        section: "3",
        quotes: &["mixing AND/OR without parentheses is an error"],
    },
    Point {
        calls: &["query_more"],
        says: "How long a cursor lives and how many a user may have: the sources disagree.",
        switches: &["max_cursors", "cursor_hours"],
        section: "3, 18",
        quotes: &["**disagree**; on that error restart the query", "cursor lifetime"],
    },
    Point {
        calls: &["query", "query_all", "create", "update", "delete"],
        says: "Texts of INVALID_TYPE, NUMBER_OUTSIDE_VALID_RANGE, METHOD_NOT_ALLOWED and JSON_PARSER_ERROR. No code matches on texts.",
        switches: &[],
        section: "18",
        quotes: &["text of INVALID_TYPE"],
    },
    Point {
        calls: &["query", "query_all"],
        says: "Whether a field that the user may not see is answered like one that does not exist.",
        switches: &[],
        section: "8",
        quotes: &["a missing field-level permission looks identical"],
    },
];

const RECORDS: &[Point] = &[
    Point {
        calls: &["get", "update"],
        says: "Code and text for a well-formed id of no record, by version. The client knows all that were seen.",
        switches: &[],
        section: "4, 18",
        quotes: &["GET/PATCH of a well-formed absent Id"],
    },
    Point {
        calls: &["update", "delete"],
        says: "Status of INSUFFICIENT_ACCESS_OR_READONLY: 400 or 403. The client goes by the code.",
        switches: &["modify_all"],
        section: "18",
        quotes: &["INSUFFICIENT_ACCESS_OR_READONLY 400 or 403"],
    },
    Point {
        calls: &["create", "upsert", "composite"],
        says: "Whether later versions still write `duplicateResut`. The client reads both spellings.",
        switches: &["duplicate_rules"],
        section: "11, 18",
        quotes: &["`duplicateResut` in v60+"],
    },
    Point {
        calls: &["create", "update", "upsert"],
        says: "Whether an unrestricted picklist stores any text. The portal checks the value itself.",
        switches: &[],
        section: "6",
        quotes: &["then the API stores *any* string"],
    },
    Point {
        calls: &["update", "upload"],
        says: "Whether the content of a version can be replaced. The client adds versions only.",
        switches: &[],
        section: "10, 18",
        quotes: &["whether PATCH of VersionData is accepted", "do not rely on it"],
    },
];

const SUPPORT: &[Point] = &[
    Point {
        calls: &["create", "upsert"],
        says: "Length of `SuppliedPhone`.",
        switches: &[],
        section: "9",
        quotes: &["40 for phone `[?]`"],
    },
    Point {
        calls: &["create"],
        says: "Whether a comment without `IsPublished` is internal. The client always sends it.",
        switches: &[],
        section: "9, 18",
        quotes: &["IsPublished (default false", "default IsPublished for API-created comments"],
    },
    Point {
        calls: &["create"],
        says: "Whether comments take fields of ours. The client adds none.",
        switches: &[],
        section: "12",
        quotes: &["CaseComment may not accept custom fields"],
    },
    Point {
        calls: &["query"],
        says: "Which digit of an e-mail's `Status` is a draft. The client leaves out what is not externally visible as well.",
        switches: &[],
        section: "9, 18",
        quotes: &["'5' = draft", "EmailMessage Status digits"],
    },
    Point {
        calls: &["query"],
        says: "History: how creation is named, whether only tracked fields appear, how long rows are kept.",
        switches: &[],
        section: "9",
        quotes: &["`Field` = API name or `created`", "Only fields with history tracking enabled appear"],
    },
    Point {
        calls: &["query", "describe"],
        says: "The relationship's name `Histories`. The client asks CaseHistory itself.",
        switches: &[],
        section: "9",
        quotes: &["Histories `[?]` — verify through `childRelationships`"],
    },
    Point {
        calls: &["update"],
        says: "What becomes of `ClosedDate` when a case is opened again.",
        switches: &[],
        section: "18",
        quotes: &["ClosedDate on reopen"],
    },
    Point {
        calls: &["upload"],
        says: "`Visibility` of the link that an upload makes by itself: check that customers see the file, or set it.",
        switches: &["file_visibility"],
        section: "10, 18",
        quotes: &["The automatic link's Visibility", "Visibility of the automatic ContentDocumentLink"],
    },
    Point {
        calls: &["query", "upload"],
        says: "Whether ShareType `I` is inferred from the record.",
        switches: &[],
        section: "10",
        quotes: &["I inferred `[?]`"],
    },
    Point {
        calls: &[],
        says: "Whether a flow's call out is repeated when it fails; poll besides.",
        switches: &[],
        section: "13",
        quotes: &["no documented retry queue"],
    },
    Point {
        calls: &[],
        says: "Which objects of a case change data capture covers.",
        switches: &[],
        section: "13, 18",
        quotes: &["which case objects CDC covers"],
    },
];
