//! Emits an operation's pagination as an invocation of the runtime's macro.

use super::file::File;
use super::{From, compact, escape, type_tokens};
use crate::ir::{Api, FieldPath, HasMore, PageStrategy, Paging, Type};

/// Adds the invocation that implements the call's streams of pages and items.
pub fn invocation(api: &Api, call: &str, output: &str, paging: &Paging, file: &mut File) {
    let mut entries: Vec<String> = paging.by.iter().map(by).collect();
    entries.push(format!("items |page| {}", items(&paging.items)));
    entries.extend(paging.signs.iter().map(|(sign, access)| format!("sign {}", says(*sign, access))));
    let item = compact(&type_tokens(api, &paging.item, From::Beside));
    file.invocation("pages", &format!("{call} -> {output}, {item}, ErrorBody"), &entries);
}

fn by(by: &PageStrategy<FieldPath>) -> String {
    match by {
        PageStrategy::Number { parameter, first } => format!("by Number({}, {first})", escape::quoted(parameter)),
        PageStrategy::Key { parameter, last, key } => {
            let which = if *last { "Last" } else { "First" };
            let question = if key.ends_optional() { ".as_ref()?" } else { "" };
            let key = format!("Some({}{question}.to_string())", part("item", "as_ref", key));
            format!("by {which}({}, |item| {key})", escape::quoted(parameter))
        }
        PageStrategy::Offset { parameter } => format!("by Offset({})", escape::quoted(parameter)),
        PageStrategy::Cursor { parameter, cursor } => {
            let question = if cursor.ends_optional() { ".as_ref()?" } else { "" };
            let cursor = format!("Some({}{question}.to_string())", part("page", "as_ref", cursor));
            format!("by Cursor({}, |page| {cursor})", escape::quoted(parameter))
        }
        PageStrategy::Url { url } => {
            let question = if url.ends_optional() { ".as_ref()?" } else { "" };
            format!("by Url(|page| Some({}{question}.to_string()))", part("page", "as_ref", url))
        }
        PageStrategy::Link { relation } => format!("by Link({})", escape::quoted(relation)),
    }
}

fn items(access: &FieldPath) -> String {
    let items = part("page", "as_mut", access);
    match (access.ends_optional(), access.fields.is_empty()) {
        (true, _) => format!("{items}.as_mut()"),
        (false, true) => format!("Some({items})"),
        (false, false) => format!("Some(&mut {items})"),
    }
}

fn says(sign: HasMore, access: &FieldPath) -> String {
    let said = part("page", "as_ref", access);
    let said = match (sign, &access.ty, access.ends_optional()) {
        (HasMore::Next, ..) => format!("Some({said}.is_some())"),
        (HasMore::More, ..) | (_, Type::I64, _) if access.ends_optional() => said,
        (HasMore::More, ..) | (_, Type::I64, _) => format!("Some({said})"),
        (_, ty, optional) => {
            let count = if optional { format!("{said}?") } else { said };
            if *ty == Type::I32 { format!("Some({count}.into())") } else { format!("{count}.try_into().ok()") }
        }
    };
    format!("{sign:?}(|page| {said})")
}

/// Returns the expression for a field path in the value `root`; if a part of the path is missing, the expression is
/// `None`.
fn part(root: &str, borrow: &str, access: &FieldPath) -> String {
    let mut part = root.to_owned();
    let mut optional = access.optional;
    for (field, may_be_missing) in &access.fields {
        if optional {
            part.push_str(&format!(".{borrow}()?"));
        }
        part.push_str(&format!(".{}", escape::ident(field)));
        optional = *may_be_missing;
    }
    part
}
