//! Converting XML to JSON values.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Number, Value};

use super::{XmlField, XmlObject, XmlPlace, XmlRoot, XmlShape};

/// Maximum depth of nested elements.
const MAX_DEPTH: usize = 128;

/// The key for the text of an undeclared element that also has attributes or elements.
const TEXT_KEY: &str = "$text";

/// The error of a document that cannot be read, with its position.
#[derive(Debug)]
pub(crate) struct XmlError {
    pub(crate) message: String,
    pub(crate) offset: usize,
}

/// An element with its local name.
#[derive(Default)]
struct Element {
    name: String,
    is_nil: bool,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

/// Converts a document to a JSON value.
pub(crate) fn read(text: &str, root: &XmlRoot) -> Result<Value, XmlError> {
    let element = parse(text)?;
    if element.name != root.name.local() {
        let message = format!("the root element is `{}`, expected `{}`", element.name, root.name.local());
        return Err(XmlError { message, offset: 0 });
    }
    Ok(match root.items {
        Some(items) => list(&element, items.local(), root.shape),
        None => value(&element, root.shape),
    })
}

fn parse(text: &str) -> Result<Element, XmlError> {
    let mut reader = Reader::from_str(text);
    let fail = |reader: &Reader<&[u8]>, message: String| XmlError {
        message,
        offset: usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len()),
    };
    let mut open: Vec<Element> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| fail(&reader, error.to_string()))?;
        let ended = match event {
            Event::Start(start) => {
                let element = element(&start).map_err(|error| fail(&reader, error))?;
                if open.len() >= MAX_DEPTH {
                    return Err(fail(&reader, format!("the elements are nested deeper than {MAX_DEPTH}")));
                }
                open.push(element);
                None
            }
            Event::Empty(start) => Some(element(&start).map_err(|error| fail(&reader, error))?),
            Event::End(_) => open.pop(),
            Event::Text(piece) => {
                push(&mut open, &piece.xml10_content());
                None
            }
            Event::CData(piece) => {
                push(&mut open, &piece.xml10_content());
                None
            }
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| fail(&reader, error.to_string()))?;
                let name = reference.into_inner();
                match (character, resolve_xml_entity(&name)) {
                    (Some(character), _) => push(&mut open, character.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => push(&mut open, text),
                    // Entities of a document type may refer to files, or expand without limit.
                    (None, None) => return Err(fail(&reader, format!("unknown entity `{name}`"))),
                }
                None
            }
            Event::Eof => return Err(fail(&reader, "the document ends within its root element".to_owned())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => None,
        };
        if let Some(element) = ended {
            match open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => return Ok(element),
            }
        }
    }
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element { name: start.local_name().into_inner().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let (name, local) = (attribute.key.into_inner(), attribute.key.local_name().into_inner());
        if name == "xmlns" || name.starts_with("xmlns:") {
            continue;
        }
        let value =
            attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        if local == "nil" && name != local {
            element.is_nil = matches!(value.as_ref(), "true" | "1");
        } else {
            element.attributes.push((local.to_owned(), value.into_owned()));
        }
    }
    Ok(element)
}

fn value(element: &Element, shape: XmlShape) -> Value {
    match shape {
        _ if element.is_nil => Value::Null,
        XmlShape::Object(object) => Value::Object(properties(element, object)),
        XmlShape::Any => any(element),
        scalar_shape => scalar(&element.text, scalar_shape),
    }
}

fn properties(element: &Element, object: &XmlObject) -> Map<String, Value> {
    let mut out = Map::new();
    for field in object.fields {
        if let Some(value) = property(element, field) {
            out.insert(field.key.to_owned(), value);
        }
    }
    let is_listed = |name: &str| {
        object.fields.iter().any(|field| match field.place {
            XmlPlace::Element(place) | XmlPlace::Repeated(place) | XmlPlace::Wrapped(place, _) => place.local() == name,
            XmlPlace::Attribute(_) | XmlPlace::Text | XmlPlace::Cdata => false,
        })
    };
    if object.open {
        for child in element.children.iter().filter(|child| !is_listed(&child.name)) {
            add(&mut out, child.name.clone(), any(child));
        }
    }
    out
}

fn property(element: &Element, field: &XmlField) -> Option<Value> {
    let child = |name: &str| element.children.iter().find(|child| child.name == name);
    match field.place {
        XmlPlace::Attribute(place) => {
            let (_, text) = element.attributes.iter().find(|(name, _)| name == place.local())?;
            Some(scalar(text, field.shape))
        }
        XmlPlace::Text | XmlPlace::Cdata => {
            (!element.text.is_empty() || element.children.is_empty()).then(|| scalar(&element.text, field.shape))
        }
        XmlPlace::Element(place) => child(place.local()).map(|child| value(child, field.shape)),
        // A list without elements is empty.
        XmlPlace::Repeated(place) => Some(list(element, place.local(), field.shape)),
        XmlPlace::Wrapped(outer, items) => {
            let wrapper = child(outer.local())?;
            Some(if wrapper.is_nil { Value::Null } else { list(wrapper, items.local(), field.shape) })
        }
    }
}

fn list(element: &Element, name: &str, shape: XmlShape) -> Value {
    Value::Array(element.children.iter().filter(|child| child.name == name).map(|child| value(child, shape)).collect())
}

fn scalar(text: &str, shape: XmlShape) -> Value {
    let trimmed = text.trim();
    let number = match shape {
        XmlShape::Integer => trimmed.parse::<Number>().ok().filter(|number| !number.is_f64()).map(Value::Number),
        XmlShape::Number => trimmed.parse::<Number>().ok().map(Value::Number),
        XmlShape::Boolean => match trimmed {
            "true" | "1" => Some(Value::Bool(true)),
            "false" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        XmlShape::Text | XmlShape::Any | XmlShape::Object(_) => None,
    };
    // Any other text is kept, so that the error of its type shows the position.
    number.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn any(element: &Element) -> Value {
    if element.is_nil {
        return Value::Null;
    }
    if element.children.is_empty() && element.attributes.is_empty() {
        return Value::String(element.text.clone());
    }
    let mut out = Map::new();
    for (name, text) in &element.attributes {
        out.insert(name.clone(), Value::String(text.clone()));
    }
    for child in &element.children {
        add(&mut out, child.name.clone(), any(child));
    }
    if !element.text.trim().is_empty() {
        out.insert(TEXT_KEY.to_owned(), Value::String(element.text.clone()));
    }
    Value::Object(out)
}

/// Adds a property, which becomes a list if it occurs more than once.
fn add(out: &mut Map<String, Value>, name: String, value: Value) {
    match out.get_mut(&name) {
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
        None => _ = out.insert(name, value),
    }
}
