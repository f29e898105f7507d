//! What progenitor has no words for.

use std::collections::BTreeMap;

use crm_clients_document::diagnostic::Diagnostics;

/// Something that is given up for progenitor's sake.
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
    /// Its code, what became of it, and what to do.
    fn told(self) -> (&'static str, &'static str, &'static str) {
        use Loss::*;
        let by_hand = "callers write it as the API wants it";
        let hook = "callers add it in `ClientHooks::pre`, or as a default header of the `reqwest::Client`";
        let looser = "the server checks it";
        match self {
            Credentials => ("credentials", "no credential is sent by the client", hook),
            Version => ("version", "the version has characters that a header cannot hold; they are left out", ""),
            Method => ("method", "an operation is left out: progenitor's clients send no OPTIONS and no TRACE", ""),
            CookieParameter => ("cookie-parameter", "a parameter in a cookie is left out", hook),
            ParameterName => (
                "parameter-name",
                "a parameter is left out: in Rust it would be called as another one",
                "there is no way to name it otherwise",
            ),
            ParameterText => ("parameter-text", "a parameter is given as text", by_hand),
            NestedParameter => ("nested-parameter", "a parameter, or a part of it, is left out: it nests", hook),
            WholeKeys => {
                ("whole-keys", "the keys of a parameter are sent as they are given", "callers write `name[key]`")
            }
            MediaType => ("media-type", "a body is sent, or asked for, as `application/json`", hook),
            OtherMediaTypes => (
                "other-media-types",
                "of several media types of a body one is left: JSON, or else a form, or else text",
                "",
            ),
            OptionalBody => ("optional-body", "a body that need not be sent is required", ""),
            RawBody => ("raw-body", "a body is given as bytes and sent as `application/octet-stream`", hook),
            NestedForm => {
                ("nested-form", "a form holds more than texts and numbers, which is an error when it is sent", "")
            }
            Successes => ("successes", "statuses of success have unlike bodies, so that none of them is typed", ""),
            Failures => ("failures", "statuses of failure have unlike bodies, which are read as any JSON", ""),
            BodylessFailures => (
                "bodyless-failures",
                "a failure without a body of JSON among such as have one is `Error::UnexpectedResponse`",
                "",
            ),
            ReadOrWriteOnly => (
                "read-or-write-only",
                "what is in requests alone, or in responses alone, is optional in both",
                "callers leave out what is read-only",
            ),
            Default => ("default", "defaults are not filled in", "the server does so"),
            Limits => ("limits", "patterns and limits of length, size and range are not checked", looser),
            Not => ("not", "`not` is not checked", looser),
            Closed => ("closed", "properties that `additionalProperties: false` forbids are ignored", looser),
            Alternatives => ("alternatives", "of `anyOf` the first alternative that fits is taken", ""),
            JoinedChoices => ("joined-choices", "a choice within `allOf` beside another one is not read", ""),
            Endless => {
                ("endless", "a schema within itself is read as any JSON", "give it a name in `components.schemas`")
            }
            EnumNames => ("enum-names", "an enum is any text: in Rust two of its values would be called alike", ""),
            OtherEnum => ("other-enum", "an enum of other values than texts is not checked", looser),
            PropertyName => (
                "property-name",
                "a property is left out: in Rust it would be called as another one",
                "there is no way to name it otherwise",
            ),
        }
    }
}

/// What was given up, with the place of the first and how many they are.
#[derive(Debug, Default)]
pub(super) struct Losses(BTreeMap<Loss, (String, usize)>);

impl Losses {
    /// Something is given up at `pointer` of the lowered document.
    pub(super) fn add(&mut self, loss: Loss, pointer: &str) {
        self.0.entry(loss).or_insert_with(|| (pointer.to_owned(), 0)).1 += 1;
    }

    /// Warns of each kind once.
    pub(super) fn tell(self, diagnostics: &mut Diagnostics) {
        for (loss, (pointer, count)) in self.0 {
            let (code, message, help) = loss.told();
            let message = match count {
                1 => message.to_owned(),
                _ => format!("{message} ({count} times, here first)"),
            };
            diagnostics.warning(code, pointer, message, help);
        }
    }
}
