//! Work that must happen although nobody waits for it: rows of the `jobs` table, added in the transaction that needs them.
//!
//! Each kind has a file, is safe to run twice, and ends with a verdict: done, once more, or given up.

mod connect_account;
mod expire_rows;
mod letters;
mod mail_code;
mod mail_link_code;
mod mail_notice;
mod provision_customer;
mod refresh_accounts;
mod sync_profile;
mod worker;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared_types::ids::{ChallengeId, UserId};
use tokio::sync::Notify;
pub use worker::Worker;

use crate::{
    clock::Clock,
    domain::{link::LinkFlowId, notice::Notice},
    store::{JobQueue, NewJob, StoreError},
};

/// Work, with the ids that it needs and nothing personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Mails the code of a challenge. Under its former name it was the sign-up's alone.
    #[serde(alias = "mail_signup_code")]
    MailCode {
        /// The challenge.
        challenge: ChallengeId,
    },
    /// Tells somebody what happened to their account.
    MailNotice {
        /// Whose account.
        user: UserId,
        /// What happened.
        notice: Notice,
    },
    /// Makes the customer in WHMCS and Salesforce.
    ProvisionCustomer {
        /// Whose.
        user: UserId,
    },
    /// Mails the code that proves the address of a WHMCS login.
    MailLinkCode {
        /// The linking.
        flow: LinkFlowId,
    },
    /// Reads from WHMCS which accounts a user may act for.
    RefreshAccounts {
        /// Whose.
        user: UserId,
    },
    /// Makes support's records of an account that a user acts for beside their own.
    ConnectAccount {
        /// Who acts.
        user: UserId,
        /// The WHMCS client.
        client: i64,
    },
    /// Goes on with changes of name and billing details.
    SyncProfile {
        /// Whose.
        user: UserId,
    },
}

impl Job {
    /// Every kind that this program can work on.
    pub const KINDS: &'static [&'static str] = &[
        "connect_account",
        "mail_code",
        "mail_link_code",
        "mail_notice",
        "mail_signup_code",
        "provision_customer",
        "refresh_accounts",
        "sync_profile",
    ];

    const fn kind(self) -> &'static str {
        match self {
            Self::MailCode { .. } => "mail_code",
            Self::MailNotice { .. } => "mail_notice",
            Self::ProvisionCustomer { .. } => "provision_customer",
            Self::MailLinkCode { .. } => "mail_link_code",
            Self::RefreshAccounts { .. } => "refresh_accounts",
            Self::ConnectAccount { .. } => "connect_account",
            Self::SyncProfile { .. } => "sync_profile",
        }
    }

    /// A second job of the same key is not added while the first waits or runs.
    fn dedupe_key(self) -> Option<String> {
        match self {
            Self::MailCode { challenge } => Some(format!("mail_code:{challenge}")),
            // Each thing that happened is told.
            Self::MailNotice { .. } => None,
            Self::ProvisionCustomer { user } => Some(format!("provision_customer:{user}")),
            Self::MailLinkCode { flow } => Some(format!("mail_link_code:{flow}")),
            Self::RefreshAccounts { user } => Some(format!("refresh_accounts:{user}")),
            Self::ConnectAccount { user, client } => Some(format!("connect_account:{user}:{client}")),
            // One that runs may have looked before this change was there.
            Self::SyncProfile { .. } => None,
        }
    }

    /// A code is worth mailing for minutes, a warning for a day; a customer is worth days of trying.
    const fn max_attempts(self) -> i32 {
        match self {
            Self::MailCode { .. } | Self::MailLinkCode { .. } | Self::RefreshAccounts { .. } => 8,
            Self::MailNotice { .. } => 150,
            Self::ProvisionCustomer { .. } | Self::ConnectAccount { .. } | Self::SyncProfile { .. } => 200,
        }
    }
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The work is done.
    Done,
    /// Once more, after the usual wait or at a certain time. The word is for the log and the row.
    Retry(&'static str, Option<DateTime<Utc>>),
    /// Given up. The word is for the log and the row.
    Fail(&'static str),
}

/// Adds jobs and wakes the worker of this process.
#[derive(Clone, Debug)]
pub struct JobBoard {
    clock: Clock,
    bell: Arc<Notify>,
}

impl JobBoard {
    /// A board without jobs.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, bell: Arc::default() }
    }

    /// Adds a job; it exists once the transaction is committed. Then call [`JobBoard::wake`].
    pub async fn enqueue(&self, queue: &JobQueue<'_>, job: Job) -> Result<(), StoreError> {
        let payload = serde_json::to_value(job).unwrap_or_default();
        queue
            .enqueue(&NewJob {
                kind: job.kind().to_owned(),
                payload,
                dedupe_key: job.dedupe_key(),
                run_at: self.clock.now(),
                max_attempts: job.max_attempts(),
            })
            .await?;
        Ok(())
    }

    /// There may be something to do.
    pub fn wake(&self) {
        self.bell.notify_one();
    }

    async fn bell(&self, at_most: Duration) {
        // Either way the worker looks: a job of another process rings no bell here.
        if tokio::time::timeout(at_most, self.bell.notified()).await.is_err() {
            tracing::trace!("no bell");
        }
    }
}

/// How long to wait after the n-th failure: 1 s doubling to 10 min, give or take a quarter.
fn backoff(attempt: i32, random: u64) -> Duration {
    let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(10);
    let whole = Duration::from_secs(1 << doublings).min(Duration::from_mins(10));
    let quarter = u64::try_from(whole.as_millis() / 4).unwrap_or(0);
    whole.saturating_sub(Duration::from_millis(quarter)) + Duration::from_millis(random % (2 * quarter + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_at_ten_minutes() {
        for (attempt, seconds) in [(1, 1), (2, 2), (5, 16), (11, 600), (200, 600)] {
            for random in [0, 7, u64::MAX] {
                let wait = backoff(attempt, random).as_secs_f64();
                let whole = f64::from(seconds);
                assert!(wait >= whole * 0.75 && wait <= whole * 1.25, "{attempt}: {wait}");
            }
        }
    }

    #[test]
    fn every_kind_is_known_and_read_back() {
        let id = uuid::Uuid::from_u128(1);
        for job in [
            Job::MailCode { challenge: ChallengeId::from_uuid(id) },
            Job::MailNotice { user: UserId::from_uuid(id), notice: Notice::PasskeyAdded },
            Job::ProvisionCustomer { user: UserId::from_uuid(id) },
            Job::MailLinkCode { flow: LinkFlowId(id) },
            Job::MailNotice { user: UserId::from_uuid(id), notice: Notice::LoginLinked },
            Job::RefreshAccounts { user: UserId::from_uuid(id) },
            Job::ConnectAccount { user: UserId::from_uuid(id), client: 44 },
            Job::SyncProfile { user: UserId::from_uuid(id) },
        ] {
            assert!(Job::KINDS.contains(&job.kind()));
            let payload = serde_json::to_value(job).unwrap();
            assert_eq!(payload["kind"], job.kind());
            assert_eq!(serde_json::from_value::<Job>(payload).unwrap(), job);
        }
    }

    #[test]
    fn jobs_of_the_version_before_are_still_read() {
        let challenge = ChallengeId::from_uuid(uuid::Uuid::from_u128(1));
        let payload = serde_json::json!({ "kind": "mail_signup_code", "challenge": challenge });
        assert!(Job::KINDS.contains(&"mail_signup_code"));
        assert_eq!(serde_json::from_value::<Job>(payload).unwrap(), Job::MailCode { challenge });
    }
}
