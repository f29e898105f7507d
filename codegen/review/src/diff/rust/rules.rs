//! The kinds of change in the generated crate, one row each.
//!
//! Breaking changes are those with which callers' code may no longer compile. Warnings are changes of behavior in code
//! that still compiles. Types that callers match on are `#[non_exhaustive]`, so that new fields or variants are not
//! breaking. Types that are usually inferred can still be named, so that changing them is breaking.

use crate::diff::Area;
use crate::diff::Severity::{Breaking, Info, Warning};
use crate::diff::rules::Severities::Always;
use crate::diff::rules::{Rule, rules};

rules! { Rust:
    // The client.
    CLIENT_ADDED: "rust-client-added" ~ "rust-client-removed", Always(Info),
        "client of an API added";
    CLIENT_REMOVED: "rust-client-removed" ~ "rust-client-added", Always(Breaking),
        "client of an API removed";
    CREDENTIAL_ADDED: "rust-credential-added" ~ "rust-credential-removed", Always(Info),
        "method for a credential added";
    CREDENTIAL_REMOVED: "rust-credential-removed" ~ "rust-credential-added", Always(Breaking),
        "method for a credential removed";
    CREDENTIAL_RENAMED: "rust-credential-renamed" ~ "rust-credential-renamed", Always(Breaking),
        "method for a credential renamed";

    // Resources and their methods.
    RESOURCE_ADDED: "rust-resource-added" ~ "rust-resource-removed", Always(Info),
        "resource added";
    RESOURCE_REMOVED: "rust-resource-removed" ~ "rust-resource-added", Always(Breaking),
        "resource removed";
    RESOURCE_RENAMED: "rust-resource-renamed" ~ "rust-resource-renamed", Always(Breaking),
        "resource renamed";
    HANDLE_CHANGED: "rust-handle-changed" ~ "rust-handle-changed", Always(Breaking),
        "arguments of a resource's handle changed";
    METHOD_ADDED: "rust-method-added" ~ "rust-method-removed", Always(Info),
        "method added";
    METHOD_REMOVED: "rust-method-removed" ~ "rust-method-added", Always(Breaking),
        "method removed";
    METHOD_RENAMED: "rust-method-renamed" ~ "rust-method-renamed", Always(Breaking),
        "method renamed";
    METHOD_MOVED: "rust-method-moved" ~ "rust-method-moved", Always(Breaking),
        "method moved to another resource";
    METHOD_REDIRECTED: "rust-method-redirected" ~ "rust-method-redirected", Always(Warning),
        "operation of a method changed";
    METHOD_DEPRECATED: "rust-method-deprecated" ~ "rust-method-undeprecated", Always(Info),
        "method deprecated";
    METHOD_UNDEPRECATED: "rust-method-undeprecated" ~ "rust-method-deprecated", Always(Info),
        "method no longer deprecated";
    RETRIES_ADDED: "rust-retries-added" ~ "rust-retries-removed", Always(Warning),
        "call is retried even if an attempt may have taken effect";
    RETRIES_REMOVED: "rust-retries-removed" ~ "rust-retries-added", Always(Warning),
        "call is no longer retried if an attempt may have taken effect";
    KEY_ADDED: "rust-idempotency-key-added" ~ "rust-idempotency-key-removed", Always(Warning),
        "call sends a generated idempotency key";
    KEY_REMOVED: "rust-idempotency-key-removed" ~ "rust-idempotency-key-added", Always(Warning),
        "call no longer sends a generated idempotency key";
    KEY_CHANGED: "rust-idempotency-key-changed" ~ "rust-idempotency-key-changed", Always(Warning),
        "header of the idempotency key changed";
    RATE_LIMIT_CHANGED: "rust-rate-limit-changed" ~ "rust-rate-limit-changed", Always(Warning),
        "rate limit that the client keeps changed";
    FEATURE_REQUIRED: "rust-feature-required" ~ "rust-feature-lifted", Always(Breaking),
        "method requires a cargo feature";
    FEATURE_LIFTED: "rust-feature-lifted" ~ "rust-feature-required", Always(Info),
        "method no longer requires a cargo feature";
    FEATURE_CHANGED: "rust-feature-changed" ~ "rust-feature-changed", Always(Breaking),
        "cargo feature of a method changed";

    BASE_URL_CHANGED: "rust-base-url-changed" ~ "rust-base-url-changed", Always(Warning),
        "default base URL changed";
    SERVER_VARIABLE_ADDED: "rust-server-variable-added" ~ "rust-server-variable-removed", Always(Info),
        "variable of the base URL added";
    SERVER_VARIABLE_REMOVED: "rust-server-variable-removed" ~ "rust-server-variable-added", Always(Warning),
        "variable of the base URL removed";
    SERVER_CHANGED: "rust-server-changed" ~ "rust-server-changed", Always(Warning),
        "server of a method changed";
    ACCEPT_CHANGED: "rust-accept-changed" ~ "rust-accept-changed", Always(Warning),
        "accepted media type of a method changed";
    BODY_TYPE_CHANGED: "rust-body-type-changed" ~ "rust-body-type-changed", Always(Warning),
        "media type of a method's body changed";
    CREDENTIALS_REORDERED: "rust-credentials-reordered" ~ "rust-credentials-reordered", Always(Warning),
        "preferred credential of a method changed";
    BEHAVIOR_CHANGED: "rust-behavior-changed" ~ "rust-behavior-changed", Always(Warning),
        "the client changed in a way that the review does not compare";

    // Names that `names.lock` keeps, and deprecated names that callers can still use.
    NAME_HELD: "rust-name-held" ~ "rust-name-held", Always(Info),
        "a name stays although the document has another one";
    NAME_DEPRECATED: "rust-name-deprecated" ~ "rust-name-deprecated", Always(Info),
        "a name is a deprecated alias of another one";

    // Inputs and outputs of methods.
    ARGUMENT_ADDED: "rust-argument-added" ~ "rust-argument-removed", Always(Breaking),
        "argument of a method added";
    ARGUMENT_REMOVED: "rust-argument-removed" ~ "rust-argument-added", Always(Breaking),
        "argument of a method removed";
    ARGUMENT_BECAME_REQUIRED: "rust-argument-became-required" ~ "rust-argument-became-optional", Always(Breaking),
        "setter became an argument";
    ARGUMENT_BECAME_OPTIONAL: "rust-argument-became-optional" ~ "rust-argument-became-required", Always(Breaking),
        "argument became a setter";
    ARGUMENT_TYPE_CHANGED: "rust-argument-type-changed" ~ "rust-argument-type-changed", Always(Breaking),
        "type of an argument changed";
    ARGUMENT_GOES_ELSEWHERE: "rust-argument-goes-elsewhere" ~ "rust-argument-goes-elsewhere", Always(Warning),
        "parameter of an argument or setter changed";
    ARGUMENTS_REORDERED: "rust-arguments-reordered" ~ "rust-arguments-reordered", Always(Breaking),
        "order of a method's arguments changed";
    SETTER_ADDED: "rust-setter-added" ~ "rust-setter-removed", Always(Info),
        "setter of a call added";
    SETTER_REMOVED: "rust-setter-removed" ~ "rust-setter-added", Always(Breaking),
        "setter of a call removed";
    SETTER_RENAMED: "rust-setter-renamed" ~ "rust-setter-renamed", Always(Breaking),
        "setter of a call renamed";
    SETTER_DEPRECATED: "rust-setter-deprecated" ~ "rust-setter-undeprecated", Always(Info),
        "setter of a call deprecated";
    SETTER_UNDEPRECATED: "rust-setter-undeprecated" ~ "rust-setter-deprecated", Always(Info),
        "setter of a call no longer deprecated";
    OUTPUT_CHANGED: "rust-output-changed" ~ "rust-output-changed", Always(Breaking),
        "return type of a call changed";
    PAGES_ADDED: "rust-pages-added" ~ "rust-pages-removed", Always(Info),
        "pagination of a list added";
    PAGES_REMOVED: "rust-pages-removed" ~ "rust-pages-added", Always(Breaking),
        "pagination of a list removed";
    ITEM_CHANGED: "rust-item-changed" ~ "rust-item-changed", Always(Breaking),
        "item type of a list changed";
    STREAM_ADDED: "rust-stream-added" ~ "rust-stream-removed", Always(Info),
        "streaming of a response added";
    STREAM_REMOVED: "rust-stream-removed" ~ "rust-stream-added", Always(Breaking),
        "streaming of a response removed";
    STREAM_CHANGED: "rust-stream-changed" ~ "rust-stream-changed", Always(Breaking),
        "item type of a streamed response changed";
    ERROR_TYPED: "rust-error-typed" ~ "rust-error-untyped", Always(Info),
        "type of an error body added";
    ERROR_UNTYPED: "rust-error-untyped" ~ "rust-error-typed", Always(Warning),
        "type of an error body removed";
    ERROR_CHANGED: "rust-error-changed" ~ "rust-error-changed", Always(Warning),
        "variant of an error body changed";

    // Types.
    TYPE_ADDED: "rust-type-added" ~ "rust-type-removed", Always(Info),
        "type added";
    TYPE_REMOVED: "rust-type-removed" ~ "rust-type-added", Always(Breaking),
        "type removed";
    TYPE_RENAMED: "rust-type-renamed" ~ "rust-type-renamed", Always(Breaking),
        "type renamed";
    TYPE_CHANGED: "rust-type-changed" ~ "rust-type-changed", Always(Breaking),
        "kind of the type changed (struct, enum, alias)";
    TYPE_SPLIT: "rust-type-split" ~ "rust-type-joined", Always(Breaking),
        "alias became a separate type";
    TYPE_JOINED: "rust-type-joined" ~ "rust-type-split", Always(Info),
        "type became an alias";
    TYPE_DEPRECATED: "rust-type-deprecated" ~ "rust-type-undeprecated", Always(Info),
        "type deprecated";
    TYPE_UNDEPRECATED: "rust-type-undeprecated" ~ "rust-type-deprecated", Always(Info),
        "type no longer deprecated";
    CONSTRUCTOR_ADDED: "rust-constructor-added" ~ "rust-constructor-removed", Always(Info),
        "constructor of a struct added";
    CONSTRUCTOR_REMOVED: "rust-constructor-removed" ~ "rust-constructor-added", Always(Breaking),
        "constructor of a struct removed";
    CONSTRUCTOR_CHANGED: "rust-constructor-changed" ~ "rust-constructor-changed", Always(Breaking),
        "arguments of a constructor changed";
    CONSTANT_CHANGED: "rust-constant-changed" ~ "rust-constant-changed", Always(Warning),
        "value of a constant field changed";
    FIELD_ADDED: "rust-field-added" ~ "rust-field-removed", Always(Info),
        "field added";
    FIELD_REMOVED: "rust-field-removed" ~ "rust-field-added", Always(Breaking),
        "field removed";
    FIELD_RENAMED: "rust-field-renamed" ~ "rust-field-renamed", Always(Breaking),
        "field renamed";
    FIELD_TYPE_CHANGED: "rust-field-type-changed" ~ "rust-field-type-changed", Always(Breaking),
        "type of a field changed";
    FIELD_READ_ELSEWHERE: "rust-field-read-elsewhere" ~ "rust-field-read-elsewhere", Always(Warning),
        "property of a field changed";
    FIELD_MUST_BE_THERE: "rust-field-must-be-there" ~ "rust-field-may-be-missing", Always(Warning),
        "a response without the field is now an error";
    FIELD_MAY_BE_MISSING: "rust-field-may-be-missing" ~ "rust-field-must-be-there", Always(Warning),
        "a missing field is now deserialized as empty";
    FIELD_DEPRECATED: "rust-field-deprecated" ~ "rust-field-undeprecated", Always(Info),
        "field deprecated";
    FIELD_UNDEPRECATED: "rust-field-undeprecated" ~ "rust-field-deprecated", Always(Info),
        "field no longer deprecated";
    VARIANT_ADDED: "rust-variant-added" ~ "rust-variant-removed", Always(Info),
        "variant added";
    VARIANT_REMOVED: "rust-variant-removed" ~ "rust-variant-added", Always(Breaking),
        "variant removed";
    VARIANT_RENAMED: "rust-variant-renamed" ~ "rust-variant-renamed", Always(Breaking),
        "variant renamed";
    VARIANT_VALUE_CHANGED: "rust-variant-value-changed" ~ "rust-variant-value-changed", Always(Warning),
        "value of a variant changed";
    VARIANT_TYPE_CHANGED: "rust-variant-type-changed" ~ "rust-variant-type-changed", Always(Breaking),
        "type of a variant changed";
    TAG_CHANGED: "rust-tag-changed" ~ "rust-tag-changed", Always(Warning),
        "tag of a union changed";
    ACCESSOR_ADDED: "rust-accessor-added" ~ "rust-accessor-removed", Always(Info),
        "accessor of an error field added";
    ACCESSOR_REMOVED: "rust-accessor-removed" ~ "rust-accessor-added", Always(Breaking),
        "accessor of an error field removed";
    ACCESSOR_CHANGED: "rust-accessor-changed" ~ "rust-accessor-changed", Always(Breaking),
        "type of an error field's accessor changed";

    // The constants of response headers.
    HEADER_ADDED: "rust-header-added" ~ "rust-header-removed", Always(Info),
        "there is another constant for a response header";
    HEADER_REMOVED: "rust-header-removed" ~ "rust-header-added", Always(Breaking),
        "constant for a response header removed";
    HEADER_RENAMED: "rust-header-renamed" ~ "rust-header-renamed", Always(Breaking),
        "a constant for a response header has another name";
    HEADER_TYPE_CHANGED: "rust-header-type-changed" ~ "rust-header-type-changed", Always(Breaking),
        "the values of a response header are of another type";

    // Events.
    EVENTS_ADDED: "rust-events-added" ~ "rust-events-removed", Always(Info),
        "events added";
    EVENTS_REMOVED: "rust-events-removed" ~ "rust-events-added", Always(Breaking),
        "events removed";
    EVENTS_MOVED: "rust-events-moved" ~ "rust-events-moved", Always(Breaking),
        "module of events renamed";
    EVENTS_READ_OTHERWISE: "rust-events-read-otherwise" ~ "rust-events-read-otherwise", Always(Breaking),
        "arguments of the method that deserializes events changed";
    VERIFIER_ADDED: "rust-verifier-added" ~ "rust-verifier-removed", Always(Info),
        "verification of events added";
    VERIFIER_REMOVED: "rust-verifier-removed" ~ "rust-verifier-added", Always(Breaking),
        "verification of events removed";
    VERIFIER_CHANGED: "rust-verifier-changed" ~ "rust-verifier-changed", Always(Warning),
        "verification of events changed";
}
