//! Path templates in the runtime's syntax.

use super::wire::Style;
use crm_clients_document::model::{Location, Parameter};
use crm_clients_document::template::Template;

/// Returns the path without its fragment, which is never sent, and without declared query parameters.
pub(super) fn sent(path: &str, parameters: &[&Parameter]) -> String {
    let is_path = |name: &str| parameters.iter().any(|one| one.location == Location::Path && one.name == name);
    Template::of(path).sent(is_path)
}

/// Returns the path with expressions of RFC 6570: `/maps/{area}` becomes `/maps/{;area}` if `area` has the style
/// `matrix`.
pub(super) fn template(text: &str, parameters: &[&Parameter]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        let parameter = parameters.iter().find(|one| one.location == Location::Path && one.name == name);
        let (sign, star) = match parameter.map(|parameter| Style::of(parameter)) {
            Some(Style::Label) => (".", ""),
            Some(Style::LabelExplode) => (".", "*"),
            Some(Style::Matrix) => (";", ""),
            Some(Style::MatrixExplode) => (";", "*"),
            Some(_) if parameter.is_some_and(|parameter| parameter.multi_segment) => ("*", ""),
            Some(_) if parameter.is_some_and(|parameter| parameter.allow_reserved) => ("+", ""),
            Some(Style::SimpleExplode) => ("", "*"),
            _ => ("", ""),
        };
        // Without a style, remove operators from the name.
        let name = if sign.is_empty() { name.trim_start_matches(['.', ';', '+']).trim_end_matches('*') } else { name };
        out.push_str(&format!("{before}{{{sign}{name}{star}}}"));
        rest = after;
    }
    out.push_str(rest);
    out
}
