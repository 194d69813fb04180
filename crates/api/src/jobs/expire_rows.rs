//! Deletes rows that have served their time.

use crate::{app::App, store::Retention};

/// Sweeps once. A failure waits for the next sweep.
pub(super) async fn run(app: &App) {
    let swept = async {
        let tx = app.db.as_system().await?;
        let expired = tx.expire_rows(&Retention::default()).await?;
        tx.commit().await?;
        Ok::<_, crate::store::StoreError>(expired)
    };
    match swept.await {
        Ok(expired) => tracing::debug!(?expired, "expired rows deleted"),
        Err(error) => tracing::warn!(%error, "expired rows could not be deleted"),
    }
}
