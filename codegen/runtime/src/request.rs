//! The parts of a request: arguments, headers and bodies.

mod body;
mod call;
mod fields;
mod multipart;
mod undeclared;
mod upload;

pub use call::{Call, Sending};
pub(crate) use call::{RequestParts, ResponseMode, checked_header};
pub use multipart::{FormParts, MultipartBody};
pub use undeclared::UndeclaredCall;
pub use upload::Upload;
