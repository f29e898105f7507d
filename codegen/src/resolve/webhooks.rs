//! What the server sends by itself: the events of its webhooks.

use openapiv3::RequestBody;
use serde_json::Value;

use super::{Resolver, Webhook};
use crate::diagnostic::child;
use crate::lower::grammar::{WEBHOOKS, are_webhooks};

impl Resolver<'_> {
    /// The webhooks in document order. What has no body to read is none.
    pub(super) fn webhooks(&mut self) -> Vec<Webhook> {
        let Some(value) = self.value.get(WEBHOOKS) else { return Vec::new() };
        let pointer = child("", WEBHOOKS);
        if !are_webhooks(value) {
            let message = "nothing here has a `post` with a `requestBody`, so it is not taken for webhooks";
            self.diagnostics.warning(
                "unserved-webhook",
                pointer,
                message,
                "describe what is delivered, or ignore this",
            );
            return Vec::new();
        }
        let items = value.as_object().into_iter().flatten().filter(|(name, _)| !name.starts_with("x-"));
        items.filter_map(|(name, item)| self.webhook(name, item, &child(&pointer, name))).collect()
    }

    fn webhook(&mut self, name: &str, item: &Value, pointer: &str) -> Option<Webhook> {
        let place = child(pointer, "post");
        let Some(post) = item.get("post").and_then(Value::as_object).filter(|post| post.contains_key("requestBody"))
        else {
            let message =
                format!("the webhook `{name}` has no `post` with a `requestBody`, so there is nothing to read");
            self.diagnostics.warning(
                "unserved-webhook",
                pointer,
                message,
                "describe what is delivered, or ignore this",
            );
            return None;
        };
        let text = |key: &str| post.get(key).and_then(Value::as_str).map(str::to_owned);
        let (body, body_place) = self.read_through::<RequestBody>(child(&place, "requestBody"), &place)?;
        Some(Webhook {
            name: name.to_owned(),
            rust_name: self.extensions.name(post, &place, self.diagnostics),
            summary: text("summary"),
            description: text("description"),
            media: self.content(&body.content, &child(&body_place, "content")),
            pointer: place,
        })
    }
}
