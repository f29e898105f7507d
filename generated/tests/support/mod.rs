//! A server over real sockets that records its requests, and a parser of curl commands to compare them with.
#![allow(dead_code, unused_imports, unused_macros, reason = "every test file uses a part of it")]

pub mod curl;
pub mod server;
pub mod truth;

use crm_clients::runtime;

pub use server::{Answer, Request, Server};

/// The result of a test.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Returns the API error of a call that is expected to fail.
pub fn refusal<T, B>(result: Result<T, runtime::Error<B>>) -> Outcome<Box<runtime::ApiError<B>>>
where
    B: std::fmt::Debug + Send + Sync + 'static,
{
    match result {
        Err(runtime::Error::Api(refusal)) => Ok(refusal),
        Err(other) => Err(other.into()),
        Ok(_) => Err("the call succeeded, expected an error".into()),
    }
}

/// Returns the decode error of a call that is expected to fail.
pub fn misread<T, B>(result: Result<T, runtime::Error<B>>) -> Outcome<Box<runtime::DecodeError>>
where
    B: std::fmt::Debug + Send + Sync + 'static,
{
    match result {
        Err(runtime::Error::Decode(fault)) => Ok(fault),
        Err(other) => Err(other.into()),
        Ok(_) => Err("the response was decoded, expected an error".into()),
    }
}
