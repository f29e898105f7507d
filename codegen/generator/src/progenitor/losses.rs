//! The features that progenitor does not support.

use std::collections::BTreeMap;

use crm_clients_document::diagnostic::Diagnostics;

/// A feature that is lost in the adaptation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Loss {
    Credentials,
    Version,
    Method,
    CookieParameter,
    ParameterName,
    ParameterText,
    NestedParameter,
    WholeKeys,
    MediaType,
    OtherMediaTypes,
    OptionalBody,
    RawBody,
    NestedForm,
    Successes,
    Failures,
    BodylessFailures,
    ReadOrWriteOnly,
    Default,
    Limits,
    Not,
    Closed,
    Alternatives,
    JoinedChoices,
    Endless,
    EnumNames,
    OtherEnum,
    PropertyName,
}

impl Loss {
    /// Returns the code, the message and the help.
    fn told(self) -> (&'static str, &'static str, &'static str) {
        use Loss::*;
        let by_hand = "callers must format it as the API expects";
        let hook = "callers can add it in `ClientHooks::pre`, or as a default header of the `reqwest::Client`";
        let looser = "the server checks it";
        match self {
            Credentials => ("credentials", "the client sends no credentials", hook),
            Version => ("version", "characters of the version that are not allowed in a header are removed", ""),
            Method => ("method", "an operation is left out: progenitor does not support OPTIONS and TRACE", ""),
            CookieParameter => ("cookie-parameter", "a cookie parameter is left out", hook),
            ParameterName => (
                "parameter-name",
                "a parameter is left out: its Rust name is the same as that of another one",
                "progenitor cannot rename it",
            ),
            ParameterText => ("parameter-text", "a parameter is passed as text", by_hand),
            NestedParameter => ("nested-parameter", "a parameter, or a part of it, is left out: it is nested", hook),
            WholeKeys => ("whole-keys", "the keys of a parameter are sent unchanged", "callers must write `name[key]`"),
            MediaType => ("media-type", "a body is sent or requested as `application/json`", hook),
            OtherMediaTypes => {
                ("other-media-types", "only one media type of a body is kept: JSON, or else a form, or else text", "")
            }
            OptionalBody => ("optional-body", "an optional body is required", ""),
            RawBody => ("raw-body", "a body is passed as bytes and sent as `application/octet-stream`", hook),
            NestedForm => {
                ("nested-form", "a form contains values other than strings and numbers; sending it is an error", "")
            }
            Successes => ("successes", "success statuses have different bodies, so none of them is typed", ""),
            Failures => ("failures", "error statuses have different bodies, which become any JSON value", ""),
            BodylessFailures => (
                "bodyless-failures",
                "an error without a JSON body becomes `Error::UnexpectedResponse`, because others have one",
                "",
            ),
            ReadOrWriteOnly => (
                "read-or-write-only",
                "properties of requests or responses only are optional in both",
                "callers must leave out read-only properties",
            ),
            Default => ("default", "defaults are not filled in", "the server fills them in"),
            Limits => ("limits", "patterns, lengths, sizes and ranges are not checked", looser),
            Not => ("not", "`not` is not checked", looser),
            Closed => ("closed", "properties that `additionalProperties: false` forbids are ignored", looser),
            Alternatives => ("alternatives", "the first alternative of `anyOf` that matches is used", ""),
            JoinedChoices => ("joined-choices", "a choice in `allOf` is ignored, because there is another one", ""),
            Endless => ("endless", "a recursive schema becomes any JSON value", "move it to `components.schemas`"),
            EnumNames => ("enum-names", "an enum becomes a string: two of its values have the same Rust name", ""),
            OtherEnum => ("other-enum", "an enum of values other than strings is not checked", looser),
            PropertyName => (
                "property-name",
                "a property is left out: its Rust name is the same as that of another one",
                "progenitor cannot rename it",
            ),
        }
    }
}

/// The losses, each with the JSON pointer of its first occurrence and the number of occurrences.
#[derive(Debug, Default)]
pub(super) struct Losses(BTreeMap<Loss, (String, usize)>);

impl Losses {
    /// Records a loss at `pointer` in the lowered document.
    pub(super) fn add(&mut self, loss: Loss, pointer: &str) {
        self.0.entry(loss).or_insert_with(|| (pointer.to_owned(), 0)).1 += 1;
    }

    /// Reports each kind of loss once, as a warning.
    pub(super) fn tell(self, diagnostics: &mut Diagnostics) {
        for (loss, (pointer, count)) in self.0 {
            let (code, message, help) = loss.told();
            let message = match count {
                1 => message.to_owned(),
                _ => format!("{message} ({count} occurrences, this is the first)"),
            };
            diagnostics.warning(code, pointer, message, help);
        }
    }
}
