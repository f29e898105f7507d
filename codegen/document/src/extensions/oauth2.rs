//! `x-oauth2`: what OpenAPI's own description of OAuth 2 has no word for.

use serde_json::Value;

use crate::diagnostic::{Diagnostics, child};

/// The extension's name.
pub const NAME: &str = "x-oauth2";

/// `x-oauth2`: what OpenAPI has no word for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeyondOAuth2 {
    /// `clientAuthentication: basic`: the client says who it is in `Authorization: Basic`, not in the form (`body`).
    pub basic: bool,
    /// `revocationUrl`: where tokens are ended.
    pub revocation_url: Option<String>,
    /// `revocationAuthentication: bearer`: the token lets its holder end it; otherwise the client does (`client`).
    pub revoked_by_bearer: bool,
}

/// Reads the extension at `place`. What is wrong in it is reported and left out.
pub fn read(value: &Value, place: &str, diagnostics: &mut Diagnostics) -> BeyondOAuth2 {
    let mut read = BeyondOAuth2::default();
    let mut fault = |place: String, message: String, help: &str| {
        diagnostics.error("bad-extension", place, message, help);
    };
    let Some(members) = value.as_object() else {
        let help = "give `revocationUrl`, `clientAuthentication` or `revocationAuthentication`";
        fault(place.to_owned(), "`x-oauth2` is not an object".to_owned(), help);
        return read;
    };
    for (key, value) in members {
        match (key.as_str(), value.as_str()) {
            ("revocationUrl", Some(url)) => read.revocation_url = Some(url.to_owned()),
            ("clientAuthentication", Some(way @ ("body" | "basic"))) => read.basic = way == "basic",
            ("revocationAuthentication", Some(way @ ("client" | "bearer"))) => read.revoked_by_bearer = way == "bearer",
            ("revocationUrl", _) => fault(child(place, key), format!("`{key}` is not a URL"), "give a string"),
            ("clientAuthentication", _) => {
                fault(child(place, key), format!("`{key}` has another value"), "write `body` or `basic`");
            }
            ("revocationAuthentication", _) => {
                fault(child(place, key), format!("`{key}` has another value"), "write `client` or `bearer`");
            }
            _ => {
                let help = "it knows revocationUrl, clientAuthentication, revocationAuthentication";
                fault(child(place, key), format!("`x-oauth2` has no member `{key}`"), help);
            }
        }
    }
    read
}
