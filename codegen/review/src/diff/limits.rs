//! Compares the constraints of values besides their type: formats, enums, patterns, limits and defaults.

use std::collections::HashSet;

use serde_json::Value;

use super::graph::Transport;
use super::view::{Type, View};
use super::wire::ChangeDraft;
use super::{Rule, rules};
use crm_clients_document::extensions::is_unix_time;
use crm_clients_document::normalize::{Bound, Limits};

/// Returns the differences between two views of the same type, or of two number types.
pub(super) fn compare(old: &View<'_>, new: &View<'_>, transport: Transport) -> Vec<ChangeDraft> {
    let mut found = Vec::new();
    values(old, new, transport, &mut found);
    let are_listed = old.values().is_some() && new.values().is_some();
    // The format says what a number means, and every number is still valid.
    let is_time = |view: &View<'_>| view.kind != Type::String && is_unix_time(view.format());
    if (!are_listed || old.kind == new.kind) && !is_time(old) && !is_time(new) {
        found.extend(format(canonical(old.format()), canonical(new.format())));
    }
    // Other constraints of listed values make no difference.
    if !are_listed {
        patterns(old, new, &mut found);
        for count in &COUNTS {
            found.extend(count.compare(old, new, transport));
        }
        found.extend(minimum(old, new));
        found.extend(maximum(old, new));
        found.extend(multiple_of(old, new));
    }
    found.extend(unique_items(old, new));
    found.extend(default(old.default, new.default));
    found
}

/// The string formats with a defined meaning, and the ones of numbers.
const DEFINED: [&str; 42] = [
    "base64",
    "base64url",
    "binary",
    "byte",
    "char",
    "date",
    "date-time",
    "decimal",
    "decimal128",
    "double",
    "double-int",
    "duration",
    "email",
    "float",
    "hostname",
    "html",
    "http-date",
    "idn-email",
    "idn-hostname",
    "int16",
    "int32",
    "int64",
    "int8",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "media-range",
    "password",
    "regex",
    "relative-json-pointer",
    "time",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unix-time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// Returns the usual name of a format.
fn canonical(format: &str) -> &str {
    match format {
        "url" => "uri",
        "datetime" => "date-time",
        "unixtime" => "unix-time",
        format => format,
    }
}

fn format(old: &str, new: &str) -> Option<ChangeDraft> {
    let (rule, says) = match (old, new) {
        _ if old == new => return None,
        ("", _) => (&rules::FORMAT_ADDED, format!("now has the format `{new}`")),
        (_, "") => (&rules::FORMAT_REMOVED, format!("no longer has the format `{old}`")),
        ("int32", "int64") | ("float", "double") => {
            (&rules::FORMAT_WIDENED, format!("now has the format `{new}` instead of `{old}`"))
        }
        ("int64", "int32") | ("double", "float") => {
            (&rules::FORMAT_NARROWED, format!("now has the format `{new}` instead of `{old}`"))
        }
        _ if [old, new].iter().any(|format| !DEFINED.contains(format)) => {
            (&rules::FORMAT_HINT_CHANGED, format!("now has the format `{new}` instead of `{old}`"))
        }
        _ => (&rules::FORMAT_CHANGED, format!("now has the format `{new}` instead of `{old}`")),
    };
    Some(ChangeDraft::from_to(rule, says, old, new))
}

/// A listed value: the text that identifies it, and the one that is shown.
type Listed = (String, String);

/// Returns the listed values of both views. Those of different types are compared as the texts that they are written as.
fn listed_values(old: &View<'_>, new: &View<'_>, transport: Transport) -> [Option<Vec<Listed>>; 2] {
    if old.kind != new.kind
        && let (Some(old), Some(new)) = (old.texts(transport), new.texts(transport))
    {
        return [old, new].map(|texts| Some(texts.into_iter().map(|text| (text.clone(), text)).collect()));
    }
    let listed = |view: &View<'_>| {
        // The order of an object's members has no meaning.
        let sorted = |value: &Value| {
            let mut value = value.clone();
            value.sort_all_objects();
            (value.to_string(), plain(&value))
        };
        Some(view.values()?.into_iter().map(sorted).collect())
    };
    [listed(old), listed(new)]
}

