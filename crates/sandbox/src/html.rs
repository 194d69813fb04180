//! The pages' frame and escaping. Self-contained: one style sheet, no script, nothing from elsewhere.

/// Text for HTML content and double-quoted attributes.
pub fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#039;"),
            other => out.push(other),
        }
        out
    })
}

/// Undoes what [`escape`] does: WHMCS stores names escaped, and pages escape again.
pub fn decode(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#039;", "'")
        .replace("&amp;", "&")
}

/// A whole page. `refresh` reloads it every so many seconds.
pub fn page(title: &str, product: &str, refresh: Option<u32>, main: &str) -> String {
    framed(title, product, refresh, "", main)
}

/// A whole page with navigation above its content.
pub fn framed(title: &str, product: &str, refresh: Option<u32>, nav: &str, main: &str) -> String {
    let refresh = refresh
        .map_or_else(String::new, |seconds| format!("<meta http-equiv=\"refresh\" content=\"{seconds}\">"));
    let (title, product) = (escape(title), escape(product));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} | {product}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{refresh}\
         <link rel=\"stylesheet\" href=\"/_sandbox/style.css\"></head>\
         <body><a class=\"skip\" href=\"#content\">Skip to content</a>\
         <header><strong>{product}</strong></header>{nav}<main id=\"content\">{main}</main></body></html>"
    )
}

/// The one style sheet.
pub const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1f2933;--soft:#52606d;--line:#cbd2d9;--paper:#fff;--band:#7b3f00;--link:#8a3c00;--ok:#0b6b3a;--bad:#9b1c1c}\
@media(prefers-color-scheme:dark){:root{--ink:#f0e9e2;--soft:#c3b6a9;--line:#5b5048;--paper:#1d1916;--link:#ffb77a;--ok:#7fdca6;--bad:#ff9d94}}\
body{margin:0;font:16px/1.5 Georgia,serif;color:var(--ink);background:var(--paper)}\
header{background:var(--band);color:#fff;padding:.75rem 1.25rem;letter-spacing:.02em}\
main{max-width:60rem;margin:0 auto;padding:1.25rem}\
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0;padding:.5rem 1.25rem;border-bottom:1px solid var(--line)}\
.skip{position:absolute;left:-999rem}.skip:focus{position:static;display:block;padding:.5rem 1.25rem}\
h1,h2,p,td,li,code{overflow-wrap:anywhere}\
label{display:block;font-weight:bold;margin-bottom:.2rem}label.choice{font-weight:normal;display:flex;gap:.6rem;align-items:baseline}\
fieldset{border:1px solid var(--line);margin:1rem 0;padding:.5rem 1rem;min-width:0}\
input:not([type=checkbox]):not([type=radio]),select,textarea{font:inherit;color:inherit;background:transparent;border:1px solid var(--soft);\
border-radius:.2rem;padding:.5rem .6rem;width:100%;max-width:24rem;box-sizing:border-box}\
select option{color:var(--ink);background:var(--paper)}\
.wide{overflow-x:auto}.alert{border-left:.3rem solid var(--bad);padding:.4rem .8rem;color:var(--bad);font-weight:bold}\
button.plain{background:transparent;color:var(--link);border:1px solid var(--link)}\
a{color:var(--link)}table{border-collapse:collapse;width:100%;margin:1rem 0}\
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}\
td.amount,th.amount{text-align:right;font-variant-numeric:tabular-nums}\
button{font:inherit;background:var(--band);color:#fff;border:0;border-radius:.2rem;padding:.6rem 1.4rem;cursor:pointer}\
a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible,.wide:focus-visible{outline:3px solid var(--link);outline-offset:2px}\
.soft{color:var(--soft)}.paid{color:var(--ok);font-weight:bold}\
.code{font:700 2rem/1.2 ui-monospace,monospace;letter-spacing:.2em}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);padding:1rem}\n";

#[cfg(test)]
mod tests {
    #[test]
    fn decoding_undoes_escaping_once() {
        for text in ["Lovelace & Daughters", "O'Brien <x> \"y\"", "&amp;"] {
            assert_eq!(super::decode(&super::escape(text)), text);
        }
    }
}
