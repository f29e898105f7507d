//! The kinds of change, one row each.
//!
//! A change that narrows what a server accepts, or widens what it sends, is breaking; the opposite is informational.
//! Warnings are changes whose effect the documents do not determine: a pattern may be narrower than another, or a
//! server may reject a parameter that was removed. New values in an `enum` of a response are also warnings, because
//! clients are advised to expect them.

use super::Severity::{Breaking, Info, Warning};
use super::{Area, Direction, Severity};

/// A kind of change.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The stable name, in kebab-case, such as `property-removed`.
    pub id: &'static str,
    /// The rule that applies if OLD and NEW are swapped, which may be the same rule.
    pub mirror: &'static str,
    /// The part of the contract that changes.
    pub area: Area,
    /// The severity.
    pub levels: Severities,
    /// A description, in one sentence without a full stop.
    pub sentence: &'static str,
}

/// The severity of a kind of change.
#[derive(Debug, PartialEq, Eq)]
pub enum Severities {
    /// The same severity in both directions.
    Always(Severity),
    /// The severity in requests and in responses.
    By(Severity, Severity),
}

use Severities::{Always, By};

impl Rule {
    /// Returns the severity for a direction; if it is unknown, the higher severity.
    pub fn severity(&self, direction: Option<Direction>) -> Severity {
        match (&self.levels, direction) {
            (Always(severity), _) => *severity,
            (By(request, _), Some(Direction::Request)) => *request,
            (By(_, response), Some(Direction::Response)) => *response,
            (By(request, response), None) => *request.max(response),
        }
    }
}

/// Defines the rules of one area: a static for each, and `ALL`, which lists them in order.
macro_rules! rules {
    ($area:ident: $($name:ident: $id:literal ~ $mirror:literal, $levels:expr, $sentence:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $sentence, ".")]
            pub static $name: Rule =
                Rule { id: $id, mirror: $mirror, area: Area::$area, levels: $levels, sentence: $sentence };
        )*

        /// All rules of this table.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}
pub(crate) use rules;

