//! `GET /api/me/activity/csv`

use actix_web::{HttpResponse, get, web::Data};
use shared_types::security::ActivityView;

use crate::{
    app::App,
    audit,
    error::{ApiError, ApiResult},
    http::session::CurrentUser,
    limits::Action,
    openapi::SignedInProblems,
};

/// Lines of the file at most: newer than any that a person will look through.
const MOST: u64 = 10_000;

/// What happened on the account as a table (RFC 4180), the newest first, 10,000 lines at most.
#[utoipa::path(
    operation_id = "export_activity",
    tag = "account",
    security(("session" = [])),
    responses((status = 200, description = "The table", body = String, content_type = "text/csv"), SignedInProblems)
)]
#[get("/me/activity/csv")]
pub async fn export_activity(app: Data<App>, user: CurrentUser) -> ApiResult<HttpResponse> {
    app.limits.take(Action::Export, &user.user_id.to_string()).await?;
    let tx = app.db.read_as_user(user.user_id).await?;
    let records = tx.audit().page(audit::ACTIVITY, None, MOST).await?;
    drop(tx);
    let lines: Vec<ActivityView> = records.into_iter().map(super::activity).collect();
    let table = table(&lines).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header(("content-disposition", "attachment; filename=\"activity.csv\""))
        .body(table))
}

fn table(lines: &[ActivityView]) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::with_capacity(4096));
    writer.write_record(["time", "event", "outcome", "device", "network"])?;
    for line in lines {
        writer.write_record([
            line.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            inert(&line.event),
            inert(&line.outcome),
            inert(line.device.as_deref().unwrap_or_default()),
            inert(line.network.as_deref().unwrap_or_default()),
        ])?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// Text that a spreadsheet takes for text: what begins like a formula gets an apostrophe in front (OWASP, CSV injection).
fn inert(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use shared_types::ids::ActivityId;

    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_never_two() {
        let line = |device: &str| ActivityView {
            id: ActivityId::from_uuid(uuid::Uuid::nil()),
            at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            event: "session.sign_in".into(),
            outcome: "ok".into(),
            device: Some(device.into()),
            network: None,
        };
        let devices =
            ["Firefox on Linux", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a \"quoted\", word", "two\nlines"];
        let table = table(&devices.map(line)).unwrap();
        let mut reader = csv::Reader::from_reader(table.as_slice());
        let cells: Vec<String> =
            reader.records().map(|row| row.unwrap().get(3).unwrap().to_owned()).collect();
        assert_eq!(
            cells,
            [
                "Firefox on Linux",
                "'=1+1",
                "'+1",
                "'-1",
                "'@SUM(A1)",
                "'\t=1",
                "a \"quoted\", word",
                "two\nlines"
            ]
        );
        let text = String::from_utf8(table).unwrap();
        assert!(
            text.starts_with("time,event,outcome,device,network\r\n2023-11-14T22:13:20Z,session.sign_in,ok,")
        );
    }
}
