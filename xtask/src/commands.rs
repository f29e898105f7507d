//! One module for each command.

pub mod dump;
pub mod generate;
pub mod list;
pub mod regen;
pub mod vendor;
