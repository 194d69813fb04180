//! `dl.php?type=i`: the invoice as a small, valid PDF of one page.

use std::fmt::Write as _;

use super::visit::{Visit, owned_invoice, signed_in};
use crate::answer::Answer;
use crate::ledger::invoice::Invoice;
use crate::world::{Shared, World};

pub fn download(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    // Only invoices can be downloaded; any other type finds nothing.
    let id = if visit.query("type") == "i" { visit.query("id") } else { "" };
    let invoice = owned_invoice(world, &session, id)?;
    let name = if invoice.number.is_empty() { invoice.id.to_string() } else { invoice.number.clone() };
    // What an admin typed as the number must not end the header's quoted text.
    let name: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    Ok(Answer::new(200, "application/pdf", document(invoice))
        .with("Content-Disposition", format!("attachment; filename=\"Invoice-{name}.pdf\""))
        .with("Cache-Control", "no-store"))
}

/// PDF 1.4 with a right cross-reference table; text in Helvetica, so nothing is embedded.
fn document(invoice: &Invoice) -> Vec<u8> {
    let mut text = String::from("BT /F1 14 Tf 60 780 Td 20 TL ");
    let heading = format!("Invoice {} (sandbox)", invoice.id);
    let due = format!("Due {}   Status {}", invoice.due, invoice.status.label());
    let lines = invoice.items.iter().map(|item| format!("{}   {}", item.amount, item.description));
    let balance = format!("Balance {}", invoice.balance());
    for line in [heading, due].into_iter().chain(lines).chain([balance]) {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "({}) Tj T* ", literal(&line));
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", pdf.len());
        let _ = write!(pdf, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = pdf.len();
    let size = objects.len() + 1;
    let _ = write!(
        pdf,
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    pdf.into_bytes()
}

/// A PDF string: ASCII only, parentheses and backslashes escaped.
fn literal(text: &str) -> String {
    crate::html::decode(text).chars().fold(String::new(), |mut out, c| {
        match c {
            '(' | ')' | '\\' => out.extend(['\\', c]),
            c if c.is_ascii_graphic() || c == ' ' => out.push(c),
            _ => out.push('?'),
        }
        out
    })
}
