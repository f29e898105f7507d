//! What is done to a schema: a list of steps, each one construct with its before and after.

mod keywords;
mod nullable;

use super::{JsonObject, Raising};

/// A step. It leaves alone what is of the wrong type.
type Step = fn(&mut JsonObject, &mut Raising);

/// The steps in the order in which they are taken. A step may count on those before it, and does nothing to what it made itself.
const STEPS: &[Step] = &[
    keywords::summary_of_reference,
    keywords::file,
    keywords::collection_format,
    keywords::tuple,
    keywords::definitions,
    keywords::dependencies,
    keywords::exclusive_limits,
    keywords::example,
    keywords::discriminator,
    nullable::extension,
    nullable::nullable,
];

/// Takes all steps.
pub(super) fn raise(schema: &mut JsonObject, raising: &mut Raising) {
    for step in STEPS {
        step(schema, raising);
    }
}
