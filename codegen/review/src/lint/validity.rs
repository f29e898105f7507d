//! OpenAPI's own rules: a document that breaks one is invalid.

use super::Check::{Document, Each, Every};
use super::{Rule, fields, names, parameters, recursion, schemas, servers};
use crm_clients_document::diagnostic::Severity::{Error, Warning};
use crm_clients_document::spec::ObjectKind;

/// The rules, by what they look at.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "missing-field",
        severity: Error,
        sentence: "an object lacks a field that this version of OpenAPI requires",
        remedy: "add the field",
        checks: &[Every(fields::missing), Each(ObjectKind::Responses, fields::no_responses)],
    },
    Rule {
        id: "missing-alternative",
        severity: Error,
        sentence: "an object has none of the fields of which it must have one",
        remedy: "add one of them",
        checks: &[Every(fields::missing_alternative)],
    },
    Rule {
        id: "exclusive-fields",
        severity: Error,
        sentence: "an object has two fields that exclude each other",
        remedy: "keep the one that is meant",
        checks: &[Every(fields::exclusive)],
    },
    Rule {
        id: "misplaced-field",
        severity: Error,
        sentence: "a parameter or header has a field that has no meaning in its location",
        remedy: "remove the field, or correct `in`",
        checks: &[
            Each(ObjectKind::Parameter, fields::misplaced),
            Each(ObjectKind::Header, fields::misplaced_in_header),
        ],
    },
    Rule {
        id: "invalid-component-name",
        severity: Error,
        sentence: "the name of a component has other characters than letters, digits, `.`, `-` and `_`",
        remedy: "rename the component, and the references to it",
        checks: &[Each(ObjectKind::Components, names::components)],
    },
    Rule {
        id: "invalid-name",
        severity: Error,
        sentence: "the name of a header, a cookie or a path parameter cannot be sent",
        remedy: "write the name as the server reads it",
        checks: &[
            Every(names::headers),
            Each(ObjectKind::Parameter, names::parameter),
            Each(ObjectKind::SecurityScheme, names::parameter),
        ],
    },
    Rule {
        id: "invalid-media-type",
        severity: Warning,
        sentence: "the key of a `content` is no media type",
        remedy: "write a type and a subtype, such as `application/json`",
        checks: &[Every(names::media_types)],
    },
    Rule {
        id: "invalid-url",
        severity: Error,
        sentence: "a field that holds a URL holds another text",
        remedy: "write a URL with its scheme, or a relative path such as `/token`",
        checks: &[Every(names::urls)],
    },
    Rule {
        id: "undeclared-server-variable",
        severity: Error,
        sentence: "the URL of a server has a variable that is not declared",
        remedy: "declare it in `variables`, with a default",
        checks: &[Each(ObjectKind::Server, servers::undeclared)],
    },
    Rule {
        id: "unused-server-variable",
        severity: Error,
        sentence: "a variable of a server is not in its URL",
        remedy: "remove it, or write it into the URL in braces",
        checks: &[Each(ObjectKind::Server, servers::unused)],
    },
    Rule {
        id: "invalid-server-enum",
        severity: Error,
        sentence: "the `enum` of a server variable is empty, repeats a value, or lacks the default",
        remedy: "list each value once, with the default among them",
        checks: &[Each(ObjectKind::ServerVariable, servers::values)],
    },
    Rule {
        id: "duplicate-parameter",
        severity: Error,
        sentence: "two parameters have the same name and location",
        remedy: "remove one of the two",
        checks: &[
            Each(ObjectKind::Operation, parameters::duplicates),
            Each(ObjectKind::PathItem, parameters::duplicates),
        ],
    },
    Rule {
        id: "conflicting-querystring",
        severity: Error,
        sentence: "a `querystring` parameter has no `content`, or stands beside another parameter in the query",
        remedy: "describe the whole query in one `querystring` parameter, or in `query` parameters alone",
        checks: &[
            Each(ObjectKind::Parameter, parameters::querystring_schema),
            Each(ObjectKind::Operation, parameters::querystrings),
            Each(ObjectKind::PathItem, parameters::querystrings),
        ],
    },
    Rule {
        id: "several-media-types",
        severity: Error,
        sentence: "the `content` of a parameter or header has not exactly one media type",
        remedy: "keep the one that the server reads",
        checks: &[
            Each(ObjectKind::Parameter, parameters::single_media_type),
            Each(ObjectKind::Header, parameters::single_media_type),
        ],
    },
    Rule {
        id: "unsuitable-style",
        severity: Error,
        sentence: "the style of a parameter cannot carry values of its type",
        remedy: "choose a style for that type, or describe the value with `content`",
        checks: &[Each(ObjectKind::Parameter, parameters::style)],
    },
    Rule {
        id: "unknown-encoding-property",
        severity: Error,
        sentence: "`encoding` names a property that the schema does not have",
        remedy: "add it to the schema's `properties`, or correct the name",
        checks: &[Each(ObjectKind::MediaType, parameters::encoding)],
    },
    Rule {
        id: "unknown-link-target",
        severity: Warning,
        sentence: "a link names an `operationId` that no operation has",
        remedy: "correct the name",
        checks: &[Each(ObjectKind::Link, fields::link_target)],
    },
    Rule {
        id: "conflicting-operation",
        severity: Error,
        sentence: "`additionalOperations` has a method that has a field of its own",
        remedy: "move the operation to the field of its method",
        checks: &[Each(ObjectKind::PathItem, fields::conflicting_operations)],
    },
    Rule {
        id: "enum-type-mismatch",
        severity: Error,
        sentence: "a value of an `enum` does not have the type of its schema",
        remedy: "correct the value or the `type`",
        checks: &[Each(ObjectKind::Schema, schemas::mismatched_enum_value)],
    },
    Rule {
        id: "endless-schema",
        severity: Error,
        sentence: "a schema contains itself in `allOf`, or in every alternative, so that no value ends",
        remedy: "remove the reference to itself, or add an alternative without it",
        checks: &[Document(recursion::endless)],
    },
];
