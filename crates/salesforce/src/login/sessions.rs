//! The one session everybody shares: at most one login at a time, whoever asks, and a pause after a failed one.
//! Nothing is kept outside memory.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::HeaderValue;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::error::LoginError;
use super::mint;
use crate::client::Clock;
use crate::error::{Error, NotSent};
use crate::settings::Settings;

/// Pause after a refusal that only an operator can put right.
const MISCONFIGURED_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// Longest pause after failures that pass by themselves.
const LONGEST_PAUSE: TimeDelta = TimeDelta::seconds(60);
/// A session that is refused at this age was never accepted.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// An access token, as the header it travels in, and the only place it may travel to.
pub(crate) struct Session {
    pub authorization: HeaderValue,
    pub instance: Url,
    pub minted_at: DateTime<Utc>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("minted_at", &self.minted_at).finish_non_exhaustive()
    }
}

type Minted = Result<Arc<Session>, LoginError>;

enum Phase {
    Empty,
    Minting(watch::Receiver<Option<Minted>>),
    Ready(Arc<Session>),
    Failed { error: LoginError, at: DateTime<Utc>, pause: TimeDelta },
}

/// What a caller finds.
enum Entry {
    Ready(Arc<Session>),
    Wait(watch::Receiver<Option<Minted>>),
    Paused(LoginError),
}

struct State {
    phase: Phase,
    failures: u32,
}

/// The shared session.
#[derive(Clone)]
pub(crate) struct Sessions {
    shared: Arc<Shared>,
}

struct Shared {
    http: reqwest::Client,
    settings: Arc<Settings>,
    clock: Clock,
    state: Mutex<State>,
}

impl Sessions {
    pub(crate) fn new(http: reqwest::Client, settings: Arc<Settings>, clock: Clock) -> Self {
        let state = Mutex::new(State { phase: Phase::Empty, failures: 0 });
        Self { shared: Arc::new(Shared { http, settings, clock, state }) }
    }

    /// The current session, or the one that is being made.
    pub(crate) async fn get(&self, deadline: Instant) -> Result<Arc<Session>, Error> {
        let mut minting = match self.enter() {
            Entry::Ready(session) => return Ok(session),
            Entry::Paused(error) => return Err(Error::Login(error)),
            Entry::Wait(receiver) => receiver,
        };
        match timeout_at(deadline, minting.wait_for(Option::is_some)).await {
            Err(_elapsed) => Err(Error::NotSent(NotSent::DeadlinePassed)),
            Ok(Err(_closed)) => Err(Error::Login(LoginError::Unavailable)),
            Ok(Ok(minted)) => match &*minted {
                Some(Ok(session)) => Ok(Arc::clone(session)),
                Some(Err(error)) => Err(Error::Login(error.clone())),
                None => Err(Error::Login(LoginError::Unavailable)),
            },
        }
    }

    /// Forgets the session, if it is still this one.
    pub(crate) fn invalidate(&self, used: &Arc<Session>) {
        let mut state = self.shared.lock();
        if state.holds(used) {
            state.phase = Phase::Empty;
        }
    }

    /// Salesforce refused the session again right after a login: the next logins would go the same way, so there
    /// is a pause as for a misconfigured login.
    pub(crate) fn refuse(&self, used: &Arc<Session>) {
        let now = (self.shared.clock)();
        let mut state = self.shared.lock();
        if !state.holds(used) {
            return;
        }
        state.phase = if now.signed_duration_since(used.minted_at) < FRESH {
            Phase::Failed { error: LoginError::SessionRefused, at: now, pause: MISCONFIGURED_PAUSE }
        } else {
            Phase::Empty
        };
    }

    /// Starts a login where there is neither a session nor a reason to wait. The login runs in a task of its own, so
    /// that a caller who leaves, or has little time left, spoils it for nobody.
    fn enter(&self) -> Entry {
        let now = (self.shared.clock)();
        let mut state = self.shared.lock();
        match &state.phase {
            Phase::Ready(session) => return Entry::Ready(Arc::clone(session)),
            Phase::Failed { error, at, pause } if is_pausing(now, *at, *pause) => {
                return Entry::Paused(error.clone());
            }
            // An error here means that the task is gone without a result.
            Phase::Minting(receiver) if receiver.has_changed().is_ok() => {
                return Entry::Wait(receiver.clone());
            }
            Phase::Minting(_) | Phase::Failed { .. } | Phase::Empty => {}
        }
        let (sender, receiver) = watch::channel(None);
        state.phase = Phase::Minting(receiver.clone());
        tokio::spawn(run_mint(Arc::clone(&self.shared), sender, now));
        Entry::Wait(receiver)
    }
}

/// A clock that was set back ends the pause: better one call too many than hours of silence.
fn is_pausing(now: DateTime<Utc>, since: DateTime<Utc>, pause: TimeDelta) -> bool {
    (TimeDelta::zero()..pause).contains(&now.signed_duration_since(since))
}

async fn run_mint(shared: Arc<Shared>, sender: watch::Sender<Option<Minted>>, now: DateTime<Utc>) {
    let minted = mint::mint(&shared.http, &shared.settings, now).await.map(Arc::new);
    let finished = (shared.clock)();
    shared.lock().settle(&minted, finished);
    // Nobody waiting any more is no fault.
    sender.send_replace(Some(minted));
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn holds(&self, used: &Arc<Session>) -> bool {
        matches!(&self.phase, Phase::Ready(current) if Arc::ptr_eq(current, used))
    }

    fn settle(&mut self, minted: &Minted, now: DateTime<Utc>) {
        match minted {
            Ok(session) => {
                self.failures = 0;
                self.phase = Phase::Ready(Arc::clone(session));
            }
            Err(error) => {
                let pause = match error {
                    LoginError::Misconfigured(_) | LoginError::UntrustedInstance => MISCONFIGURED_PAUSE,
                    _ => doubled(self.failures),
                };
                self.failures = self.failures.saturating_add(1);
                self.phase = Phase::Failed { error: error.clone(), at: now, pause };
            }
        }
    }
}

/// 1 s, 2 s, 4 s … 60 s.
fn doubled(failures: u32) -> TimeDelta {
    // 2^6 is past the longest pause already.
    TimeDelta::seconds(1 << failures.min(6)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let pauses: Vec<i64> = (0..8).map(|failures| doubled(failures).num_seconds()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(doubled(63), LONGEST_PAUSE);
        assert_eq!(doubled(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn a_clock_set_back_ends_the_pause() {
        let at = DateTime::from_timestamp(1_000, 0).unwrap();
        let seconds = TimeDelta::seconds;
        assert!(is_pausing(at, at, seconds(1)));
        assert!(is_pausing(at + seconds(29), at, seconds(30)));
        assert!(!is_pausing(at + seconds(30), at, seconds(30)));
        assert!(!is_pausing(at - seconds(1), at, seconds(30)));
    }
}
