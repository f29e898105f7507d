//! Decoding a page in which some items do not match the declaration.

use serde_json::Value;

use crate::operation::Reply;
use crate::response::decode::DecodeFailure;
use crate::response::json_path;

/// Maximum number of bad items in a page; with more, the whole page is an error.
const MAX_BAD: usize = 100;

/// An item that cannot be decoded.
pub(super) struct BadItem {
    /// The index in the page's items.
    pub(super) index: usize,
    /// The path of the error in the page, and the item's own JSON.
    pub(super) path: String,
    pub(super) reply: Reply,
    pub(super) failure: DecodeFailure,
}

/// Finds the items that `decode` rejects, and decodes the page without them. Returns them with the total number of
/// items; `None` if the page cannot be decoded without them either.
pub(super) fn without_bad_items(
    reply: &Reply,
    decode: &mut dyn FnMut(&Reply) -> Result<(), DecodeFailure>,
) -> Option<(Vec<BadItem>, usize)> {
    let mut page: Value = serde_json::from_slice(&reply.body).ok()?;
    let mut keys = None;
    let mut items = Vec::new();
    let mut bad: Vec<BadItem> = Vec::new();
    let mut start = 0;
    // Decoding stops at the first bad item and continues after it, so that each item is decoded about once.
    loop {
        let part = with_body(reply, &page)?;
        let Err(failure) = decode(&part) else { break };
        let element = json_path::element_at(&part.body, failure.offset)?;
        let keys = keys.get_or_insert_with(|| element.keys.clone());
        if *keys != element.keys || bad.len() == MAX_BAD {
            return None;
        }
        if bad.is_empty() {
            items = array(&mut page, keys)?.clone();
        }
        let index = start + element.index;
        let path = format!("{}[{index}]{}", element.array, element.rest);
        bad.push(BadItem { index, path, reply: with_body(reply, items.get(index)?)?, failure });
        start = index + 1;
        *array(&mut page, keys)? = items.get(start..)?.to_vec();
    }
    let good = items.iter().enumerate().filter(|(index, _)| !bad.iter().any(|bad| bad.index == *index));
    let good: Vec<Value> = good.map(|(_, item)| item.clone()).collect();
    if good.is_empty() {
        return None;
    }
    *array(&mut page, &keys?)? = good;
    decode(&with_body(reply, &page)?).ok()?;
    Some((bad, items.len()))
}

fn with_body(reply: &Reply, body: &Value) -> Option<Reply> {
    let body = serde_json::to_vec(body).ok()?.into();
    Some(Reply { status: reply.status, headers: reply.headers.clone(), body })
}

fn array<'p>(page: &'p mut Value, keys: &[String]) -> Option<&'p mut Vec<Value>> {
    keys.iter().try_fold(page, |value, key| value.get_mut(key))?.as_array_mut()
}
