//! A server over real sockets that remembers what it was asked, and a reader of curl commands to compare that with.
#![allow(dead_code, unused_imports, unused_macros, reason = "every test file uses a part of it")]

pub mod curl;
pub mod server;
pub mod truth;

use crm_clients::runtime;

pub use server::{Answer, Request, Server};

/// What a test returns: any fault ends it.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The refusal that a call was meant to end with.
pub fn refusal<T, B>(result: Result<T, runtime::Error<B>>) -> Outcome<Box<runtime::ApiError<B>>>
where
    B: std::fmt::Debug + Send + Sync + 'static,
{
    match result {
        Err(runtime::Error::Api(refusal)) => Ok(refusal),
        Err(other) => Err(other.into()),
        Ok(_) => Err("the call succeeded, but was to be refused".into()),
    }
}

/// The decode error that a call was meant to end with.
pub fn misread<T, B>(result: Result<T, runtime::Error<B>>) -> Outcome<Box<runtime::DecodeError>>
where
    B: std::fmt::Debug + Send + Sync + 'static,
{
    match result {
        Err(runtime::Error::Decode(fault)) => Ok(fault),
        Err(other) => Err(other.into()),
        Ok(_) => Err("the answer was read, but was to be unreadable".into()),
    }
}
