//! Converting `host`, `basePath` and `schemes`.

use serde_json::{Value, json};

use super::super::JsonObject;
use super::texts;

/// The parts of the servers' URLs.
pub(super) struct Servers {
    host: String,
    base_path: String,
    schemes: Vec<String>,
}

impl Servers {
    pub(super) fn take(root: &mut JsonObject) -> Self {
        let mut text = |name: &str| match root.shift_remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (host, base_path) = (text("host"), text("basePath"));
        Self { host, base_path, schemes: texts(root, "schemes") }
    }

    /// Returns the servers, with these schemes instead of the document's if there are any. `None` if the document has
    /// no host.
    ///
    /// The default scheme is the one by which the document was reached, which is assumed to be `https`. It is also
    /// preferred to `http`, whatever their order.
    ///
    /// `{"host": "a.example", "basePath": "/v1", "schemes": ["http", "https"]}`
    /// becomes `{"servers": [{"url": "https://a.example/v1"}, {"url": "http://a.example/v1"}]}`.
    pub(super) fn list(&self, schemes: Option<&[String]>) -> Option<Value> {
        let path = self.base_path.trim_end_matches('/');
        if self.host.is_empty() {
            return (!path.is_empty()).then(|| json!([{"url": path}]));
        }
        let https = ["https".to_owned()];
        let schemes = [schemes.unwrap_or_default(), &self.schemes, &https].into_iter().find(|list| !list.is_empty())?;
        let server = |scheme: &String| json!({"url": format!("{scheme}://{}{path}", self.host)});
        let (preferred, others): (Vec<&String>, Vec<&String>) = schemes.iter().partition(|scheme| *scheme == "https");
        Some(preferred.into_iter().chain(others).map(server).collect())
    }
}
