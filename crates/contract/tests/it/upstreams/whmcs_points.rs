//! What is open about WHMCS: the points marked SILENT or INF in the contract document, and its section 12.

use super::point::{EVERY, Point};
use super::whmcs_sales_points::{CATALOGUE, MONEY, ORDERS};

/// Actions whose answer is a list.
const LISTS: &[&str] = &[
    "GetCancelledPackages",
    "GetClientsProducts",
    "GetCredits",
    "GetCurrencies",
    "GetInvoices",
    "GetOrderStatuses",
    "GetOrders",
    "GetPayMethods",
    "GetPaymentMethods",
    "GetProducts",
    "GetPromotions",
    "GetTransactions",
    "GetUsers",
];

pub const POINTS: &[&[Point]] = &[TRANSPORT, ACCOUNTS, CATALOGUE, ORDERS, MONEY, AREA];

const TRANSPORT: &[Point] = &[
    Point {
        calls: EVERY,
        says: "JSON request bodies are not documented: the client sends forms only.",
        switches: &[],
        section: "1.1",
        quotes: &["JSON request bodies: SILENT"],
    },
    Point {
        calls: EVERY,
        says: "The form of an answer when `responsetype` is not sent. The client always sends it.",
        switches: &["default_response"],
        section: "1.1",
        quotes: &["The default is SILENT"],
    },
    Point {
        calls: EVERY,
        says: "HTTP status of a business error: 200, or 400. The client reads the body under any status.",
        switches: &["business_error"],
        section: "1.3, 12.4",
        quotes: &["docs SILENT on status", "HTTP status of \"Invalid IP\" (403 or 400)"],
    },
    Point {
        calls: EVERY,
        says: "HTTP status of `Invalid IP`: 403, or 400.",
        switches: &["invalid_ip"],
        section: "1.3, 12.4",
        quotes: &["**Disagreement:** DS tests this text under 400"],
    },
    Point {
        calls: EVERY,
        says: "Text and status for a banned address (`Forbidden IP`): one report.",
        switches: &["banned_ips"],
        section: "1.3",
        quotes: &["`Forbidden IP 127.65.4.46` | SILENT"],
    },
    Point {
        calls: EVERY,
        says: "Status of `Administrator Account Disabled` and `Access Denied`.",
        switches: &["admin"],
        section: "1.3",
        quotes: &["`Access Denied` | SILENT"],
    },
    Point {
        calls: EVERY,
        says: "What an action is answered that the installation does not have: the role's refusal, or `API Function Not Found`.",
        switches: &["unknown_action"],
        section: "1.3",
        quotes: &["custom action whose file is missing | SILENT"],
    },
    Point {
        calls: EVERY,
        says: "Whether text comes with HTML entities. The client decodes once.",
        switches: &["entities"],
        section: "1.4, 12.9",
        quotes: &["The API docs are SILENT", "Entities in names through the API"],
    },
    Point {
        calls: EVERY,
        says: "Which numbers and flags come as text. The client reads either.",
        switches: &["profile"],
        section: "1.4",
        quotes: &["Decode every scalar from number, string or bool"],
    },
    Point {
        calls: LISTS,
        says: "What a list without rows looks like: eight forms are known.",
        switches: &["empty_list"],
        section: "1.4, 12.3",
        quotes: &["Zero rows at top level: SILENT", "Zero-row shapes of GetInvoices"],
    },
    Point {
        calls: LISTS,
        says: "Whether rows can come as an object with numbers for keys, or a single one bare.",
        switches: &["row_list"],
        section: "1.4",
        quotes: &["Defensive clients also accept a numeric-keyed object"],
    },
    Point {
        calls: &["GetCancelledPackages", "GetClientsProducts", "GetInvoices", "GetOrders", "GetUsers"],
        says: "The largest page, whatever `limitnum` asks.",
        switches: &["max_limit"],
        section: "1.4",
        quotes: &["Maximum `limitnum`: SILENT"],
    },
    Point {
        calls: &["GetClientsProducts"],
        says: "Status of the failure to print bytes that are no UTF-8. The control interface makes such a service.",
        switches: &[],
        section: "1.3",
        quotes: &["possibly incorrectly encoded` | SILENT"],
    },
];

