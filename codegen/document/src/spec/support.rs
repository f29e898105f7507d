//! Client support for the fields of the specification.

use super::ObjectKind;
use super::ObjectKind::*;

/// A client's support for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// The field affects requests, types or names.
    Followed,
    /// The field is part of the client's documentation.
    Documented,
    /// The field has no meaning for a client.
    WithoutMeaning,
    /// The field has a meaning for clients, but is not supported.
    Unsupported,
}

impl ObjectKind {
    /// Returns the support for the field `name`; `None` if no version has this field.
    pub fn support(self, name: &str) -> Option<Support> {
        let is_known = self.named_by_document().is_some() || self.fields().iter().any(|field| field.name == name);
        is_known.then(|| support(self, name))
    }
}

fn support(kind: ObjectKind, name: &str) -> Support {
    use Support::*;
    match (kind, name) {
        // These describe the document and not the API.
        (Contact | License | ExternalDocs, _) | (Info, "termsOfService" | "contact" | "license") => WithoutMeaning,
        (Example, _) | (_, "example" | "examples" | "externalDocs") => WithoutMeaning,
        (Document, "jsonSchemaDialect") | (Schema, "$schema" | "$comment" | "$vocabulary") => WithoutMeaning,
        (Server, "description" | "name") | (ServerVariable, "description" | "enum") => WithoutMeaning,
        (SecurityScheme, "bearerFormat" | "oauth2MetadataUrl" | "openIdConnectUrl") => WithoutMeaning,
        // Callers provide the token that results from these flows.
        (
            ImplicitFlow | AuthorizationCodeFlow | DeviceAuthorizationFlow,
            "authorizationUrl" | "deviceAuthorizationUrl",
        ) => WithoutMeaning,
        (_, "description" | "summary" | "title") => Documented,
        // Servers check limits; clients only document them.
        (Schema, "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf") => Documented,
        (Schema, "minLength" | "maxLength" | "minItems" | "maxItems" | "uniqueItems" | "pattern") => Documented,
        (Schema, "minProperties" | "maxProperties") => Documented,
        (Schema, "not" | "if" | "then" | "else" | "contains" | "minContains" | "maxContains") => Unsupported,
        (Schema, "propertyNames" | "dependentRequired" | "dependentSchemas" | "dependencies") => Unsupported,
        (Schema, "unevaluatedItems") => Unsupported,
        (Encoding, "prefixEncoding" | "itemEncoding" | "encoding") => Unsupported,
        _ => Followed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_followed_or_has_a_reason() {
        assert_eq!(ObjectKind::Schema.support("oneOf"), Some(Support::Followed));
        assert_eq!(ObjectKind::Schema.support("not"), Some(Support::Unsupported));
        assert_eq!(ObjectKind::Schema.support("summary"), None);
        assert_eq!(ObjectKind::Parameter.support("example"), Some(Support::WithoutMeaning));
    }
}
