//! Schemas that others extend, told apart by a discriminator, and that are used as they are.

use std::collections::HashSet;

use super::{Kind, Operation, Resolver, SchemaId};
use crate::resolve::Additional;

impl Resolver<'_> {
    /// Tells of schemas whose discriminator has no choice beside it: what their extensions add is neither read nor sent.
    pub(super) fn check_subtypes(&mut self, operations: &[Operation]) {
        let (mut extended, mut used) = (HashSet::new(), HashSet::new());
        for schema in &self.schemas {
            match &schema.kind {
                Kind::AllOf(parts) => extended.extend(parts.iter().copied()),
                Kind::OneOf(variants, _) => used.extend(variants.iter().copied()),
                Kind::Array(items) => used.extend([*items]),
                Kind::Object(object) => {
                    used.extend(object.properties.iter().map(|property| property.schema));
                    used.extend(match object.additional {
                        Additional::Of(values) => Some(values),
                        _ => None,
                    });
                }
                _ => {}
            }
        }
        let bodies = operations.iter().filter_map(|operation| operation.body.as_ref()).flat_map(|body| &body.media);
        let answers = operations.iter().flat_map(|operation| &operation.responses).flat_map(|answer| &answer.media);
        used.extend(bodies.chain(answers).filter_map(|media| media.schema));
        let plain = |id: &SchemaId| extended.contains(id) && used.contains(id);
        for id in self.discriminated.iter().filter(|id| plain(id)) {
            let message =
                "the schemas that extend this one are not told apart where it is used, and what they add is left out";
            let help = "where any of them may stand, list them in a `oneOf` with this discriminator";
            self.diagnostics.warning("subtypes-left-out", self.schemas[id.index()].pointer.clone(), message, help);
        }
    }
}
