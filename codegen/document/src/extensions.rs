//! The extensions that the generator reads, and a check that each one in a document is used.
//!
//! | extension | location | value | what it does |
//! |---|---|---|---|
//! | `x-rust-name` | tag, operation, parameter, schema, property, security scheme, a webhook's `post` | an identifier | names the resource, method, argument, type, field, builder method or variant |
//! | `x-rust-variants` | schema with an `enum` | map of wire value to identifier | names the variants |
//! | `x-oauth2` | security scheme of type `oauth2` | object, see [`BeyondOAuth2`] | declares what OpenAPI's flows cannot express |
//! | `x-idempotent` | operation | boolean, or map with `key` | says whether it can be retried, whatever its method, and which header has the key for that |
//! | `x-rust-feature` | operation | the name of a cargo feature | emits the operation, and the parts that only it needs, under this feature |
//! | `x-pagination` | operation | map, see the README | declares how its list is paginated |
//! | `x-rate-limit` | the document, operation | see [`RateLimit`] | declares a rate limit of the server |
//! | `x-rust-text-formats` | the document | list of formats | reads values of these formats as text or numbers instead of as types |
//! | `x-webhook-signature` | the document | see [`Signature`] | declares how webhook deliveries are signed |

mod idempotent;
mod oauth2;
mod rate_limit;
mod signature;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostics, child, distance, push_token};
use crate::identifier::is_identifier;
use crate::spec::{WEBHOOKS_EXTENSION, are_webhooks};

pub use idempotent::Idempotent;
pub use oauth2::BeyondOAuth2;
pub use rate_limit::RateLimit;
pub use signature::{Encoding, Part, Signature};

/// The names of the extensions in the table above.
const KNOWN: &[&str] = &[
    "x-rust-name",
    "x-rust-variants",
    TEXT_FORMATS,
    oauth2::NAME,
    idempotent::NAME,
    FEATURE,
    "x-pagination",
    rate_limit::NAME,
    signature::NAME,
];

/// The formats that have their own types, unless a document declares them as text.
pub const TYPED_FORMATS: &[&str] = &["date-time", UNIX_TIME, "date", "byte", "uuid", "ipv4", "ipv6"];

/// The format of times in seconds since 1970. The format registry of OpenAPI calls it `unixtime`.
pub const UNIX_TIME: &str = "unix-time";

/// Returns true if values of this format are times in seconds since 1970.
pub fn is_unix_time(format: &str) -> bool {
    matches!(format, UNIX_TIME | "unixtime")
}

const TEXT_FORMATS: &str = "x-rust-text-formats";

const FEATURE: &str = "x-rust-feature";

/// Extensions of other tools that are also read.
const KNOWN_ELSEWHERE: &[&str] = &[MS_ENUM, COLLECTION_FORMAT, MULTI_SEGMENT, "x-sunset"];

/// The extensions with the names and descriptions of an enum's values.
pub const OF_VALUES: [&str; 4] = ["x-enum-varnames", "x-enumNames", "x-enum-descriptions", "x-enumDescriptions"];

/// The extension of AutoRest with the name of an enum, and the names and descriptions of its values.
pub const MS_ENUM: &str = "x-ms-enum";

/// The extension for separators of Swagger 2.0 that OpenAPI 3 does not have: `ssv`, `tsv` or `pipes`.
pub const COLLECTION_FORMAT: &str = "x-collection-format";

/// The extension of path parameters whose values may contain slashes.
pub const MULTI_SEGMENT: &str = "x-multi-segment";

/// Returns true if the generator reads extensions with this name.
pub fn is_read(name: &str) -> bool {
    [KNOWN, KNOWN_ELSEWHERE, &OF_VALUES].iter().any(|names| names.contains(&name))
}

/// Reads extensions, and records which were read.
#[derive(Debug, Default)]
pub struct Extensions {
    read: HashSet<String>,
}

impl Extensions {
    /// Returns `x-rust-name` of the node at `pointer`.
    pub fn name(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        let (value, place) = self.whole("x-rust-name", object, pointer)?;
        let name = value.as_str().filter(|name| is_identifier(name));
        if name.is_none() {
            diagnostics.error(
                "bad-extension",
                place,
                "`x-rust-name` is not a Rust identifier",
                "use letters, digits and underscores, but not a keyword of Rust",
            );
        }
        name.map(str::to_owned)
    }

