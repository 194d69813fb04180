//! Who is signed in, and the way back in when the portal no longer thinks so.
//!
//! Nothing of it is stored: the cookie is the browser's business and cannot be read here.

use std::{future::Future, time::Duration};

use futures::channel::oneshot;
use leptos::task::spawn_local;
use shared_types::{
    account::{CurrentAccountView, Permission},
    auth::{LoginRequest, SecondFactor, SessionUser, SessionView},
    problem::ProblemCode,
};

use crate::{
    api::{self, ApiError},
    prelude::*,
};

/// What the app knows about the session.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionState {
    /// The portal has not answered yet.
    Loading,
    /// The portal did not answer.
    Unknown(ApiError),
    /// Nobody is signed in.
    Anonymous(Farewell),
    /// The password was right, and a second proof is due.
    SecondFactor(Vec<SecondFactor>),
    /// Somebody is.
    SignedIn(Person),
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Who.
    pub user: SessionUser,
    /// The account that is acted for, once there is one.
    pub account: Option<CurrentAccountView>,
    /// There are other accounts.
    pub can_switch: bool,
    /// What a fresh proof is given with; the password if there is nothing.
    pub second_factors: Vec<SecondFactor>,
}

impl Person {
    /// Whether the account lets the person do this. Before there is an account nothing is hidden.
    pub fn may(&self, permission: Permission) -> bool {
        self.account.as_ref().is_none_or(|account| account.permissions.contains(&permission))
    }
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// Nobody was.
    None,
    /// The customer signed out.
    SignedOut,
    /// The session ended, and the customer did not want to go on.
    Ended,
    /// The password was replaced, which ends every session.
    PasswordReset,
}

/// Why the password is asked for in the middle of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// The session has ended.
    Ended,
    /// What is to be done needs a recent proof.
    StepUp,
}

/// The session, as a context of the app.
#[derive(Clone, Copy)]
pub struct Session {
    state: RwSignal<SessionState>,
    prompt: RwSignal<Option<Prompt>>,
    waiting: StoredValue<Vec<oneshot::Sender<bool>>, LocalStorage>,
}

/// A dead portal is asked again after this time, since nothing works before it answers.
const RETRY: Duration = Duration::from_secs(10);

impl Session {
    /// A session of which nothing is known yet.
    pub fn new() -> Self {
        Self {
            state: RwSignal::new(SessionState::Loading),
            prompt: RwSignal::new(None),
            waiting: StoredValue::new_local(Vec::new()),
        }
    }

    /// What is known, for those who follow it.
    pub fn state(self) -> SessionState {
        self.state.get()
    }

    /// The person who is signed in.
    pub fn person(self) -> Option<Person> {
        match self.state.get() {
            SessionState::SignedIn(person) => Some(person),
            SessionState::Loading
            | SessionState::Unknown(_)
            | SessionState::Anonymous(_)
            | SessionState::SecondFactor(_) => None,
        }
    }

    /// The signed-in person's login.
    pub fn user(self) -> Option<SessionUser> {
        self.person().map(|person| person.user)
    }

    /// Whether the account lets the person do this.
    pub fn may(self, permission: Permission) -> bool {
        self.person().is_none_or(|person| person.may(permission))
    }

    /// What a fresh proof can be given with; the password if there is nothing.
    pub fn second_factors(self) -> Vec<SecondFactor> {
        self.person().map(|person| person.second_factors).unwrap_or_default()
    }

    /// The question that is open, if one is.
    pub fn prompt(self) -> Option<Prompt> {
        self.prompt.get()
    }

    /// Asks the portal who is signed in.
    pub fn load(self) {
        spawn_local(async move {
            match api::auth::session().await {
                Ok(view) => self.accept(view),
                Err(error) => {
                    self.state.set(SessionState::Unknown(error));
                    set_timeout(move || self.load_if_unknown(), RETRY);
                }
            }
        });
    }

