//! The kinds of change, one row each.
//!
//! What narrows what a server takes, or widens what it sends, breaks a client; the opposite is information. A warning is what
//! the documents do not decide: whether a pattern is narrower than another, or whether a server minds a parameter that it no longer
//! knows. Values that join an `enum` of a response are a warning, too, for clients are well advised to expect them.

use super::Severity::{Breaking, Info, Warning};
use super::{Area, Direction, Severity};

/// A kind of change.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name: stable, in kebab-case, such as `property-removed`.
    pub id: &'static str,
    /// The rule that applies when OLD and NEW are swapped; it may be the same one.
    pub mirror: &'static str,
    /// What it is a change of.
    pub area: Area,
    /// How much it matters.
    pub levels: Severities,
    /// What it says, in one sentence without a full stop.
    pub sentence: &'static str,
}

/// How much a kind of change matters.
#[derive(Debug, PartialEq, Eq)]
pub enum Severities {
    /// As much in either direction, or where there is none.
    Always(Severity),
    /// In a request, in a response.
    By(Severity, Severity),
}

use Severities::{Always, By};

impl Rule {
    /// How much a change of this kind matters. Where the direction is not known, the worse counts.
    pub fn severity(&self, direction: Option<Direction>) -> Severity {
        match (&self.levels, direction) {
            (Always(severity), _) => *severity,
            (By(request, _), Some(Direction::Request)) => *request,
            (By(_, response), Some(Direction::Response)) => *response,
            (By(request, response), None) => *request.max(response),
        }
    }
}

