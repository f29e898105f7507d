//! Security schemes.

use indexmap::IndexMap;
use serde_json::Value;

use super::build::{Builder, JsonObject, extensions, flag, members, text};
use super::parameters::location;
use super::{Flow, Flows, SecurityScheme, SecuritySchemeKind};
use crate::token::is_token;

impl<'v> Builder<'v, '_> {
    /// Builds the security schemes in document order.
    pub(super) fn security_schemes(&mut self, root: &'v JsonObject) -> IndexMap<String, SecurityScheme> {
        let mut schemes = IndexMap::new();
        let components = root.get("components").and_then(Value::as_object);
        for (name, node, pointer) in
            components.into_iter().flat_map(|components| members(components, "securitySchemes", "/components"))
        {
            let Some(found) = self.follow(node, &pointer) else { continue };
            let Some(object) = found.node.as_object() else { continue };
            let mut scheme = self.security_scheme(name, object, &found.pointer);
            if let Some(description) = found.description {
                scheme.description = Some(description.to_owned());
            }
            schemes.insert(name.clone(), scheme);
        }
        schemes
    }

    fn security_scheme(&mut self, name: &str, object: &JsonObject, pointer: &str) -> SecurityScheme {
        let string = |key: &str| text(object, key).unwrap_or_default();
        let kind = match object.get("type").and_then(Value::as_str) {
            Some("apiKey") => SecuritySchemeKind::ApiKey { location: location(object), name: string("name") },
            Some("http") => {
                let scheme = string("scheme");
                if !scheme.eq_ignore_ascii_case("basic") && !sends_token(&scheme) {
                    let message = format!("the client does not support the HTTP scheme `{scheme}`");
                    let help = "callers can set the header of each call";
                    self.diagnostics.warning("unserved-scheme", pointer, message, help);
                }
                SecuritySchemeKind::Http { scheme, bearer_format: text(object, "bearerFormat") }
            }
            Some("oauth2") => SecuritySchemeKind::OAuth2 {
                flows: Box::new(object.get("flows").and_then(Value::as_object).map(flows).unwrap_or_default()),
                metadata_url: text(object, "oauth2MetadataUrl"),
                beyond: self.extensions.oauth2(object, pointer, self.diagnostics),
            },
            Some("openIdConnect") => SecuritySchemeKind::OpenIdConnect { url: string("openIdConnectUrl") },
            _ => {
                let message = format!("`{name}` is mutual TLS, which generated clients do not configure");
                let help = "callers can set a client certificate on their own HTTP client";
                self.diagnostics.warning("unsupported-security-scheme", pointer, message, help);
                SecuritySchemeKind::MutualTls
            }
        };
        SecurityScheme {
            pointer: pointer.to_owned(),
            rust_name: self.extensions.name(object, pointer, self.diagnostics),
            description: text(object, "description"),
            deprecated: flag(object, "deprecated"),
            kind,
            extensions: extensions(object),
        }
    }
}

fn flows(flows: &JsonObject) -> Flows {
    let flow = |key: &str| {
        let flow = flows.get(key)?.as_object()?;
        let scopes = flow.get("scopes").and_then(Value::as_object).into_iter().flatten();
        Some(Flow {
            authorization_url: text(flow, "authorizationUrl"),
            device_authorization_url: text(flow, "deviceAuthorizationUrl"),
            token_url: text(flow, "tokenUrl"),
            refresh_url: text(flow, "refreshUrl"),
            scopes: scopes.map(|(name, about)| (name.clone(), about.as_str().unwrap_or_default().to_owned())).collect(),
        })
    };
    Flows {
        implicit: flow("implicit"),
        password: flow("password"),
        client_credentials: flow("clientCredentials"),
        authorization_code: flow("authorizationCode"),
        device_authorization: flow("deviceAuthorization"),
    }
}

/// Returns true if an HTTP scheme sends a token as it is, as `Bearer` does: `Authorization: Token abc`. Others sign the
/// request, respond to a challenge, or prove that the client has a key.
pub fn sends_token(scheme: &str) -> bool {
    const COMPUTED: &[&str] = &[
        "basic",
        "concealed",
        "digest",
        "dpop",
        "gnap",
        "hawk",
        "hmac",
        "hoba",
        "mutual",
        "negotiate",
        "ntlm",
        "oauth",
        "privatetoken",
        "signature",
        "vapid",
    ];
    let scheme = scheme.to_ascii_lowercase();
    let is_computed =
        COMPUTED.contains(&scheme.as_str()) || scheme.starts_with("scram-") || scheme.starts_with("aws4-");
    is_token(&scheme) && !is_computed
}
