//! The operations of a crate, by the text of its files.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// The operations that a crate has, as `GET /pets`: there is a `static ...: Operation` for each, or several where the
/// request's body has several types. They are in the files beside the crate's root, one for each resource.
pub fn operations(directory: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory.join("src"))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            found.extend(of_file(&fs::read_to_string(entry.path())?));
        }
    }
    Ok(found)
}

/// The emitter writes a field of a static on a line of its own.
fn of_file(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut method = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("    method: Method::") {
            method = Some(name.trim_end_matches(','));
        } else if let Some(path) = line.strip_prefix("    path: ")
            && let Some(method) = method.take()
            && let Ok(path) = syn::parse_str::<syn::LitStr>(path.trim_end_matches(','))
        {
            found.push(format!("{method} {}", path.value()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statics_are_found_whatever_is_in_their_paths() {
        let text = "/// `GET /x`\npub(super) static GET: Operation<(), ErrorBody> = Operation {\n    name: \"pets.get\",\n    \
                    method: Method::GET,\n    idempotent: true,\n    path: \"/a\\\"b\\\\,\",\n};\n\n    path: \"/none\",\n";
        assert_eq!(of_file(text), ["GET /a\"b\\,"]);
    }
}
