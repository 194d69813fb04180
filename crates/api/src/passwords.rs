//! Passwords and mailed codes: argon2id over a keyed hash, on a queue that cannot grow.
//!
//! Hashing takes 19 MiB and tens of milliseconds, so it never runs on a thread that serves requests, a few run at once, and what does not
//! fit into the queue is refused. Whoever waits longest gives way to nobody: the queue is first come, first served.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::crypto::{KeyRing, Purpose};

/// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Why a password could not be hashed or checked. Says nothing of whether it is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many wait already.
    #[error("too many password checks wait")]
    QueueFull,
    /// The hasher failed, or its thread did.
    #[error("the password hasher failed")]
    Failed,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right.
    Right,
    /// The password is right and its hash is outdated: hash it anew.
    RightButOutdated,
    /// The password is wrong, or there is nothing to compare it with.
    Wrong,
}

/// Hashes and checks.
#[derive(Clone)]
pub struct Passwords {
    keys: KeyRing,
    running: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    queue: usize,
    /// Compared with when there is no account, so that this takes as long as when there is one.
    dummy: Arc<str>,
}

impl Passwords {
    /// A hasher that lets `queue` checks wait.
    pub fn new(keys: KeyRing, queue: usize) -> Result<Self, PasswordError> {
        let dummy = hash(&keys, "no account has this password")?.into();
        // One at a time for two cores: the other core serves requests.
        let at_once = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
        Ok(Self { keys, running: Arc::new(Semaphore::new(at_once)), waiting: Arc::default(), queue, dummy })
    }

    /// The hash to store: `key id:PHC string`.
    pub async fn hash(&self, secret: &SecretString) -> Result<String, PasswordError> {
        let (keys, secret) = (self.keys.clone(), secret.clone());
        self.run(move || hash(&keys, secret.expose_secret())).await?
    }

    /// Compares with a stored hash; without one, works as long and finds it wrong.
    pub async fn verify(
        &self,
        secret: &SecretString,
        stored: Option<String>,
    ) -> Result<Verdict, PasswordError> {
        let (keys, secret, dummy) = (self.keys.clone(), secret.clone(), Arc::clone(&self.dummy));
        self.run(move || {
            if let Some(stored) = stored {
                return verify(&keys, secret.expose_secret(), &stored);
            }
            verify(&keys, secret.expose_secret(), &dummy);
            Verdict::Wrong
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let place = Place::take(&self.waiting, self.queue)?;
        let permit = Arc::clone(&self.running).acquire_owned().await.map_err(|_| PasswordError::Failed)?;
        drop(place);
        // The permit goes along: a caller that leaves does not let another one start beside the work that still runs.
        let work = move || {
            let result = work();
            drop(permit);
            result
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Failed)
    }
}

/// A place in the queue, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, queue: usize) -> Result<Self, PasswordError> {
        if waiting.fetch_add(1, Ordering::SeqCst) >= queue {
            waiting.fetch_sub(1, Ordering::SeqCst);
            metrics::counter!("portal_password_refusals_total").increment(1);
            return Err(PasswordError::QueueFull);
        }
        Ok(Self(Arc::clone(waiting)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(keys: &KeyRing, secret: &str) -> Result<String, PasswordError> {
    let peppered = keys.keyed_hash(Purpose::PasswordPepper, secret.as_bytes());
    let phc: PasswordHash = argon2()?.hash_password(&peppered).map_err(|_| PasswordError::Failed)?;
    Ok(format!("{}:{phc}", keys.active_id().as_str()))
}

fn verify(keys: &KeyRing, secret: &str, stored: &str) -> Verdict {
    let Some((key_id, phc)) = stored.split_once(':') else { return Verdict::Wrong };
    let (Ok(parsed), Ok(argon2)) = (PasswordHash::new(phc), argon2()) else { return Verdict::Wrong };
    let peppered = keys.keyed_hashes(Purpose::PasswordPepper, secret.as_bytes());
    let Some((_, peppered)) = peppered.into_iter().find(|(id, _)| id.as_str() == key_id) else {
        return Verdict::Wrong;
    };
    if argon2.verify_password(&peppered, &parsed).is_err() {
        return Verdict::Wrong;
    }
    let wanted = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
    let current = key_id == keys.active_id().as_str() && phc.starts_with(&wanted);
    if current { Verdict::Right } else { Verdict::RightButOutdated }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const TWO: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn passwords(keys: &str, queue: usize) -> Passwords {
        Passwords::new(KeyRing::parse(keys).unwrap(), queue).unwrap()
    }

    #[tokio::test]
    async fn right_wrong_and_nobody() {
        let passwords = passwords(ONE, 4);
        let secret: SecretString = " with spaces 🦀 ".into();
        let stored = passwords.hash(&secret).await.unwrap();
        assert!(stored.starts_with("k1:$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(passwords.verify(&secret, Some(stored.clone())).await, Ok(Verdict::Right));
        assert_eq!(passwords.verify(&"with spaces 🦀".into(), Some(stored)).await, Ok(Verdict::Wrong));
        assert_eq!(passwords.verify(&secret, None).await, Ok(Verdict::Wrong));
        assert_eq!(passwords.verify(&secret, Some("rubbish".into())).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_hash_under_an_older_key_is_right_but_outdated() {
        let secret: SecretString = "twelve letters".into();
        let stored = passwords(ONE, 4).hash(&secret).await.unwrap();
        let rotated = passwords(&format!("{TWO},{ONE}"), 4);
        assert_eq!(rotated.verify(&secret, Some(stored.clone())).await, Ok(Verdict::RightButOutdated));
        assert_eq!(passwords(TWO, 4).verify(&secret, Some(stored)).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let passwords = passwords(ONE, 2);
        let secret: SecretString = "twelve letters".into();
        let held = passwords
            .running
            .clone()
            .acquire_many_owned(u32::try_from(passwords.running.available_permits()).unwrap())
            .await
            .unwrap();
        let waiting = futures::future::join_all((0..5).map(|_| {
            let (passwords, secret) = (passwords.clone(), secret.clone());
            tokio::spawn(async move { passwords.verify(&secret, None).await })
        }));
        tokio::pin!(waiting);
        // Three of five find the queue full while the first two wait; these get their turn when the hasher is free again.
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("nobody can be through while the hasher is held"),
            () = async { while passwords.waiting.load(Ordering::SeqCst) < 2 { tokio::task::yield_now().await } } => {}
        }
        drop(held);
        let verdicts: Vec<_> = waiting.await.into_iter().map(Result::unwrap).collect();
        assert_eq!(verdicts.iter().filter(|verdict| **verdict == Ok(Verdict::Wrong)).count(), 2);
        assert_eq!(verdicts.iter().filter(|verdict| **verdict == Err(PasswordError::QueueFull)).count(), 3);
    }
}