rules! { Wire:
    // The API as a whole.
    SERVER_ADDED: "server-added" ~ "server-removed",
        Always(Info), "base URL added";
    SERVER_REMOVED: "server-removed" ~ "server-added",
        Always(Breaking), "base URL removed";
    SERVER_VALUE_ADDED: "server-value-added" ~ "server-value-removed",
        Always(Info), "value of a base URL variable added";
    SERVER_VALUE_REMOVED: "server-value-removed" ~ "server-value-added",
        Always(Breaking), "value of a base URL variable removed";
    BASE_PATH_MOVED: "base-path-moved" ~ "base-path-moved",
        Always(Info), "part of the base URL moved to the paths, or the reverse";
    UNCOMPARED: "uncompared" ~ "uncompared",
        Always(Warning), "a field that the review does not compare changed";
    WEBHOOK_ADDED: "webhook-added" ~ "webhook-removed",
        Always(Info), "webhook event added";
    WEBHOOK_REMOVED: "webhook-removed" ~ "webhook-added",
        Always(Breaking), "webhook event removed";
    CALLBACK_ADDED: "callback-added" ~ "callback-removed",
        Always(Info), "callback request added";
    CALLBACK_REMOVED: "callback-removed" ~ "callback-added",
        Always(Breaking), "callback request removed";

    // Operations.
    OPERATION_ADDED: "operation-added" ~ "operation-removed",
        Always(Info), "operation added";
    OPERATION_REMOVED: "operation-removed" ~ "operation-added",
        Always(Breaking), "operation removed";
    OPERATION_MOVED: "operation-moved" ~ "operation-moved",
        Always(Breaking), "path of an operation changed";
    PATH_SLASH_CHANGED: "path-slash-changed" ~ "path-slash-changed",
        Always(Warning), "trailing slash of the path changed";
    OPERATION_DEPRECATED: "operation-deprecated" ~ "operation-undeprecated",
        Always(Info), "operation deprecated";
    OPERATION_UNDEPRECATED: "operation-undeprecated" ~ "operation-deprecated",
        Always(Info), "operation no longer deprecated";
    SUNSET_SET: "sunset-set" ~ "sunset-lifted",
        Always(Warning), "sunset date added";
    SUNSET_LIFTED: "sunset-lifted" ~ "sunset-set",
        Always(Info), "sunset date removed";
    SUNSET_CHANGED: "sunset-changed" ~ "sunset-changed",
        Always(Warning), "sunset date changed";
    STABILITY_LOWERED: "stability-lowered" ~ "stability-raised",
        Always(Warning), "stability level lowered";
    STABILITY_RAISED: "stability-raised" ~ "stability-lowered",
        Always(Info), "stability level raised";
    OPERATION_ID_CHANGED: "operation-id-changed" ~ "operation-id-changed",
        Always(Info), "`operationId` changed";
    TAG_CHANGED: "tag-changed" ~ "tag-changed",
        Always(Info), "first tag of an operation changed";

    // Security.
    SECURITY_REQUIRED: "security-required" ~ "security-lifted",
        Always(Breaking), "credential required";
    SECURITY_LIFTED: "security-lifted" ~ "security-required",
        Always(Info), "credential no longer required";
    SECURITY_ADDED: "security-added" ~ "security-removed",
        Always(Info), "authentication method added";
    SECURITY_REMOVED: "security-removed" ~ "security-added",
        Always(Breaking), "authentication method removed";
    SCOPE_ADDED: "scope-added" ~ "scope-removed",
        Always(Breaking), "required scope added";
    SCOPE_REMOVED: "scope-removed" ~ "scope-added",
        Always(Info), "required scope removed";
    SECURITY_RELAXED: "security-relaxed" ~ "security-tightened",
        Always(Info), "fewer of the credentials that were required together are required";
    SECURITY_TIGHTENED: "security-tightened" ~ "security-relaxed",
        Always(Breaking), "credentials are required together, one of which was sufficient before";
    CREDENTIAL_URL_CHANGED: "credential-url-changed" ~ "credential-url-changed",
        Always(Breaking), "token or authorization URL changed";
    FLOW_ADDED: "flow-added" ~ "flow-removed",
        Always(Info), "OAuth flow added";
    FLOW_REMOVED: "flow-removed" ~ "flow-added",
        Always(Breaking), "OAuth flow removed";
    SCOPE_OFFERED: "scope-offered" ~ "scope-withdrawn",
        Always(Info), "available scope added";
    SCOPE_WITHDRAWN: "scope-withdrawn" ~ "scope-offered",
        Always(Warning), "available scope removed";
    SCHEME_DEPRECATED: "scheme-deprecated" ~ "scheme-undeprecated",
        Always(Info), "security scheme deprecated";
    SCHEME_UNDEPRECATED: "scheme-undeprecated" ~ "scheme-deprecated",
        Always(Info), "security scheme no longer deprecated";

    // Parameters.
    PARAMETER_ADDED: "parameter-added" ~ "parameter-removed",
        Always(Info), "optional parameter added";
    PARAMETER_REMOVED: "parameter-removed" ~ "parameter-added",
        Always(Warning), "optional parameter removed";
    REQUIRED_PARAMETER_ADDED: "required-parameter-added" ~ "required-parameter-removed",
        Always(Breaking), "required parameter added";
    REQUIRED_PARAMETER_REMOVED: "required-parameter-removed" ~ "required-parameter-added",
        Always(Warning), "required parameter removed";
    PARAMETER_BECAME_REQUIRED: "parameter-became-required" ~ "parameter-became-optional",
        Always(Breaking), "parameter became required";
    PARAMETER_BECAME_OPTIONAL: "parameter-became-optional" ~ "parameter-became-required",
        Always(Info), "parameter became optional";
    PARAMETER_MOVED: "parameter-moved" ~ "parameter-moved",
        Always(Breaking), "parameter moved to another part of the request";
    PARAMETER_STYLE_CHANGED: "parameter-style-changed" ~ "parameter-style-changed",
        Always(Breaking), "encoding of a parameter changed";
    PARAMETER_DEPRECATED: "parameter-deprecated" ~ "parameter-undeprecated",
        Always(Info), "parameter deprecated";
    PARAMETER_UNDEPRECATED: "parameter-undeprecated" ~ "parameter-deprecated",
        Always(Info), "parameter no longer deprecated";
    EMPTY_VALUE_FORBIDDEN: "empty-value-forbidden" ~ "empty-value-allowed",
        Always(Breaking), "parameter can no longer be empty";
    EMPTY_VALUE_ALLOWED: "empty-value-allowed" ~ "empty-value-forbidden",
        Always(Info), "parameter may be empty";
    RESERVED_ENCODED: "reserved-encoded" ~ "reserved-unencoded",
        Always(Warning), "reserved characters of a parameter are now percent-encoded";
    RESERVED_UNENCODED: "reserved-unencoded" ~ "reserved-encoded",
        Always(Warning), "reserved characters of a parameter are no longer percent-encoded";

    // Bodies.
    BODY_ADDED: "body-added" ~ "body-removed",
        Always(Info), "optional request body added";
    BODY_REMOVED: "body-removed" ~ "body-added",
        Always(Warning), "optional request body removed";
    REQUIRED_BODY_ADDED: "required-body-added" ~ "required-body-removed",
        Always(Breaking), "required request body added";
    REQUIRED_BODY_REMOVED: "required-body-removed" ~ "required-body-added",
        Always(Warning), "required request body removed";
    BODY_BECAME_REQUIRED: "body-became-required" ~ "body-became-optional",
        Always(Breaking), "request body became required";
    BODY_BECAME_OPTIONAL: "body-became-optional" ~ "body-became-required",
        Always(Info), "request body became optional";
    MEDIA_TYPE_ADDED: "media-type-added" ~ "media-type-removed",
        Always(Info), "media type of a body added";
    MEDIA_TYPE_REMOVED: "media-type-removed" ~ "media-type-added",
        Always(Breaking), "media type of a body removed";
    MEDIA_TYPE_WIDENED: "media-type-widened" ~ "media-type-narrowed",
        By(Info, Warning), "media type of a body widened";
    MEDIA_TYPE_NARROWED: "media-type-narrowed" ~ "media-type-widened",
        By(Breaking, Info), "media type of a body narrowed";
    ENCODING_CHANGED: "encoding-changed" ~ "encoding-changed",
        By(Breaking, Warning), "encoding of a form property changed";

    // Responses.
    SUCCESS_STATUS_ADDED: "success-status-added" ~ "success-status-removed",
        Always(Warning), "success status added";
    SUCCESS_STATUS_REMOVED: "success-status-removed" ~ "success-status-added",
        Always(Breaking), "success status removed";
    ERROR_STATUS_ADDED: "error-status-added" ~ "error-status-removed",
        Always(Info), "error status added";
    ERROR_STATUS_REMOVED: "error-status-removed" ~ "error-status-added",
        Always(Info), "error status removed";
    STATUS_WIDENED: "status-widened" ~ "status-narrowed",
        Always(Info), "statuses of a response widened";
    STATUS_NARROWED: "status-narrowed" ~ "status-widened",
        Always(Info), "statuses of a response narrowed";
    HEADER_ADDED: "header-added" ~ "header-removed",
        Always(Info), "optional response header added";
    HEADER_REMOVED: "header-removed" ~ "header-added",
        Always(Warning), "optional response header removed";
    REQUIRED_HEADER_ADDED: "required-header-added" ~ "required-header-removed",
        Always(Info), "required response header added";
    REQUIRED_HEADER_REMOVED: "required-header-removed" ~ "required-header-added",
        Always(Breaking), "required response header removed";
    HEADER_BECAME_REQUIRED: "header-became-required" ~ "header-became-optional",
        Always(Info), "response header became required";
    HEADER_BECAME_OPTIONAL: "header-became-optional" ~ "header-became-required",
        Always(Breaking), "response header became optional";
    HEADER_DEPRECATED: "header-deprecated" ~ "header-undeprecated",
        Always(Info), "response header deprecated";
    HEADER_UNDEPRECATED: "header-undeprecated" ~ "header-deprecated",
        Always(Info), "response header no longer deprecated";

    // Properties.
    PROPERTY_ADDED: "property-added" ~ "property-removed",
        By(Info, Info), "optional property added";
    PROPERTY_REMOVED: "property-removed" ~ "property-added",
        By(Warning, Warning), "optional property removed";
    REQUIRED_PROPERTY_ADDED: "required-property-added" ~ "required-property-removed",
        By(Breaking, Info), "required property added";
    REQUIRED_PROPERTY_REMOVED: "required-property-removed" ~ "required-property-added",
        By(Warning, Breaking), "required property removed";
    PROPERTY_FORBIDDEN: "property-forbidden" ~ "property-permitted",
        By(Breaking, Warning), "optional property removed from an object that allows no others";
    PROPERTY_PERMITTED: "property-permitted" ~ "property-forbidden",
        By(Info, Info), "optional property added to an object that allowed no others";
    REQUIRED_PROPERTY_FORBIDDEN: "required-property-forbidden" ~ "required-property-permitted",
        By(Breaking, Breaking), "required property removed from an object that allows no others";
    REQUIRED_PROPERTY_PERMITTED: "required-property-permitted" ~ "required-property-forbidden",
        By(Breaking, Info), "required property added to an object that allowed no others";
    PROPERTY_RENAMED: "property-renamed" ~ "property-renamed",
        By(Breaking, Breaking), "case of a property name changed";
    PROPERTY_BECAME_REQUIRED: "property-became-required" ~ "property-became-optional",
        By(Breaking, Info), "property became required";
    PROPERTY_BECAME_OPTIONAL: "property-became-optional" ~ "property-became-required",
        By(Info, Breaking), "property became optional";
    PROPERTY_BECAME_READ_ONLY: "property-became-read-only" ~ "property-became-writable",
        By(Warning, Info), "optional property became read-only";
    PROPERTY_BECAME_WRITABLE: "property-became-writable" ~ "property-became-read-only",
        By(Info, Info), "optional property no longer read-only";
    REQUIRED_PROPERTY_BECAME_READ_ONLY: "required-property-became-read-only" ~ "required-property-became-writable",
        By(Warning, Info), "required property became read-only";
    REQUIRED_PROPERTY_BECAME_WRITABLE: "required-property-became-writable" ~ "required-property-became-read-only",
        By(Breaking, Info), "required property no longer read-only";
    PROPERTY_BECAME_WRITE_ONLY: "property-became-write-only" ~ "property-became-readable",
        By(Info, Warning), "optional property became write-only";
    PROPERTY_BECAME_READABLE: "property-became-readable" ~ "property-became-write-only",
        By(Info, Info), "optional property no longer write-only";
    REQUIRED_PROPERTY_BECAME_WRITE_ONLY: "required-property-became-write-only" ~ "required-property-became-readable",
        By(Info, Breaking), "required property became write-only";
    REQUIRED_PROPERTY_BECAME_READABLE: "required-property-became-readable" ~ "required-property-became-write-only",
        By(Info, Info), "required property no longer write-only";
    PROPERTY_DEPRECATED: "property-deprecated" ~ "property-undeprecated",
        Always(Info), "property deprecated";
    PROPERTY_UNDEPRECATED: "property-undeprecated" ~ "property-deprecated",
        Always(Info), "property no longer deprecated";
    ADDITIONAL_PROPERTIES_CLOSED: "additional-properties-closed" ~ "additional-properties-opened",
        By(Breaking, Info), "additional properties forbidden";
    ADDITIONAL_PROPERTIES_OPENED: "additional-properties-opened" ~ "additional-properties-closed",
        By(Info, Warning), "additional properties allowed";
    ADDITIONAL_PROPERTIES_TYPED: "additional-properties-typed" ~ "additional-properties-untyped",
        By(Breaking, Info), "schema of additional properties added";
    ADDITIONAL_PROPERTIES_UNTYPED: "additional-properties-untyped" ~ "additional-properties-typed",
        By(Info, Breaking), "schema of additional properties removed";
    PATTERN_PROPERTIES_ADDED: "pattern-properties-added" ~ "pattern-properties-removed",
        By(Breaking, Info), "schema of properties that match a pattern added";
    PATTERN_PROPERTIES_REMOVED: "pattern-properties-removed" ~ "pattern-properties-added",
        By(Info, Breaking), "schema of properties that match a pattern removed";
    PATTERN_PROPERTIES_CHANGED: "pattern-properties-changed" ~ "pattern-properties-changed",
        By(Breaking, Breaking), "pattern of property names changed";
    PROPERTY_NAMES_ADDED: "property-names-added" ~ "property-names-removed",
        By(Breaking, Info), "schema of property names added";
    PROPERTY_NAMES_REMOVED: "property-names-removed" ~ "property-names-added",
        By(Info, Breaking), "schema of property names removed";
    DEPENDENCY_ADDED: "dependency-added" ~ "dependency-removed",
        By(Breaking, Info), "dependency between properties added";
    DEPENDENCY_REMOVED: "dependency-removed" ~ "dependency-added",
        By(Info, Breaking), "dependency between properties removed";
    UNEVALUATED_CLOSED: "unevaluated-closed" ~ "unevaluated-opened",
        By(Breaking, Info), "unevaluated properties or items forbidden";
    UNEVALUATED_OPENED: "unevaluated-opened" ~ "unevaluated-closed",
        By(Info, Breaking), "unevaluated properties or items allowed";

    // Values.
    BECAME_NULLABLE: "became-nullable" ~ "no-longer-nullable",
        By(Info, Breaking), "value became nullable";
    NO_LONGER_NULLABLE: "no-longer-nullable" ~ "became-nullable",
        By(Breaking, Info), "value no longer nullable";
    TYPE_CHANGED: "type-changed" ~ "type-changed",
        By(Breaking, Breaking), "type changed";
    TYPE_WIDENED: "type-widened" ~ "type-narrowed",
        By(Info, Breaking), "type widened";
    TYPE_NARROWED: "type-narrowed" ~ "type-widened",
        By(Breaking, Info), "type narrowed";
    FORMAT_CHANGED: "format-changed" ~ "format-changed",
        By(Breaking, Breaking), "format changed";
    FORMAT_ADDED: "format-added" ~ "format-removed",
        By(Warning, Info), "format added";
    FORMAT_REMOVED: "format-removed" ~ "format-added",
        By(Info, Warning), "format removed";
    FORMAT_HINT_CHANGED: "format-hint-changed" ~ "format-hint-changed",
        By(Warning, Info), "format changed, one of which has no defined meaning";
    FORMAT_WIDENED: "format-widened" ~ "format-narrowed",
        By(Info, Breaking), "range of a number format widened";
    FORMAT_NARROWED: "format-narrowed" ~ "format-widened",
        By(Breaking, Info), "range of a number format narrowed";
    ENUM_ADDED: "enum-added" ~ "enum-removed",
        By(Breaking, Info), "enum added";
    ENUM_REMOVED: "enum-removed" ~ "enum-added",
        By(Info, Warning), "enum removed";
    ENUM_VALUE_ADDED: "enum-value-added" ~ "enum-value-removed",
        By(Info, Warning), "enum value added";
    ENUM_VALUE_REMOVED: "enum-value-removed" ~ "enum-value-added",
        By(Breaking, Info), "enum value removed";
    ENUM_REPLACED: "enum-replaced" ~ "enum-replaced",
        By(Breaking, Breaking), "all enum values replaced";
    EXTENSIBLE_VALUE_ADDED: "extensible-value-added" ~ "extensible-value-removed",
        By(Info, Info), "value of `x-extensible-enum` added";
    EXTENSIBLE_VALUE_REMOVED: "extensible-value-removed" ~ "extensible-value-added",
        By(Breaking, Info), "value of `x-extensible-enum` removed";
    DEFAULT_ADDED: "default-added" ~ "default-removed",
        By(Warning, Info), "default added";
    DEFAULT_REMOVED: "default-removed" ~ "default-added",
        By(Warning, Info), "default removed";
    DEFAULT_CHANGED: "default-changed" ~ "default-changed",
        By(Warning, Info), "default changed";
    PATTERN_ADDED: "pattern-added" ~ "pattern-removed",
        By(Breaking, Info), "pattern added";
    PATTERN_REMOVED: "pattern-removed" ~ "pattern-added",
        By(Info, Warning), "pattern removed";
    PATTERN_CHANGED: "pattern-changed" ~ "pattern-changed",
        By(Warning, Warning), "pattern changed";
    MINIMUM_RAISED: "minimum-raised" ~ "minimum-lowered",
        By(Breaking, Info), "minimum raised";
    MINIMUM_LOWERED: "minimum-lowered" ~ "minimum-raised",
        By(Info, Breaking), "minimum lowered";
    MAXIMUM_LOWERED: "maximum-lowered" ~ "maximum-raised",
        By(Breaking, Info), "maximum lowered";
    MAXIMUM_RAISED: "maximum-raised" ~ "maximum-lowered",
        By(Info, Breaking), "maximum raised";
    MIN_LENGTH_RAISED: "min-length-raised" ~ "min-length-lowered",
        By(Breaking, Info), "minimum length raised";
    MIN_LENGTH_LOWERED: "min-length-lowered" ~ "min-length-raised",
        By(Info, Breaking), "minimum length lowered";
    MAX_LENGTH_LOWERED: "max-length-lowered" ~ "max-length-raised",
        By(Breaking, Info), "maximum length lowered";
    MAX_LENGTH_RAISED: "max-length-raised" ~ "max-length-lowered",
        By(Info, Breaking), "maximum length raised";
    MIN_ITEMS_RAISED: "min-items-raised" ~ "min-items-lowered",
        By(Breaking, Info), "minimum number of items raised";
    MIN_ITEMS_LOWERED: "min-items-lowered" ~ "min-items-raised",
        By(Info, Breaking), "minimum number of items lowered";
    MAX_ITEMS_LOWERED: "max-items-lowered" ~ "max-items-raised",
        By(Breaking, Info), "maximum number of items lowered";
    MAX_ITEMS_RAISED: "max-items-raised" ~ "max-items-lowered",
        By(Info, Breaking), "maximum number of items raised";
    MIN_PROPERTIES_RAISED: "min-properties-raised" ~ "min-properties-lowered",
        By(Breaking, Info), "minimum number of properties raised";
    MIN_PROPERTIES_LOWERED: "min-properties-lowered" ~ "min-properties-raised",
        By(Info, Breaking), "minimum number of properties lowered";
    MAX_PROPERTIES_LOWERED: "max-properties-lowered" ~ "max-properties-raised",
        By(Breaking, Info), "maximum number of properties lowered";
    MAX_PROPERTIES_RAISED: "max-properties-raised" ~ "max-properties-lowered",
        By(Info, Breaking), "maximum number of properties raised";
    MULTIPLE_OF_ADDED: "multiple-of-added" ~ "multiple-of-removed",
        By(Breaking, Info), "`multipleOf` added";
    MULTIPLE_OF_REMOVED: "multiple-of-removed" ~ "multiple-of-added",
        By(Info, Breaking), "`multipleOf` removed";
    MULTIPLE_OF_CHANGED: "multiple-of-changed" ~ "multiple-of-changed",
        By(Warning, Warning), "`multipleOf` changed";
    UNIQUE_ITEMS_ADDED: "unique-items-added" ~ "unique-items-removed",
        By(Breaking, Info), "duplicate items forbidden";
    UNIQUE_ITEMS_REMOVED: "unique-items-removed" ~ "unique-items-added",
        By(Info, Breaking), "duplicate items allowed";
    ITEMS_CLOSED: "items-closed" ~ "items-opened",
        By(Breaking, Info), "items of an array forbidden";
    ITEMS_OPENED: "items-opened" ~ "items-closed",
        By(Info, Breaking), "items of an array allowed";
    CONTAINS_NARROWED: "contains-narrowed" ~ "contains-widened",
        By(Breaking, Info), "`contains` narrowed";
    CONTAINS_WIDENED: "contains-widened" ~ "contains-narrowed",
        By(Info, Breaking), "`contains` widened";
    CONTENT_MEDIA_TYPE_ADDED: "content-media-type-added" ~ "content-media-type-removed",
        By(Warning, Info), "media type of a string's content added";
    CONTENT_MEDIA_TYPE_REMOVED: "content-media-type-removed" ~ "content-media-type-added",
        By(Info, Warning), "media type of a string's content removed";
    CONTENT_MEDIA_TYPE_CHANGED: "content-media-type-changed" ~ "content-media-type-changed",
        By(Breaking, Breaking), "media type of a string's content changed";
    CONTENT_SCHEMA_ADDED: "content-schema-added" ~ "content-schema-removed",
        By(Breaking, Info), "schema of a string's content added";
    CONTENT_SCHEMA_REMOVED: "content-schema-removed" ~ "content-schema-added",
        By(Info, Breaking), "schema of a string's content removed";
    XML_CHANGED: "xml-changed" ~ "xml-changed",
        Always(Warning), "XML encoding of a value changed";
    CONDITION_ADDED: "condition-added" ~ "condition-removed",
        By(Breaking, Info), "condition added";
    CONDITION_REMOVED: "condition-removed" ~ "condition-added",
        By(Info, Breaking), "condition removed";
    CONDITION_CHANGED: "condition-changed" ~ "condition-changed",
        By(Warning, Warning), "condition changed";

    // Choices.
    VARIANT_ADDED: "variant-added" ~ "variant-removed",
        By(Info, Breaking), "alternative added";
    VARIANT_REMOVED: "variant-removed" ~ "variant-added",
        By(Breaking, Info), "alternative removed";
    ALTERNATIVES_SPLIT: "alternatives-split" ~ "alternatives-joined",
        Always(Info), "schema split into alternatives";
    ALTERNATIVES_JOINED: "alternatives-joined" ~ "alternatives-split",
        Always(Info), "alternatives merged into one schema";
    CHOICE_ADDED: "choice-added" ~ "choice-removed",
        By(Breaking, Info), "choice added";
    CHOICE_REMOVED: "choice-removed" ~ "choice-added",
        By(Info, Breaking), "choice removed";
    DISCRIMINATOR_ADDED: "discriminator-added" ~ "discriminator-removed",
        By(Warning, Info), "discriminator added";
    DISCRIMINATOR_REMOVED: "discriminator-removed" ~ "discriminator-added",
        By(Info, Warning), "discriminator removed";
    DISCRIMINATOR_CHANGED: "discriminator-changed" ~ "discriminator-changed",
        By(Breaking, Breaking), "discriminator changed";
    DISCRIMINATOR_VALUE_ADDED: "discriminator-value-added" ~ "discriminator-value-removed",
        By(Info, Warning), "discriminator value of an alternative added";
    DISCRIMINATOR_VALUE_CHANGED: "discriminator-value-changed" ~ "discriminator-value-changed",
        Always(Breaking), "another value stands for an alternative";
    DISCRIMINATOR_VALUE_REMOVED: "discriminator-value-removed" ~ "discriminator-value-added",
        By(Breaking, Info), "discriminator value of an alternative removed";
    NOT_ADDED: "not-added" ~ "not-removed",
        By(Breaking, Info), "`not` added";
    NOT_REMOVED: "not-removed" ~ "not-added",
        By(Info, Breaking), "`not` removed";
    NOT_CHANGED: "not-changed" ~ "not-changed",
        By(Warning, Warning), "`not` changed";
}