fn values(old: &View<'_>, new: &View<'_>, transport: Transport, found: &mut Vec<ChangeDraft>) {
    match listed_values(old, new, transport) {
        [None, None] => {}
        [None, Some(new)] => {
            found.push(ChangeDraft::of(&rules::ENUM_ADDED, format!("must be one of {}", listed(&new)), &texts(&new)));
        }
        [Some(old), None] => {
            let says = format!("no longer has to be one of {}", listed(&old));
            found.push(ChangeDraft::of(&rules::ENUM_REMOVED, says, &texts(&old)));
        }
        [Some(old), Some(new)] => {
            let without = |all: &[Listed], others: &[Listed]| -> Vec<Listed> {
                let others: HashSet<&str> = others.iter().map(|(text, _)| text.as_str()).collect();
                all.iter().filter(|(text, _)| !others.contains(text.as_str())).cloned().collect()
            };
            let (gone, come) = (without(&old, &new), without(&new, &old));
            if gone.len() == old.len() && !gone.is_empty() && !come.is_empty() {
                let says = format!("is now {} instead of {}", listed(&new), listed(&old));
                found.push(ChangeDraft::from_to(&rules::ENUM_REPLACED, says, &texts(&old), &texts(&new)));
                return;
            }
            if !gone.is_empty() {
                let says = format!("can no longer be {}", listed(&gone));
                found.push(ChangeDraft::of(&rules::ENUM_VALUE_REMOVED, says, &texts(&gone)));
            }
            if !come.is_empty() {
                let says = format!("can now be {}", listed(&come));
                found.push(ChangeDraft::of(&rules::ENUM_VALUE_ADDED, says, &texts(&come)));
            }
        }
    }
}

/// Returns all values in sorted order.
fn texts(values: &[Listed]) -> String {
    let mut texts: Vec<&str> = values.iter().map(|(text, _)| text.as_str()).collect();
    texts.sort_unstable();
    texts.join(" ")
}

/// Returns the first few values.
fn listed(values: &[Listed]) -> String {
    listed_words(&values.iter().map(|(_, word)| word.clone()).collect::<Vec<_>>())
}

/// Returns the first few words as a list in a sentence.
pub(super) fn listed_words(values: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut words: Vec<String> = values.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
    if values.len() > SHOWN {
        words.push(format!("{} more", values.len() - SHOWN));
    }
    words.join(", ")
}

/// Returns a value for display: strings without quotes.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn patterns(old: &View<'_>, new: &View<'_>, found: &mut Vec<ChangeDraft>) {
    let (old, new) = (old.patterns().join(" "), new.patterns().join(" "));
    found.extend(match (old.as_str(), new.as_str()) {
        (old, new) if old == new => None,
        ("", new) => {
            Some(ChangeDraft::from_to(&rules::PATTERN_ADDED, format!("must now match the pattern `{new}`"), "", new))
        }
        (old, "") => Some(ChangeDraft::from_to(
            &rules::PATTERN_REMOVED,
            format!("no longer has to match the pattern `{old}`"),
            old,
            "",
        )),
        (old, new) => Some(ChangeDraft::from_to(
            &rules::PATTERN_CHANGED,
            format!("must now match the pattern `{new}` instead of `{old}`"),
            old,
            new,
        )),
    });
}

/// A limit on a count.
struct Count {
    of: fn(&Limits) -> Option<usize>,
    is_least: bool,
    raised: &'static Rule,
    lowered: &'static Rule,
    /// The singular and the plural.
    noun: [&'static str; 2],
}

static COUNTS: [Count; 6] = [
    Count {
        of: |limits| limits.min_length,
        is_least: true,
        raised: &rules::MIN_LENGTH_RAISED,
        lowered: &rules::MIN_LENGTH_LOWERED,
        noun: ["character", "characters"],
    },
    Count {
        of: |limits| limits.max_length,
        is_least: false,
        raised: &rules::MAX_LENGTH_RAISED,
        lowered: &rules::MAX_LENGTH_LOWERED,
        noun: ["character", "characters"],
    },
    Count {
        of: |limits| limits.min_items,
        is_least: true,
        raised: &rules::MIN_ITEMS_RAISED,
        lowered: &rules::MIN_ITEMS_LOWERED,
        noun: ["item", "items"],
    },
    Count {
        of: |limits| limits.max_items,
        is_least: false,
        raised: &rules::MAX_ITEMS_RAISED,
        lowered: &rules::MAX_ITEMS_LOWERED,
        noun: ["item", "items"],
    },
    Count {
        of: |limits| limits.min_properties,
        is_least: true,
        raised: &rules::MIN_PROPERTIES_RAISED,
        lowered: &rules::MIN_PROPERTIES_LOWERED,
        noun: ["property", "properties"],
    },
    Count {
        of: |limits| limits.max_properties,
        is_least: false,
        raised: &rules::MAX_PROPERTIES_RAISED,
        lowered: &rules::MAX_PROPERTIES_LOWERED,
        noun: ["property", "properties"],
    },
];

impl Count {
    fn compare(&self, old: &View<'_>, new: &View<'_>, transport: Transport) -> Option<ChangeDraft> {
        let strictest = |view: &View<'_>| {
            let (declared, implied) = (self.declared(view), self.implied(view, transport));
            match self.is_least {
                true => declared.map_or(implied, |count| count.max(implied)),
                false => declared.map_or(implied, |count| count.min(implied)),
            }
        };
        if self.declared(old) == self.declared(new) {
            return None;
        }
        let (old, new) = (strictest(old), strictest(new));
        let rule = match old.cmp(&new) {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Less => self.raised,
            std::cmp::Ordering::Greater => self.lowered,
        };
        let shown = |count: usize| match (count, self.is_least) {
            (0, true) | (usize::MAX, false) => "any number of".to_owned(),
            (count, true) => format!("at least {count}"),
            (count, false) => format!("at most {count}"),
        };
        let noun = self.noun[usize::from(new != 1)];
        let (old, new) = (shown(old), shown(new));
        let says = format!("now has {new} {noun} instead of {}", old.trim_end_matches(" of"));
        Some(ChangeDraft::from_to(rule, says, &old, &new))
    }

