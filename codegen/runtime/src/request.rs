//! The parts of a request: arguments, headers and bodies.

mod body;
mod call;
mod fields;
mod multipart;
mod operation_call;
mod parts;
mod undeclared;
mod upload;
mod whole_query;

pub use call::{Call, Sending};
pub use multipart::{FormParts, MultipartBody};
pub(crate) use parts::{RequestParts, ResponseMode, checked_header};
pub use undeclared::UndeclaredCall;
pub use upload::Upload;
