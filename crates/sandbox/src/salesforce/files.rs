//! Files: upload as a record or as multipart, download of the content.

use super::error::RestError;
use super::records::{create_of, known, record_id};
use super::rest::RestCall;
use super::with_headers;
use crate::answer::Answer;
use crate::world::World;

pub fn upload(world: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    create_of(world, call, "ContentVersion")
}

pub fn download(world: &mut World, _: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [segment] = parts else { return Err(RestError::not_found()) };
    let store = &world.ledger.salesforce;
    let object = known(store, "ContentVersion")?;
    let id = record_id(&object, segment)?;
    let record = store.get(&id).ok_or_else(RestError::not_found)?;
    if record.deleted() {
        return Err(RestError::deleted());
    }
    let content = store.file(&id).ok_or_else(RestError::not_found)?;
    // Spelled so by Salesforce.
    Ok(with_headers(Answer::new(200, "application/octetstream", content.clone())))
}
