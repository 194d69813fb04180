//! Files: the record `ContentVersion` holds the bytes of one version of one `ContentDocument`, and
//! `ContentDocumentLink` shows the document at a case.

mod download;
mod list;
mod upload;

pub use download::Download;
pub use list::CaseFile;
pub use upload::NewFile;
