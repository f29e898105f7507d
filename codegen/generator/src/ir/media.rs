//! Media types.

pub(crate) use crm_clients_document::model::essence;

/// Returns true if a body of this type is JSON, or should be treated as JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json"
        || essence.ends_with("+json") && essence != "application/stream+json"
        || essence == "text/json"
        || essence == "*/*"
        || essence == "application/*"
}

/// Returns true if a body of this type is an event stream.
pub(crate) fn is_events(media_type: &str) -> bool {
    essence(media_type) == "text/event-stream"
}

/// Returns true if a body of this type is XML.
pub(crate) fn is_xml(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.ends_with("/xml") || essence.ends_with("+xml")
}

/// Returns true if a body of this type is text and not JSON.
pub(crate) fn is_text(media_type: &str) -> bool {
    essence(media_type).starts_with("text/") && !is_json(media_type)
}

/// Returns true if a body of this type is a sequence of JSON values, each on a line or after a record separator.
pub(crate) fn is_json_lines(media_type: &str) -> bool {
    let essence = essence(media_type);
    let known = [
        "application/jsonl",
        "application/x-jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/json-lines",
        "application/ndjson",
        "application/x-ndjson",
        "application/x-json-stream",
        "application/stream+json",
        "application/json-seq",
    ];
    known.contains(&essence.as_str()) || essence.ends_with("+json-seq") || essence.ends_with("+jsonl")
}

/// Returns true if a body of this type has parts.
pub(crate) fn is_multipart(media_type: &str) -> bool {
    essence(media_type).starts_with("multipart/")
}