    /// Returns the strictest declared limit.
    fn declared(&self, view: &View<'_>) -> Option<usize> {
        match self.is_least {
            true => view.limit(self.of, |one, other| one > other),
            false => view.limit(self.of, |one, other| one < other),
        }
    }

    /// Returns the implied limit: some formats have a fixed length, and a part of a path is never empty.
    fn implied(&self, view: &View<'_>, transport: Transport) -> usize {
        let is_length = self.noun[0] == "character";
        let lengths = match view.format() {
            "uuid" => Some((36, 36)),
            "date" => Some((10, 10)),
            "ipv4" => Some((7, 15)),
            _ => None,
        };
        match (lengths.filter(|_| is_length), self.is_least) {
            (Some((least, _)), true) => least,
            (Some((_, most)), false) => most,
            (None, true) => usize::from(is_length && transport == Transport::Path),
            (None, false) => usize::MAX,
        }
    }
}

/// Returns the range of integers that a format allows.
fn range_of(format: &str) -> Option<(f64, f64)> {
    Some(match format {
        "int8" => (f64::from(i8::MIN), f64::from(i8::MAX)),
        "int16" => (f64::from(i16::MIN), f64::from(i16::MAX)),
        "int32" => (f64::from(i32::MIN), f64::from(i32::MAX)),
        "int64" => (i64::MIN as f64, i64::MAX as f64),
        "uint8" => (0.0, f64::from(u8::MAX)),
        "uint16" => (0.0, f64::from(u16::MAX)),
        "uint32" | "uint" => (0.0, f64::from(u32::MAX)),
        "uint64" => (0.0, u64::MAX as f64),
        _ => return None,
    })
}

/// Normalizes a limit: exclusive limits of integers become inclusive ones, because more than 1 is at least 2.
fn bound(view: &View<'_>, limit: Option<Bound>, inward: f64) -> Option<Bound> {
    limit.map(|bound| match view.kind {
        Type::Integer if bound.exclusive => Bound { value: bound.value + inward, exclusive: false },
        _ => bound,
    })
}

fn minimum(old: &View<'_>, new: &View<'_>) -> Option<ChangeDraft> {
    let least = |view: &View<'_>| {
        let stricter = |one: &Bound, other: &Bound| (one.value, one.exclusive) > (other.value, other.exclusive);
        bound(view, view.limit(|limits| limits.minimum, stricter), 1.0)
    };
    let (was, is) = (least(old), least(new));
    if was == is {
        return None;
    }
    let implied = |view: &View<'_>| range_of(view.format()).map(|(value, _)| Bound { value, exclusive: false });
    let stricter = |bound: Option<Bound>, implied: Option<Bound>| match (bound, implied) {
        (Some(bound), Some(implied)) if implied.value > bound.value => Some(implied),
        (bound, implied) => bound.or(implied),
    };
    let (old, new) = (stricter(was, implied(old)), stricter(is, implied(new)));
    let key = |bound: Option<Bound>| bound.map_or((f64::NEG_INFINITY, false), |bound| (bound.value, bound.exclusive));
    let rule = if key(new) > key(old) { &rules::MINIMUM_RAISED } else { &rules::MINIMUM_LOWERED };
    let words = |bound: Option<Bound>| bounded(bound, "at least", "more than");
    (old != new).then(|| ranged(rule, &words(old), &words(new)))
}

