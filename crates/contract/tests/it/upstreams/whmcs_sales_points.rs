//! What is open about what WHMCS sells: catalogue, orders, invoices and money.

use super::point::Point;

pub const CATALOGUE: &[Point] = &[
    Point {
        calls: &["GetProducts", "AddOrder"],
        says: "What `allowqty` above 1 means: one service with a quantity, or as many services.",
        switches: &["quantity"],
        section: "5.2",
        quotes: &["Meaning of `allowqty` values above 1 is SILENT"],
    },
    Point {
        calls: &["GetProducts"],
        says: "Which digit of an option's `type` is which kind.",
        switches: &[],
        section: "5.2",
        quotes: &["the mapping is SILENT in D"],
    },
    Point {
        calls: &["GetProducts"],
        says: "Whether a one-time price sits in the `monthly` column.",
        switches: &[],
        section: "5.2",
        quotes: &["A one-time price sits in `monthly`"],
    },
    Point {
        calls: &["GetProducts"],
        says: "Whether `startnumber` and `numreturned` are printed.",
        switches: &["product_paging"],
        section: "5.2",
        quotes: &["Listed `startnumber`/`numreturned` are missing from the example"],
    },
    Point {
        calls: &["GetProducts"],
        says: "Whether a field that only administrators see is listed: the one that carries the portal's key has to be shown on the order form.",
        switches: &["reference_field"],
        section: "5.2",
        quotes: &["only fields shown on the order form"],
    },
    Point {
        calls: &["GetCurrencies"],
        says: "What the display codes of `format` stand for, and which currency is the default one.",
        switches: &[],
        section: "5.2",
        quotes: &["`format` is a display code 1 to 4 (mapping SILENT)"],
    },
    Point {
        calls: &["GetPaymentMethods"],
        says: "Whether a method is open to every client.",
        switches: &[],
        section: "5.2",
        quotes: &["per-client availability SILENT"],
    },
];

pub const ORDERS: &[Point] = &[
    Point {
        calls: &["AddOrder", "GetPromotions"],
        says: "Whether a promotion code that cannot be used is passed over or refused.",
        switches: &["bad_promocode"],
        section: "5.2, 12.5",
        quotes: &[
            "fails or silently ignores a bad `promocode` is SILENT",
            "AddOrder with `noinvoice`, zero total",
        ],
    },
    Point {
        calls: &["AddOrder"],
        says: "The cycle of a line that names none, and what becomes of one whose cycle is not offered.",
        switches: &["missing_cycle", "disabled_cycle"],
        section: "5.3, 12.5",
        quotes: &["Default cycle when omitted, and behaviour for a cycle priced -1: SILENT"],
    },
    Point {
        calls: &["AddOrder"],
        says: "How far `priceoverride` reaches. The client never sends it.",
        switches: &["price_override"],
        section: "5.3",
        quotes: &["Whether it affects setup fee or renewals is SILENT"],
    },
    Point {
        calls: &["AddOrder", "UpgradeProduct"],
        says: "What `invoiceid` looks like without an invoice, and whether nothing to pay makes one.",
        switches: &["no_invoice", "zero_order"],
        section: "5.3, 12.5",
        quotes: &["With `noinvoice` or a zero total `invoiceid` is SILENT"],
    },
    Point {
        calls: &["AddOrder"],
        says: "The text about an unknown product.",
        switches: &[],
        section: "5.3, 12.5",
        quotes: &["Unknown `pid`: no dedicated text"],
    },
    Point {
        calls: &["AddOrder"],
        says: "From 8.6: which plain values are refused where lists are wanted. The client sends lists.",
        switches: &["array_params"],
        section: "2",
        quotes: &["AddOrder stricter about array parameters"],
    },
    Point {
        calls: &["AddOrder"],
        says: "Whether the API runs `AfterShoppingCartCheckout`.",
        switches: &["checkout_hook"],
        section: "9, 12.10",
        quotes: &["whether AddOrder fires it is SILENT", "Which hooks fire for API calls"],
    },
    Point {
        calls: &["AcceptOrder"],
        says: "The order's state after the server or registrar refused. The client calls the outcome unknown.",
        switches: &["module"],
        section: "5.3",
        quotes: &["After a module error the order's state is SILENT"],
    },
    Point {
        calls: &["AcceptOrder"],
        says: "Whether a product that is set up on payment still waits for it.",
        switches: &[],
        section: "5.3",
        quotes: &["presumably still acts when the invoice is paid"],
    },
    Point {
        calls: &["CancelOrder"],
        says: "Whether the order's unpaid invoice is cancelled too.",
        switches: &["cancelled_order"],
        section: "5.3",
        quotes: &["**CancelOrder** (only pending;"],
    },
    Point {
        calls: &["AddOrder", "GetClientsProducts"],
        says: "How the cycles besides `Monthly` and `One-Time` are spelt as labels. The client compares letters only.",
        switches: &[],
        section: "5.3",
        quotes: &["Compare after lower-casing and dropping non-letters"],
    },
];

pub const MONEY: &[Point] = &[
    Point {
        calls: &["GetInvoice", "GetInvoices"],
        says: "Whether `total` is net of applied credit. The amount due is `balance`, of GetInvoice alone.",
        switches: &["total"],
        section: "5.4, 12.7",
        quotes: &["whether `total` is net of `credit` is SILENT", "`total` vs `credit` vs `balance`"],
    },
    Point {
        calls: &["GetInvoice", "GetInvoices"],
        says: "From 9.0: how credit notes show.",
        switches: &[],
        section: "2, 12.7",
        quotes: &["Credit notes through the classic API: SILENT"],
    },
    Point {
        calls: &["GetInvoices"],
        says: "Whether rows ever say `Overdue`. The client reckons it from the due date.",
        switches: &[],
        section: "5.4",
        quotes: &["`Overdue` is accepted as a **filter** only"],
    },
    Point {
        calls: &["GetInvoice"],
        says: "Which types of lines there are besides `Hosting`.",
        switches: &[],
        section: "5.8",
        quotes: &["other values SILENT"],
    },
    Point {
        calls: &["UpdateInvoice"],
        says: "From 9.0: the text about an invoice that can no longer be changed.",
        switches: &["immutability"],
        section: "2",
        quotes: &["The API error text for UpdateInvoice on an immutable invoice is SILENT"],
    },
    Point {
        calls: &["UpdateInvoice"],
        says: "Whether setting a status runs its hook points.",
        switches: &["update_invoice_hooks"],
        section: "9, 12.10",
        quotes: &["did **not** fire for UpdateInvoice over the API"],
    },
    Point {
        calls: &["CreateInvoice"],
        says: "Whether the answer says `Unpaid` after credit has paid the invoice.",
        switches: &["created_status"],
        section: "5.4",
        quotes: &["`status` can say `Unpaid` although credit has just paid it"],
    },
    Point {
        calls: &["AddInvoicePayment"],
        says: "Whether a second payment under one `transid` is refused.",
        switches: &["duplicate_transid"],
        section: "5.4, 12.8",
        quotes: &[
            "Duplicate `transid` rejection is **not** documented here",
            "AddInvoicePayment with a repeated `transid`",
        ],
    },
    Point {
        calls: &["AddInvoicePayment"],
        says: "Where money beyond the balance goes.",
        switches: &["overpayment"],
        section: "5.4",
        quotes: &["Double callbacks have doubled payments or credit in practice"],
    },
];
