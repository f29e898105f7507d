//! The parts of a request: arguments, headers and bodies.

mod body;
mod call;
mod fields;
mod into_nullable;
mod into_object;
mod multipart;
mod operation_call;
mod parts;
mod set_if_some;
mod undeclared;
mod upload;
mod whole_query;

#[cfg(feature = "mock")]
pub(crate) use body::FORM;
pub use call::{Call, Sending};
pub use into_nullable::IntoNullable;
pub use into_object::IntoObject;
pub use multipart::{FormParts, MultipartBody};
pub(crate) use parts::{RequestParts, ResponseMode, checked_header};
pub use set_if_some::SetIfSome;
#[cfg(feature = "mock")]
pub(crate) use undeclared::UNDECLARED;
pub use undeclared::UndeclaredCall;
pub use upload::Upload;
