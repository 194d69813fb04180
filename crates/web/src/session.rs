//! Who is signed in, and the way back in when the portal no longer thinks so.
//!
//! Nothing of it is stored: the cookie is the browser's business and cannot be read here.

use std::{future::Future, time::Duration};

use futures::channel::oneshot;
use leptos::task::spawn_local;
use shared_types::{
    auth::{LoginRequest, SessionUser, SessionView},
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
    /// Somebody is.
    SignedIn(SessionUser),
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
    pub fn user(self) -> Option<SessionUser> {
        match self.state.get() {
            SessionState::SignedIn(user) => Some(user),
            SessionState::Loading | SessionState::Unknown(_) | SessionState::Anonymous(_) => None,
        }
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

    /// Makes sure that it is still the same person: in another tab somebody else may have signed in, and nobody may see what was read
    /// for another. Whether the session has ended, the next call finds out.
    pub fn check_person(self) {
        let SessionState::SignedIn(known) = self.state.get_untracked() else { return };
        spawn_local(async move {
            if let Ok(SessionView::SignedIn { user, .. }) = api::auth::session().await
                && user.id != known.id
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
            SessionView::Anonymous | SessionView::MfaPending { .. } => {
                SessionState::Anonymous(Farewell::None)
            }
            SessionView::SignedIn { user, .. } => SessionState::SignedIn(user),
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

    /// Signs the same person in again and lets the calls go on that waited for it.
    pub async fn prove(self, password: String) -> Result<(), ApiError> {
        let SessionState::SignedIn(user) = self.state.get_untracked() else { return Ok(()) };
        let view = api::auth::login(&LoginRequest { email: user.email, password }).await?;
        self.accept(view);
        self.answer(true);
        Ok(())
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
