//! Schemas that others extend, told apart by a discriminator, and that are used as they are.

use std::collections::HashSet;

use super::operations::Builder;
use crm_clients_document::normalize::{Additional, Kind};

impl Builder<'_> {
    /// Tells of schemas whose discriminator has no choice beside it: what their extensions add is neither read nor sent.
    pub(super) fn check_subtypes(&mut self) {
        let document = self.types.document;
        let (mut extended, mut used) = (HashSet::new(), HashSet::new());
        for (_, schema) in self.types.schemas.schemas() {
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
        for operation in document.operations() {
            let responses = operation.responses.iter().map(|(_, response)| &document[*response].content);
            let bodies = document.body(operation).into_iter().map(|body| &body.content);
            let media = responses.chain(bodies).flat_map(|content| document.media(content));
            used.extend(media.filter_map(|media| media.schema).map(|id| self.types.schemas.referred(id)));
        }
        for (id, schema) in self.types.schemas.schemas().take(document.schemas().len()) {
            let is_discriminated = matches!(schema.kind, Kind::Object(_)) && document[id].discriminator.is_some();
            if !is_discriminated || !extended.contains(&id) || !used.contains(&id) {
                continue;
            }
            let message =
                "the schemas that extend this one are not told apart where it is used, and what they add is left out";
            let help = "where any of them may stand, list them in a `oneOf` with this discriminator";
            self.types.diagnostics.warning("subtypes-left-out", schema.pointer.clone(), message, help);
        }
    }
}