const ACCOUNTS: &[Point] = &[
    Point {
        calls: &["ValidateLogin"],
        says: "Whether repeated failures ban the portal's address.",
        switches: &["lockout_after"],
        section: "4.1",
        quotes: &["Lock-out on repeated failures through the API: SILENT"],
    },
    Point {
        calls: &["ValidateLogin"],
        says: "Whether `userid` is there when a second factor is due.",
        switches: &["two_factor_userid"],
        section: "4.1, 12.1",
        quotes: &["Is `userid` present when a second factor is needed?", "presence of `userid`, JSON types"],
    },
    Point {
        calls: &["ValidateLogin"],
        says: "How `twoFactorEnabled` is printed: as a flag, or as the text `false`.",
        switches: &["two_factor_flag"],
        section: "4.1, 12.1",
        quotes: &["The docs print that flag as the string"],
    },
    Point {
        calls: &["GetUserPermissions"],
        says: "Whether the permissions are printed at all; without them the client sees no rights.",
        switches: &["user_permissions"],
        section: "4.2, 12.2",
        quotes: &["**no permission payload** (only `result`): SILENT", "`GetUserPermissions` payload"],
    },
    Point {
        calls: &["AddClient"],
        says: "When an address is `not available for use` instead of taken.",
        switches: &["taken_email"],
        section: "4.3",
        quotes: &["exact rule SILENT"],
    },
    Point {
        calls: &["AddClient"],
        says: "Whether `owner_id` is printed: it is not documented. Without it the client's details name the owner.",
        switches: &["owner_id"],
        section: "4.3",
        quotes: &["the new user's id; undocumented"],
    },
    Point {
        calls: &["AddClient"],
        says: "Which of several complaints about the fields is made.",
        switches: &["validation"],
        section: "5.1",
        quotes: &["Validation order: SILENT"],
    },
    Point {
        calls: &["GetClientsDetails"],
        says: "Which of several clients with one address is given. The client asks by id.",
        switches: &["same_email"],
        section: "5.1",
        quotes: &["With several clients on one e-mail, which is returned is SILENT"],
    },
    Point {
        calls: &["GetClientsDetails"],
        says: "Whether the client's fields also stand at the top level. The client reads `client` only.",
        switches: &["client_fields"],
        section: "5.1",
        quotes: &["the docs say the client fields are *also* at top level"],
    },
    Point {
        calls: &["UpdateClient"],
        says: "Whether an empty text clears a field or leaves it.",
        switches: &["empty_field"],
        section: "5.1, 12.11",
        quotes: &[
            "the effect of an empty string (clear or ignore) is SILENT",
            "UpdateClient with an empty string",
        ],
    },
    Point {
        calls: &["UpdateClient"],
        says: "Where `warning` texts appear.",
        switches: &["warnings"],
        section: "12.12",
        quotes: &["Where `warning` texts appear"],
    },
    Point {
        calls: &["UpdateClient"],
        says: "What another currency does to existing invoices. The client never sends one.",
        switches: &[],
        section: "4.3",
        quotes: &["what happens to existing invoices is SILENT"],
    },
];

const AREA: &[Point] = &[
    Point {
        calls: &["CreateSsoToken"],
        says: "Whether `sso_redirect_path` may begin with a slash, and whether a user may come in who does not own the client. The client sends no slash.",
        switches: &["client_area.sso_leading_slash", "client_area.sso_non_owner"],
        section: "5.6, 12.6",
        quotes: &["Leading slash in `sso_redirect_path`"],
    },
    Point {
        calls: &["CreateSsoToken"],
        says: "The exact addresses of the pages for users, accounts and second factors.",
        switches: &[],
        section: "6",
        quotes: &["exact paths SILENT"],
    },
    Point {
        calls: &[],
        says: "Mass payment when one of the invoices can no longer be paid.",
        switches: &["client_area.mass_payment"],
        section: "6",
        quotes: &["clientarea.php?action=masspay&all=true"],
    },
    Point {
        calls: &[],
        says: "OpenID Connect: where the discovery document is besides `oauth/openid-configuration.php`, what it lists, whether keys are published, what the subject is made of, what the ID token carries, whether `nonce` and PKCE count, how `email_verified` is printed.",
        switches: &[
            "client_area.openid_well_known",
            "client_area.openid_metadata",
            "client_area.openid_keys",
            "client_area.openid_subject",
            "client_area.openid_id_token",
            "client_area.openid_nonce",
            "client_area.openid_pkce",
            "client_area.openid_email_verified",
        ],
        section: "4.4",
        quotes: &["the RFC path needs a rewrite rule"],
    },
];
