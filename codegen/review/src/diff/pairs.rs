//! Matches media types and statuses of both documents: equal ones, or ones that cover each other.

use crm_clients_document::model::{MediaType, ResponseId, Status};

/// Pairs of matching parts, or parts of only one document.
type Pairs<'l, T> = Vec<(Option<&'l T>, Option<&'l T>)>;

/// Pairs equal parts, then parts that cover each other, then parts without a match. `covers` also takes the other parts
/// next to the wider one.
fn pairs<'l, T>(
    old: &'l [T],
    new: &'l [T],
    is_same: impl Fn(&T, &T) -> bool,
    covers: impl Fn(&T, &T, &[T]) -> bool,
) -> Pairs<'l, T> {
    let has = |all: &[T], one: &T| all.iter().any(|other| is_same(one, other));
    let is_paired = |was: &T, is: &T| {
        is_same(was, is) || (!has(new, was) && !has(old, is) && (covers(was, is, old) || covers(is, was, new)))
    };
    let mut pairs = Vec::new();
    for was in old {
        let mut found = new.iter().filter(|is| is_paired(was, is)).peekable();
        if found.peek().is_none() {
            pairs.push((Some(was), None));
        }
        pairs.extend(found.map(|is| (Some(was), Some(is))));
    }
    let alone = new.iter().filter(|is| !old.iter().any(|was| is_paired(was, is)));
    pairs.extend(alone.map(|is| (None, Some(is))));
    pairs
}

/// Matches the media types of two bodies.
pub(super) fn media_pairs<'l, 'a>(old: &'l [&'a MediaType], new: &'l [&'a MediaType]) -> Pairs<'a, MediaType> {
    let is_same = |was: &&MediaType, is: &&MediaType| bare(&was.name) == bare(&is.name);
    let found = pairs(old, new, is_same, |one, other, _| covers(&one.name, &other.name));
    found.into_iter().map(|(was, is)| (was.copied(), is.copied())).collect()
}

/// Matches the responses of two operations.
pub(super) fn status_pairs<'l>(
    old: &'l [(Status, ResponseId)],
    new: &'l [(Status, ResponseId)],
) -> Pairs<'l, (Status, ResponseId)> {
    let covers = |wide: &(Status, ResponseId), narrow: &(Status, ResponseId), beside: &[(Status, ResponseId)]| {
        // Next to a success status, `default` is for errors.
        let is_error = wide.0 == Status::Default && beside.iter().any(|(status, _)| status.is_success());
        covers_status(wide.0, narrow.0) && !(is_error && narrow.0.is_success())
    };
    pairs(old, new, |was, is| was.0 == is.0, covers)
}

/// Returns a media type for comparison, without the charset, which does not apply to JSON and is optional for text.
pub(super) fn bare(media_type: &str) -> String {
    let parts = media_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.filter(|part| !part.starts_with("charset=")).collect::<Vec<_>>().join(";")
}

/// Returns true if all values of a body of this type are text.
pub(super) fn is_form(media_type: &str) -> bool {
    matches!(bare(media_type).as_str(), "application/x-www-form-urlencoded" | "multipart/form-data")
}

/// Returns true if a body of this type may be anything else than bytes or text.
pub(super) fn is_structured(media_type: &str) -> bool {
    let name = bare(media_type);
    is_form(&name) || ["json", "xml", "yaml", "*"].iter().any(|format| name.contains(format))
}

/// Returns true if a media range covers a media type, or a media type covers the same type with parameters.
pub(super) fn covers(range: &str, media_type: &str) -> bool {
    let (range, media_type) = (bare(range), bare(media_type));
    let essence = media_type.split(';').next().unwrap_or_default();
    match range.strip_suffix('*') {
        Some("*/") => range != media_type,
        Some(kind) => essence.starts_with(kind) && range != media_type,
        None => range == essence && range != media_type,
    }
}

/// Returns true if a key of `responses` covers all statuses of another key, and more.
pub(super) fn covers_status(wide: Status, narrow: Status) -> bool {
    match (wide, narrow) {
        (Status::Range(class), Status::Exact(code)) => code / 100 == u16::from(class),
        (Status::Default, Status::Exact(_) | Status::Range(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_ranges_cover_media_types() {
        let covered =
            [("*/*", "text/csv"), ("application/*", "application/json"), ("text/csv", "text/csv; header=present")];
        assert!(covered.iter().all(|(range, media_type)| covers(range, media_type) && !covers(media_type, range)));
        assert!(
            !covers("text/*", "application/json") && !covers("application/json", "application/json; charset=utf-8")
        );
    }

    #[test]
    fn status_classes_cover_statuses() {
        assert!(covers_status(Status::Range(2), Status::Exact(204)));
        assert!(covers_status(Status::Default, Status::Range(2)));
        assert!(!covers_status(Status::Range(4), Status::Exact(200)));
    }
}
