//! Rules about path templates.

use std::collections::HashSet;

use super::{Found, LintNode};
use crm_clients_document::template::Template;

pub(super) fn templates(paths: &LintNode<'_>, found: &mut Found) {
    for path in paths.object.keys().filter(|path| !path.starts_with("x-")) {
        let template = Template::of(path);
        let mut seen = HashSet::new();
        let repeated = template.names().find(|name| !seen.insert(*name));
        let message = if let Some(name) = repeated {
            format!("the path contains the parameter `{name}` twice")
        } else if !template.query.is_empty() {
            format!("the path contains the query `{}`", template.query)
        } else if !template.fragment.is_empty() {
            format!("the path contains the fragment `{}`", template.fragment)
        } else {
            continue;
        };
        found.push((paths.place(path), message));
    }
}
