//! Checks of parameter styles.

use super::operations::Builder;
use super::streams::unwrapped;
use super::wire::Style;
use crm_clients_document::model::{Location, Parameter, StyleKind};
use crm_clients_document::normalize::Shape;

impl Builder<'_> {
    /// How a parameter is written. A single value in a query is written alike in every style, and so gets the default one.
    pub(super) fn style(&mut self, parameter: &Parameter) -> Style {
        let style = Style::from(parameter.style);
        let Some(schema) = parameter.schema.filter(|_| parameter.location == Location::Query) else { return style };
        let (_, shape) = unwrapped(&mut self.types.schemas, schema);
        if matches!(shape, Shape::Scalar(_)) { Style::FormExplode } else { style }
    }

    /// Reports parameters whose style cannot encode all values of their type, and the encoding that is used instead.
    pub(super) fn check_style(&mut self, parameter: &Parameter) {
        let Some(schema) = parameter.schema.filter(|_| parameter.content.is_empty()) else { return };
        let (_, shape) = unwrapped(&mut self.types.schemas, schema);
        let (kind, explode) = (parameter.style.kind, parameter.style.explode);
        let is_structured = matches!(shape, Shape::Array(_) | Shape::Object(_));
        let name = &parameter.name;
        let (message, help) = match kind {
            _ if !is_structured => return,
            StyleKind::Form if parameter.location == Location::Cookie && explode => (
                format!("cookies are separated by `; `, not by `&`; `{name}` is sent as several cookies"),
                "declare `style: cookie`, or `explode: false`",
            ),
            StyleKind::SpaceDelimited | StyleKind::PipeDelimited | StyleKind::TabDelimited if explode => (
                format!("this style has no separator with `explode`; `{name}` is sent with `style: form`"),
                "remove `explode`",
            ),
            _ => return,
        };
        self.types.diagnostics.warning("unsuitable-style", parameter.pointer.clone(), message, help);
    }
}
