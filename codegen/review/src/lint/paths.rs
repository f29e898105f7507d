//! Rules about path templates.

use std::collections::HashSet;

use super::{Found, LintNode};
use crm_clients_document::template::Template;

/// Checks that no path repeats a parameter or contains a query or a fragment. Some documents distinguish all operations
/// by fragments, so these are reported once.
pub(super) fn templates(paths: &LintNode<'_>, found: &mut Found) {
    let (mut queries, mut fragments) = (Vec::new(), Vec::new());
    for path in paths.object.keys().filter(|path| !path.starts_with("x-")) {
        let template = Template::of(path);
        let mut seen = HashSet::new();
        let repeated = template.names().find(|name| !seen.insert(*name));
        if let Some(name) = repeated {
            found.push((paths.place(path), format!("the path contains the parameter `{name}` twice")));
        } else if !template.query.is_empty() {
            queries.push((path, template.query.to_owned()));
        } else if !template.fragment.is_empty() {
            fragments.push((path, template.fragment.to_owned()));
        }
    }
    for (what, list) in [("query", queries), ("fragment", fragments)] {
        let Some((path, text)) = list.first() else { continue };
        let others = match list.len() - 1 {
            0 => String::new(),
            1 => ", and so does another path".to_owned(),
            count => format!(", and so do {count} other paths"),
        };
        found.push((paths.place(path), format!("the path contains the {what} `{text}`{others}")));
    }
}
