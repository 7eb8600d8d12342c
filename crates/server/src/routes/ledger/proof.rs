//! A record of the ledger as a proof file that somebody takes along.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use yizhi_store::RecordRow;

use crate::app::App;
use crate::error::Problem;
use crate::ledger::{faulty, provable, receipt};

/// The proof that a record is in the ledger, with its fields but those that are withheld, as a file. Its name ends in the place of the
/// entry as people read it, counted from 1.
///
/// # Errors
/// 503 while the record is not published yet, too few witnesses have signed, or the log is not to be relied on.
pub(crate) async fn file(app: &App, record: &RecordRow, withheld: &[&str], of: &str) -> Result<Response, Problem> {
    let seq = u64::try_from(record.seq).map_err(|_| Problem::not_found())?;
    let checkpoint = provable(app).await?;
    let checkpoint = checkpoint.filter(|c| seq < c.head().size).ok_or_else(not_yet)?;
    let receipt =
        receipt(app.ledger().files(), record, withheld, checkpoint).await.map_err(|fault| unproven(record, &fault))?;
    // What is given must hold for whoever checks it: the record may not be what the log has.
    receipt.verify(app.ledger().keys()).map_err(|fault| unproven(record, &fault))?;
    let place = seq + 1;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{of}-{place}.tlog-proof\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, receipt.to_string()).into_response())
}

fn unproven(record: &RecordRow, fault: &dyn std::fmt::Display) -> Problem {
    tracing::error!(record = record.seq, %fault, "no receipt can be given");
    faulty()
}

fn not_yet() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not_in_ledger_yet",
        "这一步还没有写进账本，通常只要一秒。请稍后再试。",
        "This step is not in the ledger yet; it takes about a second. Try again shortly.",
    )
    .with_retry_after(1)
}
