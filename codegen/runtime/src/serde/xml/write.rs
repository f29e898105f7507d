//! Converting JSON values to XML.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Map, Value};

use super::{XmlName, XmlObject, XmlPlace, XmlRoot, XmlShape};

type Output = Writer<Vec<u8>>;

/// Converts a JSON value to a document.
///
/// # Errors
///
/// If a name or a text contains characters that XML does not allow, or if a list or an object is used where only text
/// is allowed.
pub(crate) fn write(value: &Value, root: &XmlRoot) -> io::Result<Vec<u8>> {
    let mut out = Writer::new(Vec::new());
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    match (root.items, value) {
        (Some(items), Value::Array(values)) => wrapped(&mut out, root.name, items, root.shape, values)?,
        _ => element(&mut out, root.name, root.shape, value)?,
    }
    Ok(out.into_inner())
}

/// Returns the start tag of an element, with the namespace of its name.
fn start(name: XmlName) -> BytesStart<'static> {
    let mut start = BytesStart::new(name.name);
    declare(&mut start, name);
    start
}

/// Declares the namespace of a name, unless it is declared already.
fn declare(start: &mut BytesStart<'_>, name: XmlName) {
    let declaration = match name.name.split_once(':') {
        Some((prefix, _)) => format!("xmlns:{prefix}"),
        None => "xmlns".to_owned(),
    };
    let is_new = start.attributes().flatten().all(|known| known.key.into_inner() != declaration);
    if !name.namespace.is_empty() && is_new {
        start.push_attribute((declaration.as_str(), name.namespace));
    }
}

fn wrapped(out: &mut Output, outer: XmlName, items: XmlName, shape: XmlShape, values: &[Value]) -> io::Result<()> {
    out.write_event(Event::Start(start(outer)))?;
    for value in values {
        element(out, items, shape, value)?;
    }
    out.write_event(Event::End(BytesEnd::new(outer.name)))
}

fn element(out: &mut Output, name: XmlName, shape: XmlShape, value: &Value) -> io::Result<()> {
    match (shape, value) {
        (_, Value::Null) => out.write_event(Event::Empty(start(name))),
        (XmlShape::Object(object), Value::Object(properties)) => self::object(out, start(name), object, properties),
        (XmlShape::Any, value) => any(out, start(name), value),
        (_, value) => {
            out.write_event(Event::Start(start(name)))?;
            text(out, &scalar(value)?)?;
            out.write_event(Event::End(BytesEnd::new(name.name)))
        }
    }
}

fn object(
    out: &mut Output,
    mut start: BytesStart<'static>,
    object: &XmlObject,
    properties: &Map<String, Value>,
) -> io::Result<()> {
    let given = || object.fields.iter().filter_map(|field| Some((field, properties.get(field.key)?)));
    let given = || given().filter(|(_, value)| !value.is_null());
    for (field, value) in given() {
        if let XmlPlace::Attribute(name) = field.place {
            if name.name.contains(':') {
                declare(&mut start, name);
            }
            start.push_attribute((name.name, checked(&scalar(value)?)?));
        }
    }
    let end = start.to_end().into_owned();
    out.write_event(Event::Start(start))?;
    for (field, value) in given() {
        match (field.place, value) {
            (XmlPlace::Attribute(_), _) => {}
            (XmlPlace::Text, value) => text(out, &scalar(value)?)?,
            (XmlPlace::Cdata, value) => {
                for piece in BytesCData::escaped(checked(&scalar(value)?)?) {
                    out.write_event(Event::CData(piece))?;
                }
            }
            (XmlPlace::Repeated(name), Value::Array(values)) => {
                for value in values {
                    element(out, name, field.shape, value)?;
                }
            }
            (XmlPlace::Wrapped(outer, items), Value::Array(values)) => wrapped(out, outer, items, field.shape, values)?,
            (XmlPlace::Element(name) | XmlPlace::Repeated(name) | XmlPlace::Wrapped(name, _), value) => {
                element(out, name, field.shape, value)?;
            }
        }
    }
    if object.open {
        let is_listed = |key: &str| object.fields.iter().any(|field| field.key == key);
        members(out, properties.iter().filter(|(key, _)| !is_listed(key)))?;
    }
    out.write_event(Event::End(end))
}

/// Writes an undeclared value: properties and elements of lists become elements.
fn any(out: &mut Output, start: BytesStart<'_>, value: &Value) -> io::Result<()> {
    let end = start.to_end().into_owned();
    out.write_event(Event::Start(start))?;
    match value {
        Value::Object(object) => members(out, object.iter())?,
        Value::Null => {}
        value => text(out, &scalar(value)?)?,
    }
    out.write_event(Event::End(end))
}

fn members<'v>(out: &mut Output, members: impl Iterator<Item = (&'v String, &'v Value)>) -> io::Result<()> {
    for (key, value) in members {
        if !is_name(key) {
            return Err(io::Error::other(format!("{key:?} is not a valid element name")));
        }
        let values = match value {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        for value in values.iter().filter(|value| !value.is_null()) {
            any(out, BytesStart::new(key.as_str()), value)?;
        }
    }
    Ok(())
}

fn text(out: &mut Output, text: &str) -> io::Result<()> {
    out.write_event(Event::Text(BytesText::new(checked(text)?)))
}

fn scalar(value: &Value) -> io::Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Array(_) | Value::Object(_) => Err(io::Error::other("expected text, found a list or an object")),
        value => Ok(value.to_string()),
    }
}

/// Returns the text, if XML allows each of its characters.
fn checked(text: &str) -> io::Result<&str> {
    let is_character = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    match text.chars().find(|c| !is_character(*c)) {
        Some(character) => Err(io::Error::other(format!("XML does not allow the character {character:?}"))),
        None => Ok(text),
    }
}

/// Returns true if a text can be the name of an element. Letters of all scripts are allowed.
fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