    /// Returns `x-rust-variants` of the schema at `pointer`: variant names by wire value.
    pub fn variants(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<String, String> {
        let Some((value, place)) = self.whole("x-rust-variants", object, pointer) else {
            return BTreeMap::new();
        };
        let mut variants = BTreeMap::new();
        for (wire, name) in value.as_object().into_iter().flatten() {
            match name.as_str().filter(|name| is_identifier(name)) {
                Some(name) => {
                    variants.insert(wire.clone(), name.to_owned());
                }
                None => diagnostics.error(
                    "bad-extension",
                    child(&place, wire),
                    "the variant's name is not a Rust identifier",
                    "use letters and digits",
                ),
            }
        }
        if !value.is_object() {
            diagnostics.error(
                "bad-extension",
                place,
                "`x-rust-variants` must be a map",
                "map each value of the enum to a variant's name",
            );
        }
        variants
    }

    /// Returns `x-oauth2` of the security scheme at `pointer`.
    pub fn oauth2(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        diagnostics: &mut Diagnostics,
    ) -> BeyondOAuth2 {
        let whole = self.whole(oauth2::NAME, object, pointer);
        whole.map(|(value, place)| oauth2::read(value, &place, diagnostics)).unwrap_or_default()
    }

    /// Returns `x-idempotent` of the operation at `pointer`.
    pub fn idempotent(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Idempotent> {
        let (value, place) = self.whole(idempotent::NAME, object, pointer)?;
        idempotent::read(value, place, diagnostics)
    }

    /// Returns `x-rate-limit` of the operation at `pointer` with these path parameters, or of the document.
    pub fn rate_limit(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        path_parameters: Option<&[&str]>,
        diagnostics: &mut Diagnostics,
    ) -> Option<RateLimit> {
        let (value, place) = self.whole(rate_limit::NAME, object, pointer)?;
        if !rate_limit::is_ours(value) {
            return None;
        }
        rate_limit::read(value, &place, path_parameters, diagnostics)
    }

    /// Returns `x-rust-feature` of the operation at `pointer`.
    pub fn feature(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        let (value, place) = self.whole(FEATURE, object, pointer)?;
        let is_name = |name: &&str| {
            name.starts_with(|first: char| first.is_ascii_alphanumeric())
                && name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_'))
        };
        let name = value.as_str().filter(is_name);
        if name.is_none() {
            let help = "use letters, digits, `-` and `_`";
            diagnostics.error("bad-extension", place, "`x-rust-feature` is not the name of a cargo feature", help);
        }
        name.map(str::to_owned)
    }

    /// Returns the value of an extension and its pointer, and marks it as read.
    pub fn whole<'v>(
        &mut self,
        name: &str,
        object: &'v Map<String, Value>,
        pointer: &str,
    ) -> Option<(&'v Value, String)> {
        let value = object.get(name)?;
        let place = child(pointer, name);
        self.read.insert(place.clone());
        Some((value, place))
    }

    /// Returns `x-webhook-signature` of the document.
    pub fn signature(&mut self, document: &Map<String, Value>, diagnostics: &mut Diagnostics) -> Option<Signature> {
        let (value, place) = self.whole(signature::NAME, document, "")?;
        signature::read(value, &place, diagnostics)
    }

    /// Returns `x-rust-text-formats` of the document: the formats that are decoded as text.
    pub fn text_formats(&mut self, document: &Map<String, Value>, diagnostics: &mut Diagnostics) -> BTreeSet<String> {
        let Some((value, place)) = self.whole(TEXT_FORMATS, document, "") else { return BTreeSet::new() };
        let listed = value.as_array().map(|formats| formats.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        let Some(Some(listed)) = listed else {
            let help = "write `[uuid, date-time]`";
            diagnostics.error("bad-extension", place, "`x-rust-text-formats` must be a list of formats", help);
            return BTreeSet::new();
        };
        for unknown in listed.iter().filter(|format| !TYPED_FORMATS.contains(format)) {
            let message = format!("the format `{unknown}` has no type of its own");
            let help = format!("remove it; the formats with types are {}", TYPED_FORMATS.join(", "));
            diagnostics.error("bad-extension", place.clone(), message, help);
        }
        listed.into_iter().map(str::to_owned).collect()
    }

    /// Reports known extensions that were not read, and unknown ones that look like a known one.
    pub fn check(&self, document: &Value, diagnostics: &mut Diagnostics) {
        self.check_node(document, &mut String::new(), diagnostics);
    }

    fn check_node(&self, node: &Value, pointer: &mut String, diagnostics: &mut Diagnostics) {
        let length = pointer.len();
        match node {
            Value::Object(object) => {
                for (key, value) in object {
                    push_token(pointer, key);
                    if is_of_generator(key, value) {
                        if !self.read.contains(pointer) {
                            diagnostics.error(
                                "unused-extension",
                                pointer.clone(),
                                format!("`{key}` has no effect here"),
                                "remove it, or move it to a place listed in the README's table",
                            );
                        }
                    } else if let Some(help) = misspelt(key, value) {
                        diagnostics.error(
                            "unknown-extension",
                            pointer.clone(),
                            format!("unknown extension `{key}`"),
                            help,
                        );
                    } else if !is_data(key) || length == 0 && is_webhooks(key, value) {
                        self.check_node(value, pointer, diagnostics);
                    }
                    pointer.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    push_token(pointer, &index.to_string());
                    self.check_node(item, pointer, diagnostics);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }
}

/// Returns true if an extension of this name and value is one of the generator's.
pub fn is_of_generator(key: &str, value: &Value) -> bool {
    KNOWN.contains(&key) && (key != rate_limit::NAME || rate_limit::is_ours(value))
}

/// Returns the help for a misspelt extension of the generator. A document may have extensions of its own or of other
/// tools (`x-rust-type`), so only names with one wrong character, or with two swapped ones after `x-rust`, are
/// reported.
fn misspelt(key: &str, value: &Value) -> Option<String> {
    let most = if key.starts_with("x-rust") { 2 } else { 1 };
    // With one wrong character, `x` or `-` is still among the first three, and the lengths differ by at most the four
    // bytes of one character.
    let may_be = key.chars().take(3).any(|char| matches!(char, 'x' | 'X' | '-'));
    let near = |known: &&str| may_be && known.len().abs_diff(key.len()) <= 4 && distance(key, known) <= most;
    KNOWN
        .iter()
        .find(|known| near(known) && is_of_generator(known, value))
        .map(|meant| format!("did you mean `{meant}`?"))
}

/// Returns true if a member of the document contains its webhooks, which are not data despite the `x-` prefix.
fn is_webhooks(key: &str, value: &Value) -> bool {
    key == WEBHOOKS_EXTENSION && are_webhooks(value)
}

/// Returns true for keys that may contain any data.
fn is_data(key: &str) -> bool {
    key.starts_with("x-") || matches!(key, "example" | "examples" | "default" | "enum" | "const")
}
