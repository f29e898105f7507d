//! Raising a schema: a list of steps, one for each construct.

mod keywords;
mod nullable;

use super::{JsonObject, Raising};

/// A step, which ignores values of the wrong type.
type Step = fn(&mut JsonObject, &mut Raising);

/// The steps in order. A step may rely on earlier ones, and does not change its own result.
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

/// Runs all steps.
pub(super) fn raise(schema: &mut JsonObject, raising: &mut Raising) {
    for step in STEPS {
        step(schema, raising);
    }
}
