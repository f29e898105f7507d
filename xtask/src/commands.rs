//! One module for each command.

pub mod diff;
pub mod dump;
pub mod generate;
pub mod lint;
pub mod list;
pub mod prism;
pub mod regen;
pub mod vendor;
