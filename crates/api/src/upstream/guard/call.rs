//! One guarded call, from the queue to its verdict.

use std::time::Duration;

use shared_types::ids::UserId;
use tokio::time::{Instant, sleep, timeout_at};

use super::breaker::Ticket;
use super::bulkhead::Permit;
use super::{CallError, Class, Guard, GuardError, Inner, Verdict};

/// Told to callers who found no place in time.
const FULL_RETRY_AFTER: Duration = Duration::from_secs(1);

impl Guard {
    /// Makes a read, and repeats it where that is likely to help: the error is of the passing kind, the retry budget
    /// allows it, and enough time is left for an attempt as long as the last one. `user` is whose places are taken;
    /// `None` for work that is nobody's. Waiting for a place counts against `deadline`.
    pub async fn read<T, E, F, Fut>(
        &self,
        user: impl Into<Option<UserId>> + Send,
        deadline: Instant,
        mut operation: F,
    ) -> Result<T, GuardError<E>>
    where
        E: CallError,
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
    {
        let user = user.into();
        self.0.budget.note_call();
        let mut repeats = 0;
        loop {
            let began = Instant::now();
            let error = match self.0.attempt(&self.0.reads, user, deadline, operation()).await {
                Err(GuardError::Inner(error)) => error,
                other => return other,
            };
            if repeats >= self.0.settings.retries || !error.is_retryable() {
                return Err(GuardError::Inner(error));
            }
            let Some(wait) = self.0.wait_before_repeat(&error, began.elapsed(), deadline) else {
                return Err(GuardError::Inner(error));
            };
            self.0.reads.meters.retries.increment(1);
            repeats += 1;
            sleep(wait).await;
            if self.0.reads.breaker.check(Instant::now()).is_err() {
                // The upstream's own error says more than that it is no longer called.
                return Err(GuardError::Inner(error));
            }
        }
    }

    /// Makes a write, once. After [`GuardError::Rejected`] it was not sent; after [`GuardError::Deadline`] nobody knows.
    pub async fn write<T, E, Fut>(
        &self,
        user: impl Into<Option<UserId>> + Send,
        deadline: Instant,
        operation: Fut,
    ) -> Result<T, GuardError<E>>
    where
        E: CallError,
        Fut: Future<Output = Result<T, E>> + Send,
    {
        self.0.attempt(&self.0.writes, user.into(), deadline, operation).await
    }
}

impl Inner {
    async fn attempt<T, E: CallError>(
        &self,
        class: &Class,
        user: Option<UserId>,
        deadline: Instant,
        operation: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, GuardError<E>> {
        let (permit, ticket) = self.enter(class, user, deadline).await?;
        let began = Instant::now();
        let in_flight = InFlight::new(class);
        let answer = timeout_at(deadline, operation).await;
        drop((in_flight, permit));
        let took = began.elapsed();
        class.meters.call_seconds.record(took.as_secs_f64());
        let verdict = match &answer {
            Ok(Ok(_)) => Verdict::Ok,
            Ok(Err(error)) => error.verdict(),
            // A caller with little time left learns little about the upstream.
            Err(_) if took < self.settings.attempt_needs => Verdict::Neutral,
            Err(_) => Verdict::Failure,
        };
        ticket.settle(verdict, Instant::now());
        class.note(verdict, answer.is_err());
        match answer {
            Ok(answer) => answer.map_err(GuardError::Inner),
            Err(_) => Err(GuardError::Deadline),
        }
    }

    /// Waits for a place and for the breaker's consent.
    async fn enter<E>(
        &self,
        class: &Class,
        user: Option<UserId>,
        deadline: Instant,
    ) -> Result<(Permit, Ticket), GuardError<E>> {
        class.breaker.check(Instant::now()).map_err(|retry_after| class.rejected_open(retry_after))?;
        let began = Instant::now();
        let permit = timeout_at(deadline, self.bulkhead.enter(user)).await;
        class.meters.queue_seconds.record(began.elapsed().as_secs_f64());
        // A place that comes free together with the deadline is of no use.
        let permit = permit.ok().flatten().filter(|_| Instant::now() < deadline);
        let Some(permit) = permit else {
            class.meters.rejected_full.increment(1);
            return Err(GuardError::Rejected { retry_after: FULL_RETRY_AFTER });
        };
        // The breaker may have opened during the wait, and the probe's place is taken only by who can go at once.
        let ticket = class.breaker.admit(Instant::now()).map_err(|after| class.rejected_open(after))?;
        Ok((permit, ticket))
    }

    /// How long to wait before the read is repeated; `None`: it is not.
    fn wait_before_repeat(
        &self,
        error: &impl CallError,
        took: Duration,
        deadline: Instant,
    ) -> Option<Duration> {
        let wait = self.jitter().max(error.retry_after().unwrap_or_default());
        let needs = wait.checked_add(took.max(self.settings.attempt_needs))?;
        let left = deadline.saturating_duration_since(Instant::now());
        (needs <= left && self.budget.take(Instant::now())).then_some(wait)
    }

    /// Full jitter: any wait between the least and the most, each equally likely.
    fn jitter(&self) -> Duration {
        let span = self.settings.backoff_most.saturating_sub(self.settings.backoff_least);
        let span = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        self.settings.backoff_least + Duration::from_micros(self.random.number() % span.saturating_add(1))
    }
}

impl Class {
    fn rejected_open<E>(&self, retry_after: Duration) -> GuardError<E> {
        self.meters.rejected_open.increment(1);
        GuardError::Rejected { retry_after }
    }

    fn note(&self, verdict: Verdict, timed_out: bool) {
        let outcome = match verdict {
            _ if timed_out => &self.meters.timeouts,
            Verdict::Ok => &self.meters.ok,
            Verdict::Failure => &self.meters.failures,
            Verdict::Neutral => &self.meters.neutral,
        };
        outcome.increment(1);
        self.meters.is_open.set(if self.breaker.is_closed() { 0.0 } else { 1.0 });
    }
}

/// Counts a call as in flight until it is dropped, so that a caller who leaves is not counted for ever.
struct InFlight<'a>(&'a Class);

impl<'a> InFlight<'a> {
    fn new(class: &'a Class) -> Self {
        class.meters.in_flight.increment(1.0);
        Self(class)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.meters.in_flight.decrement(1.0);
    }
}