fn maximum(old: &View<'_>, new: &View<'_>) -> Option<ChangeDraft> {
    let greatest = |view: &View<'_>| {
        let stricter = |one: &Bound, other: &Bound| (one.value, other.exclusive) < (other.value, one.exclusive);
        bound(view, view.limit(|limits| limits.maximum, stricter), -1.0)
    };
    let (was, is) = (greatest(old), greatest(new));
    if was == is {
        return None;
    }
    let implied = |view: &View<'_>| range_of(view.format()).map(|(_, value)| Bound { value, exclusive: false });
    let stricter = |bound: Option<Bound>, implied: Option<Bound>| match (bound, implied) {
        (Some(bound), Some(implied)) if implied.value < bound.value => Some(implied),
        (bound, implied) => bound.or(implied),
    };
    let (old, new) = (stricter(was, implied(old)), stricter(is, implied(new)));
    let key = |bound: Option<Bound>| bound.map_or((f64::INFINITY, true), |bound| (bound.value, !bound.exclusive));
    let rule = if key(new) < key(old) { &rules::MAXIMUM_LOWERED } else { &rules::MAXIMUM_RAISED };
    let words = |bound: Option<Bound>| bounded(bound, "at most", "less than");
    (old != new).then(|| ranged(rule, &words(old), &words(new)))
}

fn bounded(bound: Option<Bound>, inclusive: &str, exclusive: &str) -> String {
    match bound {
        None => "unbounded".to_owned(),
        Some(bound) => format!("{} {}", if bound.exclusive { exclusive } else { inclusive }, bound.value),
    }
}

fn ranged(rule: &'static Rule, old: &str, new: &str) -> ChangeDraft {
    ChangeDraft::from_to(rule, format!("is now {new} instead of {old}"), old, new)
}

fn multiple_of(old: &View<'_>, new: &View<'_>) -> Option<ChangeDraft> {
    // Every integer is a multiple of 1, and of any fraction that 1 is a multiple of.
    let is_implied = |view: &View<'_>, divisor: f64| {
        view.sent_kind(Transport::Json) == Type::Integer && divisor.recip().fract() == 0.0
    };
    let multiple = |view: &View<'_>| {
        let declared = view.limit(|limits| limits.multiple_of, |one, other| one > other);
        declared.filter(|divisor| !is_implied(view, *divisor))
    };
    let (rule, says) = match (multiple(old), multiple(new)) {
        (old, new) if old == new => return None,
        (_, None) => (&rules::MULTIPLE_OF_REMOVED, "no longer has to be a multiple".to_owned()),
        (None, Some(new)) => (&rules::MULTIPLE_OF_ADDED, format!("must now be a multiple of {new}")),
        (Some(old), Some(new)) => {
            (&rules::MULTIPLE_OF_CHANGED, format!("must now be a multiple of {new} instead of {old}"))
        }
    };
    Some(ChangeDraft::from_to(rule, says, &format!("{:?}", multiple(old)), &format!("{:?}", multiple(new))))
}

fn unique_items(old: &View<'_>, new: &View<'_>) -> Option<ChangeDraft> {
    let unique = |view: &View<'_>| view.limits.iter().any(|limits| limits.unique_items);
    match (unique(old), unique(new)) {
        (false, true) => Some(ChangeDraft::new(&rules::UNIQUE_ITEMS_ADDED, "can no longer have duplicate items")),
        (true, false) => Some(ChangeDraft::new(&rules::UNIQUE_ITEMS_REMOVED, "may now have duplicate items")),
        _ => None,
    }
}

fn default(old: Option<&Value>, new: Option<&Value>) -> Option<ChangeDraft> {
    let (rule, says) = match (old, new) {
        (None, None) => return None,
        (Some(old), Some(new)) if old == new => return None,
        (None, Some(new)) => (&rules::DEFAULT_ADDED, format!("now defaults to `{}`", plain(new))),
        (Some(old), None) => (&rules::DEFAULT_REMOVED, format!("no longer defaults to `{}`", plain(old))),
        (Some(old), Some(new)) => {
            (&rules::DEFAULT_CHANGED, format!("now defaults to `{}` instead of `{}`", plain(new), plain(old)))
        }
    };
    let text = |value: Option<&Value>| value.map(Value::to_string).unwrap_or_default();
    Some(ChangeDraft::from_to(rule, says, &text(old), &text(new)))
}