/// A table of rules in one area: a static for each, and `ALL` of them in order.
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
        Always(Info), "there is another base URL";
    SERVER_REMOVED: "server-removed" ~ "server-added",
        Always(Breaking), "a base URL is gone";
    SERVER_VALUE_ADDED: "server-value-added" ~ "server-value-removed",
        Always(Info), "a variable of the base URL may have another value";
    SERVER_VALUE_REMOVED: "server-value-removed" ~ "server-value-added",
        Always(Breaking), "a variable of the base URL may no longer have a value";
    BASE_PATH_MOVED: "base-path-moved" ~ "base-path-moved",
        Always(Info), "a part of the base URL is a part of the paths now, or the reverse";
    UNCOMPARED: "uncompared" ~ "uncompared",
        Always(Warning), "a field changed that the review does not compare";
    WEBHOOK_ADDED: "webhook-added" ~ "webhook-removed",
        Always(Info), "webhook event added";
    WEBHOOK_REMOVED: "webhook-removed" ~ "webhook-added",
        Always(Breaking), "webhook event removed";
    CALLBACK_ADDED: "callback-added" ~ "callback-removed",
        Always(Info), "an operation may cause another request by the server";
    CALLBACK_REMOVED: "callback-removed" ~ "callback-added",
        Always(Breaking), "an operation no longer causes a request by the server";

    // Operations.
    OPERATION_ADDED: "operation-added" ~ "operation-removed",
        Always(Info), "an operation is new";
    OPERATION_REMOVED: "operation-removed" ~ "operation-added",
        Always(Breaking), "an operation is gone";
    OPERATION_MOVED: "operation-moved" ~ "operation-moved",
        Always(Breaking), "an operation has another path";
    PATH_SLASH_CHANGED: "path-slash-changed" ~ "path-slash-changed",
        Always(Warning), "trailing slash of the path changed";
    OPERATION_DEPRECATED: "operation-deprecated" ~ "operation-undeprecated",
        Always(Info), "an operation is deprecated now";
    OPERATION_UNDEPRECATED: "operation-undeprecated" ~ "operation-deprecated",
        Always(Info), "an operation is no longer deprecated";
    SUNSET_SET: "sunset-set" ~ "sunset-lifted",
        Always(Warning), "a sunset date was set";
    SUNSET_LIFTED: "sunset-lifted" ~ "sunset-set",
        Always(Info), "the sunset date was removed";
    SUNSET_CHANGED: "sunset-changed" ~ "sunset-changed",
        Always(Warning), "the sunset date changed";
    STABILITY_LOWERED: "stability-lowered" ~ "stability-raised",
        Always(Warning), "the stability level was lowered";
    STABILITY_RAISED: "stability-raised" ~ "stability-lowered",
        Always(Info), "the stability level was raised";
    OPERATION_ID_CHANGED: "operation-id-changed" ~ "operation-id-changed",
        Always(Info), "an operation has another `operationId`";
    TAG_CHANGED: "tag-changed" ~ "tag-changed",
        Always(Info), "an operation has another first tag";

    // Security.
    SECURITY_REQUIRED: "security-required" ~ "security-lifted",
        Always(Breaking), "a credential is required";
    SECURITY_LIFTED: "security-lifted" ~ "security-required",
        Always(Info), "no credential is required any more";
    SECURITY_ADDED: "security-added" ~ "security-removed",
        Always(Info), "another way to authenticate is accepted";
    SECURITY_REMOVED: "security-removed" ~ "security-added",
        Always(Breaking), "a way to authenticate is no longer accepted";
    SCOPE_ADDED: "scope-added" ~ "scope-removed",
        Always(Breaking), "a credential needs another scope";
    SCOPE_REMOVED: "scope-removed" ~ "scope-added",
        Always(Info), "a credential no longer needs a scope";
    SECURITY_RELAXED: "security-relaxed" ~ "security-tightened",
        Always(Info), "fewer of the credentials that were required together are required";
    SECURITY_TIGHTENED: "security-tightened" ~ "security-relaxed",
        Always(Breaking), "credentials are required together of which one was enough";
    CREDENTIAL_URL_CHANGED: "credential-url-changed" ~ "credential-url-changed",
        Always(Breaking), "tokens or authorizations come from another URL";
    FLOW_ADDED: "flow-added" ~ "flow-removed",
        Always(Info), "tokens can be obtained in another way";
    FLOW_REMOVED: "flow-removed" ~ "flow-added",
        Always(Breaking), "tokens can no longer be obtained in a way";
    SCOPE_OFFERED: "scope-offered" ~ "scope-withdrawn",
        Always(Info), "tokens may have another scope";
    SCOPE_WITHDRAWN: "scope-withdrawn" ~ "scope-offered",
        Always(Warning), "tokens may no longer have a scope";
    SCHEME_DEPRECATED: "scheme-deprecated" ~ "scheme-undeprecated",
        Always(Info), "a security scheme is deprecated now";
    SCHEME_UNDEPRECATED: "scheme-undeprecated" ~ "scheme-deprecated",
        Always(Info), "a security scheme is no longer deprecated";

    // Parameters.
    PARAMETER_ADDED: "parameter-added" ~ "parameter-removed",
        Always(Info), "an optional parameter is new";
    PARAMETER_REMOVED: "parameter-removed" ~ "parameter-added",
        Always(Warning), "an optional parameter is gone";
    REQUIRED_PARAMETER_ADDED: "required-parameter-added" ~ "required-parameter-removed",
        Always(Breaking), "a required parameter is new";
    REQUIRED_PARAMETER_REMOVED: "required-parameter-removed" ~ "required-parameter-added",
        Always(Warning), "a required parameter is gone";
    PARAMETER_BECAME_REQUIRED: "parameter-became-required" ~ "parameter-became-optional",
        Always(Breaking), "a parameter is required now";
    PARAMETER_BECAME_OPTIONAL: "parameter-became-optional" ~ "parameter-became-required",
        Always(Info), "a parameter is optional now";
    PARAMETER_MOVED: "parameter-moved" ~ "parameter-moved",
        Always(Breaking), "a parameter goes to another part of the request";
    PARAMETER_STYLE_CHANGED: "parameter-style-changed" ~ "parameter-style-changed",
        Always(Breaking), "a parameter is written in another way";
    PARAMETER_DEPRECATED: "parameter-deprecated" ~ "parameter-undeprecated",
        Always(Info), "a parameter is deprecated now";
    PARAMETER_UNDEPRECATED: "parameter-undeprecated" ~ "parameter-deprecated",
        Always(Info), "a parameter is no longer deprecated";
    EMPTY_VALUE_FORBIDDEN: "empty-value-forbidden" ~ "empty-value-allowed",
        Always(Breaking), "a parameter can no longer be empty";
    EMPTY_VALUE_ALLOWED: "empty-value-allowed" ~ "empty-value-forbidden",
        Always(Info), "a parameter may be empty now";
    RESERVED_ENCODED: "reserved-encoded" ~ "reserved-unencoded",
        Always(Warning), "the reserved characters of a parameter are encoded now";
    RESERVED_UNENCODED: "reserved-unencoded" ~ "reserved-encoded",
        Always(Warning), "the reserved characters of a parameter are no longer encoded";

    // Bodies.
    BODY_ADDED: "body-added" ~ "body-removed",
        Always(Info), "a request may have a body";
    BODY_REMOVED: "body-removed" ~ "body-added",
        Always(Warning), "a request no longer may have a body";
    REQUIRED_BODY_ADDED: "required-body-added" ~ "required-body-removed",
        Always(Breaking), "a request must have a body";
    REQUIRED_BODY_REMOVED: "required-body-removed" ~ "required-body-added",
        Always(Warning), "a request that needed a body has none";
    BODY_BECAME_REQUIRED: "body-became-required" ~ "body-became-optional",
        Always(Breaking), "a request's body is required now";
    BODY_BECAME_OPTIONAL: "body-became-optional" ~ "body-became-required",
        Always(Info), "a request's body is optional now";
    MEDIA_TYPE_ADDED: "media-type-added" ~ "media-type-removed",
        Always(Info), "a body may be of another media type";
    MEDIA_TYPE_REMOVED: "media-type-removed" ~ "media-type-added",
        Always(Breaking), "a body is no longer of a media type";
    MEDIA_TYPE_WIDENED: "media-type-widened" ~ "media-type-narrowed",
        By(Info, Warning), "a body may be of more media types";
    MEDIA_TYPE_NARROWED: "media-type-narrowed" ~ "media-type-widened",
        By(Breaking, Info), "a body may be of fewer media types";
    ENCODING_CHANGED: "encoding-changed" ~ "encoding-changed",
        By(Breaking, Warning), "a property of a form is written in another way";

    // Responses.
    SUCCESS_STATUS_ADDED: "success-status-added" ~ "success-status-removed",
        Always(Warning), "a request may succeed with another status";
    SUCCESS_STATUS_REMOVED: "success-status-removed" ~ "success-status-added",
        Always(Breaking), "a request no longer succeeds with a status";
    ERROR_STATUS_ADDED: "error-status-added" ~ "error-status-removed",
        Always(Info), "a request may fail with another status";
    ERROR_STATUS_REMOVED: "error-status-removed" ~ "error-status-added",
        Always(Info), "a request no longer fails with a status";
    STATUS_WIDENED: "status-widened" ~ "status-narrowed",
        Always(Info), "a response is declared for more statuses";
    STATUS_NARROWED: "status-narrowed" ~ "status-widened",
        Always(Info), "a response is declared for fewer statuses";
    HEADER_ADDED: "header-added" ~ "header-removed",
        Always(Info), "a response may have another header";
    HEADER_REMOVED: "header-removed" ~ "header-added",
        Always(Warning), "a response no longer may have a header";
    REQUIRED_HEADER_ADDED: "required-header-added" ~ "required-header-removed",
        Always(Info), "a response always has another header";
    REQUIRED_HEADER_REMOVED: "required-header-removed" ~ "required-header-added",
        Always(Breaking), "a header that a response always had is gone";
    HEADER_BECAME_REQUIRED: "header-became-required" ~ "header-became-optional",
        Always(Info), "a response always has a header";
    HEADER_BECAME_OPTIONAL: "header-became-optional" ~ "header-became-required",
        Always(Breaking), "a response no longer always has a header";
    HEADER_DEPRECATED: "header-deprecated" ~ "header-undeprecated",
        Always(Info), "a header is deprecated now";
    HEADER_UNDEPRECATED: "header-undeprecated" ~ "header-deprecated",
        Always(Info), "a header is no longer deprecated";

    // Properties.
    PROPERTY_ADDED: "property-added" ~ "property-removed",
        By(Info, Info), "an optional property is new";
    PROPERTY_REMOVED: "property-removed" ~ "property-added",
        By(Warning, Warning), "an optional property is gone";
    REQUIRED_PROPERTY_ADDED: "required-property-added" ~ "required-property-removed",
        By(Breaking, Info), "a required property is new";
    REQUIRED_PROPERTY_REMOVED: "required-property-removed" ~ "required-property-added",
        By(Warning, Breaking), "a required property is gone";
    PROPERTY_RENAMED: "property-renamed" ~ "property-renamed",
        By(Breaking, Breaking), "a property is written in another case";
    PROPERTY_BECAME_REQUIRED: "property-became-required" ~ "property-became-optional",
        By(Breaking, Info), "a property is required now";
    PROPERTY_BECAME_OPTIONAL: "property-became-optional" ~ "property-became-required",
        By(Info, Breaking), "a property is optional now";
    PROPERTY_BECAME_READ_ONLY: "property-became-read-only" ~ "property-became-writable",
        By(Warning, Info), "requests no longer have an optional property";
    PROPERTY_BECAME_WRITABLE: "property-became-writable" ~ "property-became-read-only",
        By(Info, Info), "requests may have a property that only responses had";
    REQUIRED_PROPERTY_BECAME_READ_ONLY: "required-property-became-read-only" ~ "required-property-became-writable",
        By(Warning, Info), "requests no longer have a required property";
    REQUIRED_PROPERTY_BECAME_WRITABLE: "required-property-became-writable" ~ "required-property-became-read-only",
        By(Breaking, Info), "requests must have a property that only responses had";
    PROPERTY_BECAME_WRITE_ONLY: "property-became-write-only" ~ "property-became-readable",
        By(Info, Warning), "responses no longer have an optional property";
    PROPERTY_BECAME_READABLE: "property-became-readable" ~ "property-became-write-only",
        By(Info, Info), "responses may have a property that only requests had";
    REQUIRED_PROPERTY_BECAME_WRITE_ONLY: "required-property-became-write-only" ~ "required-property-became-readable",
        By(Info, Breaking), "responses no longer have a required property";
    REQUIRED_PROPERTY_BECAME_READABLE: "required-property-became-readable" ~ "required-property-became-write-only",
        By(Info, Info), "responses always have a property that only requests had";
    PROPERTY_DEPRECATED: "property-deprecated" ~ "property-undeprecated",
        Always(Info), "a property is deprecated now";
    PROPERTY_UNDEPRECATED: "property-undeprecated" ~ "property-deprecated",
        Always(Info), "a property is no longer deprecated";
    ADDITIONAL_PROPERTIES_CLOSED: "additional-properties-closed" ~ "additional-properties-opened",
        By(Breaking, Info), "properties that are not listed are forbidden now";
    ADDITIONAL_PROPERTIES_OPENED: "additional-properties-opened" ~ "additional-properties-closed",
        By(Info, Warning), "properties that are not listed are allowed now";
    ADDITIONAL_PROPERTIES_TYPED: "additional-properties-typed" ~ "additional-properties-untyped",
        By(Breaking, Info), "properties that are not listed must be of a schema now";
    ADDITIONAL_PROPERTIES_UNTYPED: "additional-properties-untyped" ~ "additional-properties-typed",
        By(Info, Breaking), "properties that are not listed may be anything now";
    PATTERN_PROPERTIES_ADDED: "pattern-properties-added" ~ "pattern-properties-removed",
        By(Breaking, Info), "properties whose names match a pattern must be of a schema now";
    PATTERN_PROPERTIES_REMOVED: "pattern-properties-removed" ~ "pattern-properties-added",
        By(Info, Breaking), "properties whose names match a pattern may be anything now";
    PATTERN_PROPERTIES_CHANGED: "pattern-properties-changed" ~ "pattern-properties-changed",
        By(Breaking, Breaking), "a schema is for properties whose names match another pattern";
    PROPERTY_NAMES_ADDED: "property-names-added" ~ "property-names-removed",
        By(Breaking, Info), "names of properties must meet a schema now";
    PROPERTY_NAMES_REMOVED: "property-names-removed" ~ "property-names-added",
        By(Info, Breaking), "names of properties no longer have to meet a schema";
    DEPENDENCY_ADDED: "dependency-added" ~ "dependency-removed",
        By(Breaking, Info), "a property requires more now";
    DEPENDENCY_REMOVED: "dependency-removed" ~ "dependency-added",
        By(Info, Breaking), "a property requires less now";
    UNEVALUATED_CLOSED: "unevaluated-closed" ~ "unevaluated-opened",
        By(Breaking, Info), "properties or items that no schema describes are forbidden now";
    UNEVALUATED_OPENED: "unevaluated-opened" ~ "unevaluated-closed",
        By(Info, Breaking), "properties or items that no schema describes are allowed now";

    // Values.
    BECAME_NULLABLE: "became-nullable" ~ "no-longer-nullable",
        By(Info, Breaking), "a value may be null now";
    NO_LONGER_NULLABLE: "no-longer-nullable" ~ "became-nullable",
        By(Breaking, Info), "a value can no longer be null";
    TYPE_CHANGED: "type-changed" ~ "type-changed",
        By(Breaking, Breaking), "a value is of another type";
    TYPE_WIDENED: "type-widened" ~ "type-narrowed",
        By(Info, Breaking), "a value is of a wider type";
    TYPE_NARROWED: "type-narrowed" ~ "type-widened",
        By(Breaking, Info), "a value is of a narrower type";
    FORMAT_CHANGED: "format-changed" ~ "format-changed",
        By(Breaking, Breaking), "a value has another format";
    FORMAT_ADDED: "format-added" ~ "format-removed",
        By(Warning, Info), "a value has a format now";
    FORMAT_REMOVED: "format-removed" ~ "format-added",
        By(Info, Warning), "a value no longer has a format";
    FORMAT_WIDENED: "format-widened" ~ "format-narrowed",
        By(Info, Breaking), "a number has a wider range by its format";
    FORMAT_NARROWED: "format-narrowed" ~ "format-widened",
        By(Breaking, Info), "a number has a narrower range by its format";
    ENUM_ADDED: "enum-added" ~ "enum-removed",
        By(Breaking, Info), "only listed values are allowed now";
    ENUM_REMOVED: "enum-removed" ~ "enum-added",
        By(Info, Warning), "values are allowed now that were not listed";
    ENUM_VALUE_ADDED: "enum-value-added" ~ "enum-value-removed",
        By(Info, Warning), "other values are listed, too";
    ENUM_VALUE_REMOVED: "enum-value-removed" ~ "enum-value-added",
        By(Breaking, Info), "values are no longer listed";
    ENUM_REPLACED: "enum-replaced" ~ "enum-replaced",
        By(Breaking, Breaking), "all listed values were replaced";
    EXTENSIBLE_VALUE_ADDED: "extensible-value-added" ~ "extensible-value-removed",
        By(Info, Info), "`x-extensible-enum` lists another value";
    EXTENSIBLE_VALUE_REMOVED: "extensible-value-removed" ~ "extensible-value-added",
        By(Breaking, Info), "`x-extensible-enum` no longer lists a value";
    DEFAULT_ADDED: "default-added" ~ "default-removed",
        By(Warning, Info), "an omitted value has a default now";
    DEFAULT_REMOVED: "default-removed" ~ "default-added",
        By(Warning, Info), "an omitted value no longer has a default";
    DEFAULT_CHANGED: "default-changed" ~ "default-changed",
        By(Warning, Info), "an omitted value has another default";
    PATTERN_ADDED: "pattern-added" ~ "pattern-removed",
        By(Breaking, Info), "a string must match a pattern now";
    PATTERN_REMOVED: "pattern-removed" ~ "pattern-added",
        By(Info, Warning), "a string no longer has to match a pattern";
    PATTERN_CHANGED: "pattern-changed" ~ "pattern-changed",
        By(Warning, Warning), "a string must match another pattern";
    MINIMUM_RAISED: "minimum-raised" ~ "minimum-lowered",
        By(Breaking, Info), "the least number is greater";
    MINIMUM_LOWERED: "minimum-lowered" ~ "minimum-raised",
        By(Info, Breaking), "the least number is smaller";
    MAXIMUM_LOWERED: "maximum-lowered" ~ "maximum-raised",
        By(Breaking, Info), "the greatest number is smaller";
    MAXIMUM_RAISED: "maximum-raised" ~ "maximum-lowered",
        By(Info, Breaking), "the greatest number is greater";
    MIN_LENGTH_RAISED: "min-length-raised" ~ "min-length-lowered",
        By(Breaking, Info), "the least length of a string is greater";
    MIN_LENGTH_LOWERED: "min-length-lowered" ~ "min-length-raised",
        By(Info, Breaking), "the least length of a string is smaller";
    MAX_LENGTH_LOWERED: "max-length-lowered" ~ "max-length-raised",
        By(Breaking, Info), "the greatest length of a string is smaller";
    MAX_LENGTH_RAISED: "max-length-raised" ~ "max-length-lowered",
        By(Info, Breaking), "the greatest length of a string is greater";
    MIN_ITEMS_RAISED: "min-items-raised" ~ "min-items-lowered",
        By(Breaking, Info), "the least number of items is greater";
    MIN_ITEMS_LOWERED: "min-items-lowered" ~ "min-items-raised",
        By(Info, Breaking), "the least number of items is smaller";
    MAX_ITEMS_LOWERED: "max-items-lowered" ~ "max-items-raised",
        By(Breaking, Info), "the greatest number of items is smaller";
    MAX_ITEMS_RAISED: "max-items-raised" ~ "max-items-lowered",
        By(Info, Breaking), "the greatest number of items is greater";
    MIN_PROPERTIES_RAISED: "min-properties-raised" ~ "min-properties-lowered",
        By(Breaking, Info), "the least number of properties is greater";
    MIN_PROPERTIES_LOWERED: "min-properties-lowered" ~ "min-properties-raised",
        By(Info, Breaking), "the least number of properties is smaller";
    MAX_PROPERTIES_LOWERED: "max-properties-lowered" ~ "max-properties-raised",
        By(Breaking, Info), "the greatest number of properties is smaller";
    MAX_PROPERTIES_RAISED: "max-properties-raised" ~ "max-properties-lowered",
        By(Info, Breaking), "the greatest number of properties is greater";
    MULTIPLE_OF_ADDED: "multiple-of-added" ~ "multiple-of-removed",
        By(Breaking, Info), "a number must be a multiple now";
    MULTIPLE_OF_REMOVED: "multiple-of-removed" ~ "multiple-of-added",
        By(Info, Breaking), "a number no longer has to be a multiple";
    MULTIPLE_OF_CHANGED: "multiple-of-changed" ~ "multiple-of-changed",
        By(Warning, Warning), "a number must be a multiple of another one";
    UNIQUE_ITEMS_ADDED: "unique-items-added" ~ "unique-items-removed",
        By(Breaking, Info), "no item may come twice now";
    UNIQUE_ITEMS_REMOVED: "unique-items-removed" ~ "unique-items-added",
        By(Info, Breaking), "items may come twice now";
    ITEMS_CLOSED: "items-closed" ~ "items-opened",
        By(Breaking, Info), "an array has no items in a position any more";
    ITEMS_OPENED: "items-opened" ~ "items-closed",
        By(Info, Breaking), "an array may have items in a position now";
    CONTAINS_NARROWED: "contains-narrowed" ~ "contains-widened",
        By(Breaking, Info), "`contains` allows fewer arrays";
    CONTAINS_WIDENED: "contains-widened" ~ "contains-narrowed",
        By(Info, Breaking), "`contains` allows more arrays";
    CONTENT_MEDIA_TYPE_ADDED: "content-media-type-added" ~ "content-media-type-removed",
        By(Warning, Info), "the media type of a string's content is declared now";
    CONTENT_MEDIA_TYPE_REMOVED: "content-media-type-removed" ~ "content-media-type-added",
        By(Info, Warning), "the media type of a string's content is no longer declared";
    CONTENT_MEDIA_TYPE_CHANGED: "content-media-type-changed" ~ "content-media-type-changed",
        By(Breaking, Breaking), "the media type of a string's content changed";
    CONTENT_SCHEMA_ADDED: "content-schema-added" ~ "content-schema-removed",
        By(Breaking, Info), "the content of a string must match a schema now";
    CONTENT_SCHEMA_REMOVED: "content-schema-removed" ~ "content-schema-added",
        By(Info, Breaking), "the content of a string no longer has to match a schema";
    XML_CHANGED: "xml-changed" ~ "xml-changed",
        Always(Warning), "the XML representation of a value changed";
    CONDITION_ADDED: "condition-added" ~ "condition-removed",
        By(Breaking, Info), "a value must meet a condition now";
    CONDITION_REMOVED: "condition-removed" ~ "condition-added",
        By(Info, Breaking), "a value no longer has to meet a condition";
    CONDITION_CHANGED: "condition-changed" ~ "condition-changed",
        By(Warning, Warning), "a value must meet another condition";

    // Choices.
    VARIANT_ADDED: "variant-added" ~ "variant-removed",
        By(Info, Breaking), "there is another alternative";
    VARIANT_REMOVED: "variant-removed" ~ "variant-added",
        By(Breaking, Info), "an alternative is gone";
    ALTERNATIVES_SPLIT: "alternatives-split" ~ "alternatives-joined",
        Always(Info), "one schema became several alternatives";
    ALTERNATIVES_JOINED: "alternatives-joined" ~ "alternatives-split",
        Always(Info), "several alternatives became one schema";
    CHOICE_ADDED: "choice-added" ~ "choice-removed",
        By(Breaking, Info), "a value must be one of some alternatives, too";
    CHOICE_REMOVED: "choice-removed" ~ "choice-added",
        By(Info, Breaking), "a value no longer has to be one of some alternatives";
    DISCRIMINATOR_ADDED: "discriminator-added" ~ "discriminator-removed",
        By(Warning, Info), "a property tells alternatives apart now";
    DISCRIMINATOR_REMOVED: "discriminator-removed" ~ "discriminator-added",
        By(Info, Warning), "no property tells alternatives apart any more";
    DISCRIMINATOR_CHANGED: "discriminator-changed" ~ "discriminator-changed",
        By(Breaking, Breaking), "another property tells alternatives apart";
    DISCRIMINATOR_VALUE_ADDED: "discriminator-value-added" ~ "discriminator-value-removed",
        By(Info, Warning), "an alternative has another value that stands for it";
    DISCRIMINATOR_VALUE_CHANGED: "discriminator-value-changed" ~ "discriminator-value-changed",
        Always(Breaking), "another value stands for an alternative";
    DISCRIMINATOR_VALUE_REMOVED: "discriminator-value-removed" ~ "discriminator-value-added",
        By(Breaking, Info), "a value no longer stands for an alternative";
    NOT_ADDED: "not-added" ~ "not-removed",
        By(Breaking, Info), "some values are excluded now";
    NOT_REMOVED: "not-removed" ~ "not-added",
        By(Info, Breaking), "some values are no longer excluded";
    NOT_CHANGED: "not-changed" ~ "not-changed",
        By(Warning, Warning), "other values are excluded";
}
