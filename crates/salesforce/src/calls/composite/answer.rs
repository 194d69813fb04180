//! What became of the parts of a composite request.

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::request::{Composite, Reference};
use super::{PartAnswer, find};
use crate::client::{Client, decode};
use crate::error::{Error, NotSent};
use crate::id::SalesforceId;

use super::super::query::{Page, page};
use super::super::write::created_id;

/// Answers to the parts of a composite request.
pub struct CompositeAnswer {
    parts: Vec<Answered>,
}

struct Answered {
    reference: Reference,
    object: &'static str,
    answer: PartAnswer,
    needs: Vec<Reference>,
}

impl Client {
    /// Runs a composite request. One request, one counted call. With [`Composite::all_or_none`] a failure of any part
    /// is a failure of the call, told by the part that failed first by itself; what was undone with it is no
    /// reason. With [`Composite::independent`] each part's answer holds its own.
    pub async fn composite(&self, request: &Composite, deadline: Instant) -> Result<CompositeAnswer, Error> {
        let parts = request.written(self)?;
        let mut answers = self.run_composite("composite", request.all_or_none, &parts, deadline).await?;
        let mut answered = Vec::with_capacity(request.parts.len());
        for part in &request.parts {
            let answer = find(&mut answers, part.reference.name())?;
            answered.push(Answered {
                reference: part.reference,
                object: part.object,
                answer,
                needs: part.references().collect(),
            });
        }
        let answer = CompositeAnswer { parts: answered };
        match answer.culprit() {
            Some(part) if request.all_or_none => Err(part.answer.error(part.object)),
            _ => Ok(answer),
        }
    }
}

impl CompositeAnswer {
    /// Whether the part succeeded. Where it failed only because a part it needs did, that one's error.
    pub fn done(&self, part: Reference) -> Result<(), Error> {
        self.succeeded(part).map(drop)
    }

    /// Id of the record that the part created or upserted.
    pub fn id(&self, part: Reference) -> Result<SalesforceId, Error> {
        created_id(&self.succeeded(part)?.answer.as_answer())
    }

    /// The record that the part read.
    pub fn record<T: DeserializeOwned>(&self, part: Reference) -> Result<T, Error> {
        decode(&self.succeeded(part)?.answer.as_answer())
    }

    /// The rows that the part queried.
    pub fn page<T: DeserializeOwned>(&self, part: Reference) -> Result<Page<T>, Error> {
        let part = self.succeeded(part)?;
        page(&part.answer.as_answer(), part.object, None)
    }

    fn succeeded(&self, part: Reference) -> Result<&Answered, Error> {
        let found = self.part(part).ok_or(Error::NotSent(NotSent::InvalidInput("name of a part")))?;
        if found.answer.succeeded() {
            return Ok(found);
        }
        let reason = self.reason(found);
        Err(reason.answer.error(reason.object))
    }

    fn part(&self, reference: Reference) -> Option<&Answered> {
        self.parts.iter().find(|part| part.reference == reference)
    }

    /// The first part that failed by itself, or else the first that failed.
    fn culprit(&self) -> Option<&Answered> {
        let mut failed = self.parts.iter().filter(|part| !part.answer.succeeded());
        let first = failed.clone().next();
        failed.find(|part| !part.answer.was_halted()).or(first)
    }

    /// Follows a halted part to the one it needs that failed by itself. Parts need earlier ones only, so this ends.
    fn reason<'a>(&'a self, part: &'a Answered) -> &'a Answered {
        if !part.answer.was_halted() {
            return part;
        }
        let needed = part.needs.iter().filter_map(|reference| self.part(*reference));
        let failed = needed.filter(|needed| !needed.answer.succeeded()).map(|needed| self.reason(needed));
        failed.into_iter().find(|reason| !reason.answer.was_halted()).unwrap_or(part)
    }
}
