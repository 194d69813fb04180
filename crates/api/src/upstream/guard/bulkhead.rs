//! So many calls at once, and so many for one user, so that nobody takes all the places.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use shared_types::ids::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

type PerUser = Arc<Mutex<HashMap<UserId, Arc<Semaphore>>>>;

/// The places of one upstream. Waiting is fair: first come, first served.
pub(super) struct Bulkhead {
    all: Arc<Semaphore>,
    per_user: PerUser,
    limit_per_user: usize,
}

/// A place taken; given back on drop.
pub(super) struct Permit {
    _all: OwnedSemaphorePermit,
    _user: Option<UserPlace>,
}

impl Bulkhead {
    pub(super) fn new(limit: usize, limit_per_user: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(limit)), per_user: PerUser::default(), limit_per_user }
    }

    /// Waits for a place. `None` only when the bulkhead is being torn down. Dropping the future gives up the wait.
    pub(super) async fn enter(&self, user: Option<UserId>) -> Option<Permit> {
        // The user's own place comes first: who waits for it must not hold one of the shared places.
        let user = match user {
            Some(user) => Some(self.user_place(user).await?),
            None => None,
        };
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Permit { _all: all, _user: user })
    }

    async fn user_place(&self, user: UserId) -> Option<UserPlace> {
        let semaphore = {
            let mut users = self.per_user.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Arc::new(Semaphore::new(self.limit_per_user));
            Arc::clone(users.entry(user).or_insert_with(fresh))
        };
        let mut place = UserPlace { users: Arc::clone(&self.per_user), user, semaphore, permit: None };
        place.permit = Some(Arc::clone(&place.semaphore).acquire_owned().await.ok()?);
        Some(place)
    }

    #[cfg(test)]
    fn known_users(&self) -> usize {
        self.per_user.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// A user's interest in a place, from the beginning of the wait.
struct UserPlace {
    users: PerUser,
    user: UserId,
    semaphore: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for UserPlace {
    fn drop(&mut self) {
        self.permit = None;
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        // References are only made under this lock: the map's and this one mean that nobody else is interested.
        if Arc::strong_count(&self.semaphore) == 2 {
            users.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use uuid::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_user_who_waits_for_an_own_place_holds_no_shared_one() {
        let bulkhead = Bulkhead::new(3, 2);
        let held: Vec<_> =
            (0..2).map(|_| bulkhead.enter(Some(user(1))).now_or_never().unwrap().unwrap()).collect();
        let mut third = Box::pin(bulkhead.enter(Some(user(1))));
        assert!((&mut third).now_or_never().is_none());
        let other = bulkhead.enter(Some(user(2))).now_or_never().unwrap().unwrap();
        assert!(bulkhead.enter(None).now_or_never().is_none(), "three places are taken");
        drop(held);
        assert!(third.now_or_never().is_some());
        drop(other);
    }

    #[test]
    fn users_are_forgotten_when_their_calls_and_waits_are_over() {
        let bulkhead = Bulkhead::new(2, 1);
        let held = bulkhead.enter(Some(user(1))).now_or_never().unwrap().unwrap();
        let mut waiting = Box::pin(bulkhead.enter(Some(user(1))));
        assert!((&mut waiting).now_or_never().is_none());
        drop(held);
        assert_eq!(bulkhead.known_users(), 1, "somebody still waits");
        drop(waiting);
        assert_eq!(bulkhead.known_users(), 0);
    }
}
