//! The kinds of change in the generated crate, one row each.
//!
//! Breaking is what a caller's code may no longer compile with, a warning what it compiles with and then does or gets something else.
//! What callers match on is `#[non_exhaustive]`, so that another field or variant breaks nothing. A type that callers mostly have
//! inferred can be named all the same.

use crate::diff::Area;
use crate::diff::Severity::{Breaking, Info, Warning};
use crate::diff::rules::Severities::Always;
use crate::diff::rules::{Rule, rules};

rules! { Rust:
    // The client.
    CLIENT_ADDED: "rust-client-added" ~ "rust-client-removed", Always(Info),
        "there is a client of another API";
    CLIENT_REMOVED: "rust-client-removed" ~ "rust-client-added", Always(Breaking),
        "the client of an API is gone";
    CREDENTIAL_ADDED: "rust-credential-added" ~ "rust-credential-removed", Always(Info),
        "there is another method for a credential";
    CREDENTIAL_REMOVED: "rust-credential-removed" ~ "rust-credential-added", Always(Breaking),
        "a method for a credential is gone";
    CREDENTIAL_RENAMED: "rust-credential-renamed" ~ "rust-credential-renamed", Always(Breaking),
        "a method for a credential has another name";

    // Resources and their methods.
    RESOURCE_ADDED: "rust-resource-added" ~ "rust-resource-removed", Always(Info),
        "there is another resource";
    RESOURCE_REMOVED: "rust-resource-removed" ~ "rust-resource-added", Always(Breaking),
        "a resource is gone";
    RESOURCE_RENAMED: "rust-resource-renamed" ~ "rust-resource-renamed", Always(Breaking),
        "a resource has another name";
    HANDLE_CHANGED: "rust-handle-changed" ~ "rust-handle-changed", Always(Breaking),
        "a resource's handle takes other arguments";
    METHOD_ADDED: "rust-method-added" ~ "rust-method-removed", Always(Info),
        "there is another method";
    METHOD_REMOVED: "rust-method-removed" ~ "rust-method-added", Always(Breaking),
        "a method is gone";
    METHOD_RENAMED: "rust-method-renamed" ~ "rust-method-renamed", Always(Breaking),
        "a method has another name";
    METHOD_MOVED: "rust-method-moved" ~ "rust-method-moved", Always(Breaking),
        "a method is in another resource";
    METHOD_REDIRECTED: "rust-method-redirected" ~ "rust-method-redirected", Always(Warning),
        "a method calls another operation";
    METHOD_DEPRECATED: "rust-method-deprecated" ~ "rust-method-undeprecated", Always(Info),
        "a method is deprecated now";
    METHOD_UNDEPRECATED: "rust-method-undeprecated" ~ "rust-method-deprecated", Always(Info),
        "a method is no longer deprecated";
    RETRIES_ADDED: "rust-retries-added" ~ "rust-retries-removed", Always(Warning),
        "a call that may have arrived is sent again";
    RETRIES_REMOVED: "rust-retries-removed" ~ "rust-retries-added", Always(Warning),
        "a call that may have arrived is no longer sent again";

    BASE_URL_CHANGED: "rust-base-url-changed" ~ "rust-base-url-changed", Always(Warning),
        "requests go to another base URL unless the caller says otherwise";
    SERVER_VARIABLE_ADDED: "rust-server-variable-added" ~ "rust-server-variable-removed", Always(Info),
        "a variable of the base URL can be set";
    SERVER_VARIABLE_REMOVED: "rust-server-variable-removed" ~ "rust-server-variable-added", Always(Warning),
        "a variable of the base URL can no longer be set";
    SERVER_CHANGED: "rust-server-changed" ~ "rust-server-changed", Always(Warning),
        "a method's requests go to another server";
    ACCEPT_CHANGED: "rust-accept-changed" ~ "rust-accept-changed", Always(Warning),
        "a method asks for another media type";
    BODY_TYPE_CHANGED: "rust-body-type-changed" ~ "rust-body-type-changed", Always(Warning),
        "a method sends its body as another media type";
    CREDENTIALS_REORDERED: "rust-credentials-reordered" ~ "rust-credentials-reordered", Always(Warning),
        "a method prefers another credential";
    BEHAVIOR_CHANGED: "rust-behavior-changed" ~ "rust-behavior-changed", Always(Warning),
        "the client changed in a way that the review does not compare";

    // What methods take and give.
    ARGUMENT_ADDED: "rust-argument-added" ~ "rust-argument-removed", Always(Breaking),
        "a method takes another argument";
    ARGUMENT_REMOVED: "rust-argument-removed" ~ "rust-argument-added", Always(Breaking),
        "a method no longer takes an argument";
    ARGUMENT_BECAME_REQUIRED: "rust-argument-became-required" ~ "rust-argument-became-optional", Always(Breaking),
        "what a setter took is an argument";
    ARGUMENT_BECAME_OPTIONAL: "rust-argument-became-optional" ~ "rust-argument-became-required", Always(Breaking),
        "what was an argument is taken by a setter";
    ARGUMENT_TYPE_CHANGED: "rust-argument-type-changed" ~ "rust-argument-type-changed", Always(Breaking),
        "an argument is of another type";
    ARGUMENT_GOES_ELSEWHERE: "rust-argument-goes-elsewhere" ~ "rust-argument-goes-elsewhere", Always(Warning),
        "what an argument or a setter takes goes to another parameter";
    ARGUMENTS_REORDERED: "rust-arguments-reordered" ~ "rust-arguments-reordered", Always(Breaking),
        "a method takes its arguments in another order";
    SETTER_ADDED: "rust-setter-added" ~ "rust-setter-removed", Always(Info),
        "a call has another setter";
    SETTER_REMOVED: "rust-setter-removed" ~ "rust-setter-added", Always(Breaking),
        "a setter of a call is gone";
    SETTER_RENAMED: "rust-setter-renamed" ~ "rust-setter-renamed", Always(Breaking),
        "a setter of a call has another name";
    SETTER_DEPRECATED: "rust-setter-deprecated" ~ "rust-setter-undeprecated", Always(Info),
        "a setter of a call is deprecated now";
    SETTER_UNDEPRECATED: "rust-setter-undeprecated" ~ "rust-setter-deprecated", Always(Info),
        "a setter of a call is no longer deprecated";
    OUTPUT_CHANGED: "rust-output-changed" ~ "rust-output-changed", Always(Breaking),
        "a call gives another type";
    PAGES_ADDED: "rust-pages-added" ~ "rust-pages-removed", Always(Info),
        "a list is read page by page";
    PAGES_REMOVED: "rust-pages-removed" ~ "rust-pages-added", Always(Breaking),
        "a list is no longer read page by page";
    ITEM_CHANGED: "rust-item-changed" ~ "rust-item-changed", Always(Breaking),
        "the items of a list are of another type";
    STREAM_ADDED: "rust-stream-added" ~ "rust-stream-removed", Always(Info),
        "an answer is read event by event";
    STREAM_REMOVED: "rust-stream-removed" ~ "rust-stream-added", Always(Breaking),
        "an answer is no longer read event by event";
    STREAM_CHANGED: "rust-stream-changed" ~ "rust-stream-changed", Always(Breaking),
        "the events of an answer are of another type";
    ERROR_TYPED: "rust-error-typed" ~ "rust-error-untyped", Always(Info),
        "the body of an error is typed";
    ERROR_UNTYPED: "rust-error-untyped" ~ "rust-error-typed", Always(Warning),
        "the body of an error is no longer typed";
    ERROR_CHANGED: "rust-error-changed" ~ "rust-error-changed", Always(Warning),
        "the body of an error is read as another variant";

    // Types.
    TYPE_ADDED: "rust-type-added" ~ "rust-type-removed", Always(Info),
        "there is another type";
    TYPE_REMOVED: "rust-type-removed" ~ "rust-type-added", Always(Breaking),
        "a type is gone";
    TYPE_RENAMED: "rust-type-renamed" ~ "rust-type-renamed", Always(Breaking),
        "a type has another name";
    TYPE_CHANGED: "rust-type-changed" ~ "rust-type-changed", Always(Breaking),
        "kind of the type changed (struct, enum, alias)";
    TYPE_SPLIT: "rust-type-split" ~ "rust-type-joined", Always(Breaking),
        "another name for a type is a type of its own";
    TYPE_JOINED: "rust-type-joined" ~ "rust-type-split", Always(Info),
        "a type is another name for one";
    TYPE_DEPRECATED: "rust-type-deprecated" ~ "rust-type-undeprecated", Always(Info),
        "a type is deprecated now";
    TYPE_UNDEPRECATED: "rust-type-undeprecated" ~ "rust-type-deprecated", Always(Info),
        "a type is no longer deprecated";
    CONSTRUCTOR_ADDED: "rust-constructor-added" ~ "rust-constructor-removed", Always(Info),
        "a struct can be made";
    CONSTRUCTOR_REMOVED: "rust-constructor-removed" ~ "rust-constructor-added", Always(Breaking),
        "a struct can no longer be made";
    CONSTRUCTOR_CHANGED: "rust-constructor-changed" ~ "rust-constructor-changed", Always(Breaking),
        "a struct is made of other arguments";
    CONSTANT_CHANGED: "rust-constant-changed" ~ "rust-constant-changed", Always(Warning),
        "a field is set to another value by itself";
    FIELD_ADDED: "rust-field-added" ~ "rust-field-removed", Always(Info),
        "a struct has another field";
    FIELD_REMOVED: "rust-field-removed" ~ "rust-field-added", Always(Breaking),
        "a field is gone";
    FIELD_RENAMED: "rust-field-renamed" ~ "rust-field-renamed", Always(Breaking),
        "a field has another name";
    FIELD_TYPE_CHANGED: "rust-field-type-changed" ~ "rust-field-type-changed", Always(Breaking),
        "a field is of another type";
    FIELD_READ_ELSEWHERE: "rust-field-read-elsewhere" ~ "rust-field-read-elsewhere", Always(Warning),
        "a field stands for another property";
    FIELD_MUST_BE_THERE: "rust-field-must-be-there" ~ "rust-field-may-be-missing", Always(Warning),
        "an answer without a field is an error";
    FIELD_MAY_BE_MISSING: "rust-field-may-be-missing" ~ "rust-field-must-be-there", Always(Warning),
        "a field that is missing is read as empty";
    FIELD_DEPRECATED: "rust-field-deprecated" ~ "rust-field-undeprecated", Always(Info),
        "a field is deprecated now";
    FIELD_UNDEPRECATED: "rust-field-undeprecated" ~ "rust-field-deprecated", Always(Info),
        "a field is no longer deprecated";
    VARIANT_ADDED: "rust-variant-added" ~ "rust-variant-removed", Always(Info),
        "an enum has another variant";
    VARIANT_REMOVED: "rust-variant-removed" ~ "rust-variant-added", Always(Breaking),
        "a variant is gone";
    VARIANT_RENAMED: "rust-variant-renamed" ~ "rust-variant-renamed", Always(Breaking),
        "a variant has another name";
    VARIANT_VALUE_CHANGED: "rust-variant-value-changed" ~ "rust-variant-value-changed", Always(Warning),
        "a variant stands for another value";
    VARIANT_TYPE_CHANGED: "rust-variant-type-changed" ~ "rust-variant-type-changed", Always(Breaking),
        "a variant holds another type";
    TAG_CHANGED: "rust-tag-changed" ~ "rust-tag-changed", Always(Warning),
        "variants are told apart by something else";
    ACCESSOR_ADDED: "rust-accessor-added" ~ "rust-accessor-removed", Always(Info),
        "a field can be read from all errors that have it";
    ACCESSOR_REMOVED: "rust-accessor-removed" ~ "rust-accessor-added", Always(Breaking),
        "a field can no longer be read from all errors that have it";
    ACCESSOR_CHANGED: "rust-accessor-changed" ~ "rust-accessor-changed", Always(Breaking),
        "a field that is read from errors is of another type";

    // The constants of response headers.
    HEADER_ADDED: "rust-header-added" ~ "rust-header-removed", Always(Info),
        "there is another constant for a response header";
    HEADER_REMOVED: "rust-header-removed" ~ "rust-header-added", Always(Breaking),
        "a constant for a response header is gone";
    HEADER_RENAMED: "rust-header-renamed" ~ "rust-header-renamed", Always(Breaking),
        "a constant for a response header has another name";
    HEADER_TYPE_CHANGED: "rust-header-type-changed" ~ "rust-header-type-changed", Always(Breaking),
        "the values of a response header are of another type";

    // Events.
    EVENTS_ADDED: "rust-events-added" ~ "rust-events-removed", Always(Info),
        "events can be read";
    EVENTS_REMOVED: "rust-events-removed" ~ "rust-events-added", Always(Breaking),
        "events can no longer be read";
    EVENTS_MOVED: "rust-events-moved" ~ "rust-events-moved", Always(Breaking),
        "events are in another module";
    EVENTS_READ_OTHERWISE: "rust-events-read-otherwise" ~ "rust-events-read-otherwise", Always(Breaking),
        "the method that reads an event takes other arguments";
    VERIFIER_ADDED: "rust-verifier-added" ~ "rust-verifier-removed", Always(Info),
        "events can be verified";
    VERIFIER_REMOVED: "rust-verifier-removed" ~ "rust-verifier-added", Always(Breaking),
        "events can no longer be verified";
    VERIFIER_CHANGED: "rust-verifier-changed" ~ "rust-verifier-changed", Always(Warning),
        "events are verified in another way";
}
