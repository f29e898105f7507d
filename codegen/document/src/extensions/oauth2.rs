//! `x-oauth2`: details of OAuth 2 that OpenAPI cannot describe.

use serde_json::Value;

use crate::diagnostic::{Diagnostics, child};

/// The extension's name.
pub const NAME: &str = "x-oauth2";

/// `x-oauth2`: details that OpenAPI cannot describe.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeyondOAuth2 {
    /// `clientAuthentication: basic`: the client sends its credentials in `Authorization: Basic`, not in the form
    /// (`body`).
    pub basic: bool,
    /// `revocationUrl`: the endpoint that revokes tokens.
    pub revocation_url: Option<String>,
    /// `revocationAuthentication: bearer`: revocation is authorized by the token itself, not by the client (`client`).
    pub revoked_by_bearer: bool,
}

/// Reads the extension at `place`. Invalid parts are reported and left out.
pub fn read(value: &Value, place: &str, diagnostics: &mut Diagnostics) -> BeyondOAuth2 {
    let mut read = BeyondOAuth2::default();
    let mut fault = |place: String, message: String, help: &str| {
        diagnostics.error("bad-extension", place, message, help);
    };
    let Some(members) = value.as_object() else {
        let help = "write `revocationUrl`, `clientAuthentication` or `revocationAuthentication`";
        fault(place.to_owned(), "`x-oauth2` must be an object".to_owned(), help);
        return read;
    };
    for (key, value) in members {
        match (key.as_str(), value.as_str()) {
            ("revocationUrl", Some(url)) => read.revocation_url = Some(url.to_owned()),
            ("clientAuthentication", Some(way @ ("body" | "basic"))) => read.basic = way == "basic",
            ("revocationAuthentication", Some(way @ ("client" | "bearer"))) => read.revoked_by_bearer = way == "bearer",
            ("revocationUrl", _) => fault(child(place, key), format!("`{key}` must be a URL"), "write a string"),
            ("clientAuthentication", _) => {
                fault(child(place, key), format!("invalid value of `{key}`"), "write `body` or `basic`");
            }
            ("revocationAuthentication", _) => {
                fault(child(place, key), format!("invalid value of `{key}`"), "write `client` or `bearer`");
            }
            _ => {
                let help = "known members: revocationUrl, clientAuthentication, revocationAuthentication";
                fault(child(place, key), format!("unknown member `{key}` of `x-oauth2`"), help);
            }
        }
    }
    read
}