    /// Makes sure that it is still the same person and account: in another tab somebody else may have signed in or the account may have
    /// been switched, and nobody may see what was read for another. Whether the session has ended, the next call finds out.
    pub fn check_person(self) {
        let SessionState::SignedIn(known) = self.state.get_untracked() else { return };
        let account = known.account.map(|account| account.client_id);
        spawn_local(async move {
            if let Ok(SessionView::SignedIn { user, account: now, .. }) = api::auth::session().await
                && (user.id != known.user.id || account.is_some() && now.map(|now| now.client_id) != account)
            {
                // Fails only on a page that is being left already.
                let _ = window().location().reload();
            }
        });
    }

    fn load_if_unknown(self) {
        if matches!(self.state.get_untracked(), SessionState::Unknown(_)) {
            self.load();
        }
    }

    /// Takes over what the portal said.
    pub fn accept(self, view: SessionView) {
        self.state.set(match view {
            SessionView::Anonymous => SessionState::Anonymous(Farewell::None),
            SessionView::MfaPending { methods, .. } => SessionState::SecondFactor(methods),
            SessionView::SignedIn { user, account, can_switch, second_factors, .. } => {
                SessionState::SignedIn(Person { user, account, can_switch, second_factors })
            }
        });
    }

    /// Forgets who was signed in.
    pub fn forget(self, why: Farewell) {
        self.state.set(SessionState::Anonymous(why));
    }

    /// Makes a call, and makes it again after the customer has given the password if that is what it lacks.
    pub async fn guarded<T, Call, Answer>(self, call: Call) -> Result<T, ApiError>
    where
        Call: Fn() -> Answer,
        Answer: Future<Output = Result<T, ApiError>>,
    {
        match call().await {
            Err(error) if self.can_regain(&error) => {
                if self.regain(&error).await {
                    call().await
                } else {
                    Err(error)
                }
            }
            answer => answer,
        }
    }

    /// Whether the call failed for want of a password that the customer can give.
    pub fn can_regain(self, error: &ApiError) -> bool {
        self.prompt_for(error).is_some()
    }

    /// Asks for the password, and says whether it was given.
    pub async fn regain(self, error: &ApiError) -> bool {
        match self.prompt_for(error) {
            Some(prompt) => self.ask(prompt).await,
            None => false,
        }
    }

    fn prompt_for(self, error: &ApiError) -> Option<Prompt> {
        let signed_in = matches!(self.state.get_untracked(), SessionState::SignedIn(_));
        match error.code() {
            Some(ProblemCode::AuthRequired) if signed_in => Some(Prompt::Ended),
            Some(ProblemCode::StepUpRequired) if signed_in => Some(Prompt::StepUp),
            _ => None,
        }
    }

    /// Opens the question and waits for the customer. Calls that come meanwhile wait for the same answer.
    async fn ask(self, prompt: Prompt) -> bool {
        let (answer, wait) = oneshot::channel();
        self.waiting.update_value(|waiting| waiting.push(answer));
        // An ended session is the graver of the two; signing in answers both.
        if self.prompt.get_untracked() != Some(Prompt::Ended) {
            self.prompt.set(Some(prompt));
        }
        wait.await.unwrap_or(false)
    }

    /// Signs the same person in again. If a second proof is due, says with what it can be given; the question stays open until then.
    pub async fn sign_in_again(self, password: String) -> Result<Vec<SecondFactor>, ApiError> {
        let SessionState::SignedIn(person) = self.state.get_untracked() else { return Ok(Vec::new()) };
        let view = api::auth::login(&LoginRequest { email: person.user.email, password }).await?;
        if let SessionView::MfaPending { methods, .. } = view {
            return Ok(methods);
        }
        self.proved(view);
        Ok(Vec::new())
    }

    /// The question was answered: the calls that waited for it go on.
    pub fn proved(self, view: SessionView) {
        self.accept(view);
        self.answer(true);
    }

    /// The customer does not want to. Without a session there is nothing to go back to.
    pub fn decline(self) {
        let ended = self.prompt.get_untracked() == Some(Prompt::Ended);
        self.answer(false);
        if ended {
            self.forget(Farewell::Ended);
        }
    }

    fn answer(self, proved: bool) {
        self.prompt.set(None);
        let waiting = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
        for call in waiting {
            // A call that no longer waits, since its page was left, needs no answer.
            let _ = call.send(proved);
        }
    }
}
