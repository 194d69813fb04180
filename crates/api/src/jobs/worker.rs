//! Takes jobs one by one, keeps their lease alive while it works, and writes down what became of them.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{
    Job, Verdict, backoff, connect_account, expire_rows, mail_code, mail_link_code, mail_notice,
    provision_customer, refresh_accounts, sync_profile,
};
use crate::{
    app::App,
    store::{ClaimedJob, StoreError},
};

/// How often to look for jobs of other processes, and for those whose time has come.
const LOOK: Duration = Duration::from_millis(500);
/// Time between two sweeps of expired rows.
const SWEEP: Duration = Duration::from_mins(10);

/// A worker. Any number may run, in any number of processes.
pub struct Worker {
    app: Arc<App>,
    name: String,
}

impl Worker {
    /// A worker with a name of its own.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        let name = format!("{}:{}", app.instance, app.random.uuid(app.clock.now()));
        Self { app, name }
    }

    /// Works until told to stop, and ends the job in hand first.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut next_sweep = tokio::time::Instant::now();
        while !*stop.borrow() {
            if tokio::time::Instant::now() >= next_sweep {
                expire_rows::run(&self.app).await;
                next_sweep = tokio::time::Instant::now() + SWEEP;
            }
            match self.work_one().await {
                Ok(true) => {}
                Ok(false) => tokio::select! {
                    () = self.app.jobs.bell(LOOK) => {}
                    changed = stop.changed() => if changed.is_err() { return },
                },
                Err(error) => {
                    tracing::warn!(%error, "the worker cannot reach its jobs");
                    tokio::select! {
                        () = tokio::time::sleep(LOOK * 4) => {}
                        changed = stop.changed() => if changed.is_err() { return },
                    }
                }
            }
        }
    }

    /// Works on the job that has been due longest. `false` if none is due.
    pub async fn work_one(&self) -> Result<bool, StoreError> {
        let tx = self.app.db.as_system().await?;
        let claimed = tx.job_work().claim_next(&self.name, Job::KINDS, self.app.settings.job_lease).await?;
        tx.commit().await?;
        let Some(claimed) = claimed else { return Ok(false) };
        let job = serde_json::from_value(claimed.payload.clone()).ok();
        let verdict = match job {
            Some(job) => tokio::select! {
                verdict = self.attempt(job, &claimed) => verdict,
                lost = self.keep_lease(&claimed) => return lost.map(|()| true),
            },
            None => Verdict::Fail("unreadable"),
        };
        self.conclude(&claimed, &verdict).await?;
        if let (Some(Job::ProvisionCustomer { user }), Verdict::Retry(..)) = (job, &verdict)
            && claimed.is_last_attempt()
        {
            provision_customer::give_up(&self.app, user).await?;
        }
        Ok(true)
    }

    async fn attempt(&self, job: Job, claimed: &ClaimedJob) -> Verdict {
        let result = match job {
            Job::MailCode { challenge } => mail_code::run(&self.app, challenge).await,
            Job::MailNotice { user, notice } => mail_notice::run(&self.app, user, notice).await,
            Job::ProvisionCustomer { user } => provision_customer::run(&self.app, user).await,
            Job::MailLinkCode { flow } => mail_link_code::run(&self.app, flow).await,
            Job::RefreshAccounts { user } => refresh_accounts::run(&self.app, user).await,
            Job::ConnectAccount { user, client } => connect_account::run(&self.app, user, client).await,
            Job::SyncProfile { user } => sync_profile::run(&self.app, user).await,
        };
        result.unwrap_or_else(|error| {
            tracing::warn!(kind = claimed.kind, job = %claimed.id, %error, "a job met a fault of the store");
            Verdict::Retry("store", None)
        })
    }

    /// Prolongs the lease until dropped; comes back only when the lease is lost, and then the work must stop.
    async fn keep_lease(&self, claimed: &ClaimedJob) -> Result<(), StoreError> {
        let lease = self.app.settings.job_lease;
        loop {
            tokio::time::sleep(lease / 3).await;
            let tx = self.app.db.as_system().await?;
            match tx.job_work().heartbeat(claimed, lease).await {
                Ok(()) => tx.commit().await?,
                Err(StoreError::LeaseLost) => {
                    tracing::warn!(kind = claimed.kind, job = %claimed.id, "lease lost, work stopped");
                    return Ok(());
                }
                Err(error) => tracing::warn!(%error, "a heartbeat failed"),
            }
        }
    }

    async fn conclude(&self, claimed: &ClaimedJob, verdict: &Verdict) -> Result<(), StoreError> {
        let tx = self.app.db.as_system().await?;
        let work = tx.job_work();
        let written = match verdict {
            Verdict::Done => work.finish(claimed).await,
            Verdict::Retry(code, _) if claimed.is_last_attempt() => work.kill(claimed, code).await,
            Verdict::Retry(code, at) => {
                let wait = backoff(claimed.attempts, self.app.random.number());
                let at = at.unwrap_or_else(|| crate::clock::later(self.app.clock.now(), wait));
                work.retry_at(claimed, at, code).await
            }
            Verdict::Fail(code) => work.kill(claimed, code).await,
        };
        match written {
            Ok(()) => tx.commit().await?,
            Err(StoreError::LeaseLost) => {}
            Err(error) => return Err(error),
        }
        let (kind, attempt) = (claimed.kind.as_str(), claimed.attempts);
        match verdict {
            Verdict::Done => tracing::info!(kind, job = %claimed.id, attempt, "job done"),
            Verdict::Retry(code, _) => {
                tracing::warn!(kind, job = %claimed.id, attempt, code, "job to be tried again");
            }
            Verdict::Fail(code) => tracing::error!(kind, job = %claimed.id, attempt, code, "job given up"),
        }
        let outcome = match verdict {
            Verdict::Done => "done",
            Verdict::Retry(..) => "retry",
            Verdict::Fail(_) => "failed",
        };
        metrics::counter!("portal_jobs_total", "kind" => claimed.kind.clone(), "outcome" => outcome)
            .increment(1);
        Ok(())
    }
}
