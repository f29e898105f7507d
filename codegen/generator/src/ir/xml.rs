//! The XML encoding of schemas, from the keyword `xml` and the names of properties and components.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::media::is_xml;
use super::operations::Builder;
use super::streams::unwrapped;
use crate::names::{self, UsedNames};
use crm_clients_document::model::{MediaType, SchemaId, Xml};
use crm_clients_document::normalize::{Additional, Fields, Kind, Shape};

/// The XML encoding of a client's types.
#[derive(Debug, Default, Serialize)]
pub struct XmlTypes {
    /// The root elements of bodies.
    pub roots: Vec<XmlRoot>,
    /// The objects in them.
    pub objects: Vec<XmlObject>,
}

/// The root element of a body.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct XmlRoot {
    /// The name of the constant.
    pub constant: String,
    /// The name of the element.
    pub name: XmlName,
    /// The name of the elements in it, if the body is a list.
    pub items: Option<XmlName>,
    /// The content of the root, or of each item.
    pub shape: XmlShape,
}

/// The name of an element or an attribute.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct XmlName {
    /// The name, including its prefix if it has one.
    pub name: String,
    /// The namespace; empty if there is none.
    pub namespace: String,
}

/// The content of an element or an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum XmlShape {
    /// Text.
    Text,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// Any content.
    Any,
    /// One of [`XmlTypes::objects`].
    Object(usize),
}

/// An object.
#[derive(Debug, Clone, Default, Serialize)]
pub struct XmlObject {
    /// The name of the constant.
    pub constant: String,
    /// The declared properties.
    pub fields: Vec<XmlField>,
    /// True if it may have additional properties.
    pub open: bool,
}

/// A property.
#[derive(Debug, Clone, Serialize)]
pub struct XmlField {
    /// The name of the property.
    pub key: String,
    /// Its location in the object's element.
    pub place: XmlPlace,
    /// The content, or the content of each element of a list.
    pub shape: XmlShape,
}

/// The location of a property in the element of its object.
#[derive(Debug, Clone, Serialize)]
pub enum XmlPlace {
    /// An attribute.
    Attribute(XmlName),
    /// The text of the element.
    Text,
    /// The text of the element, in a CDATA section.
    Cdata,
    /// An element.
    Element(XmlName),
    /// Any number of elements.
    Repeated(XmlName),
    /// An element that contains any number of elements.
    Wrapped(XmlName, XmlName),
}

/// The XML encoding while the client is built.
#[derive(Default)]
pub(super) struct XmlBuilder {
    pub(super) types: XmlTypes,
    /// The index of each object.
    objects: HashMap<SchemaId, usize>,
    /// The index of the root of each media type, by its JSON pointer; `None` if it cannot be encoded as XML.
    roots: HashMap<String, Option<usize>>,
    constants: UsedNames,
}

/// A schema that cannot be encoded as XML, and the reason.
type Unfit = (SchemaId, &'static str);

impl Builder<'_> {
    /// Returns the root of an XML body. Returns `None` if it is text, or if its schema cannot be encoded, which is
    /// reported.
    pub(super) fn xml_root(&mut self, media: &MediaType) -> Option<usize> {
        let schema = media.schema.filter(|_| is_xml(&media.name))?;
        if let Some(known) = self.xml.roots.get(&media.pointer) {
            return *known;
        }
        let root = match unwrapped(&mut self.types.schemas, schema).1 {
            Shape::Scalar(_) | Shape::Any => None,
            _ => match self.whole_root(schema) {
                Ok(root) => {
                    let known = self.xml.types.roots.iter().position(|known| {
                        (&known.name, &known.items, known.shape) == (&root.name, &root.items, root.shape)
                    });
                    Some(known.unwrap_or_else(|| self.add_root(root)))
                }
                Err((unfit, why)) => {
                    let message = format!("`{}` is sent and returned as bytes: {why}", media.name);
                    let help = "declare the body as JSON if the server supports it";
                    let pointer = self.types.schemas[unfit].pointer.clone();
                    self.types.diagnostics.warning("unserved-xml", pointer, message, help);
                    None
                }
            },
        };
        self.xml.roots.insert(media.pointer.clone(), root);
        root
    }

    fn add_root(&mut self, root: XmlRoot) -> usize {
        let constant =
            self.xml.constants.claim(&names::constant(&format!("{}_root", names::value_name(&root.name.name))));
        self.xml.types.roots.push(XmlRoot { constant, ..root });
        self.xml.types.roots.len() - 1
    }

    /// Returns the root of a schema. If the schema cannot be encoded, discards its objects.
    fn whole_root(&mut self, schema: SchemaId) -> Result<XmlRoot, Unfit> {
        let before = self.xml.types.objects.len();
        let root = self.root(schema);
        if root.is_err() {
            self.xml.types.objects.truncate(before);
            self.xml.objects.retain(|_, index| *index < before);
        }
        root
    }

    fn root(&mut self, schema: SchemaId) -> Result<XmlRoot, Unfit> {
        let xml = self.xml_of(schema);
        let component = self.component_of(schema);
        let name = xml.name.clone().or(component).ok_or((schema, "the root element has no name"))?;
        let name = named(&xml, &name);
        let (items, shape) = match unwrapped(&mut self.types.schemas, schema) {
            (_, Shape::Array(items)) => {
                let of_items = self.xml_of(items);
                let item =
                    of_items.name.clone().or_else(|| self.component_of(items)).unwrap_or_else(|| name.name.clone());
                (Some(named(&of_items, &item)), self.item_shape(items)?)
            }
            _ => (None, self.xml_shape(schema)?),
        };
        Ok(XmlRoot { constant: String::new(), name, items, shape })
    }

    /// Returns the `xml` of a schema, or of the schema that it refers to or extends.
    fn xml_of(&self, schema: SchemaId) -> Xml {
        let document = self.types.document;
        let (mut queue, mut seen) = (vec![schema], HashSet::new());
        while let Some(id) = queue.pop() {
            if let Some(declared) = document.schema(id) {
                if let Some(xml) = &declared.rare().xml {
                    return xml.clone();
                }
                queue.extend(declared.reference);
            }
            if seen.insert(id) {
                queue.push(self.types.schemas.referred(id));
                if let Kind::AllOf(parts) = &self.types.schemas[id].kind {
                    queue.extend(parts);
                }
            }
            if seen.len() > 64 {
                break;
            }
        }
        Xml::default()
    }

    fn component_of(&self, schema: SchemaId) -> Option<String> {
        self.types.schemas[self.types.schemas.referred(schema)].component.clone()
    }

    /// Returns the content of an element of a list.
    fn item_shape(&mut self, items: SchemaId) -> Result<XmlShape, Unfit> {
        match unwrapped(&mut self.types.schemas, items).1 {
            Shape::Array(_) => Err((items, "lists of lists cannot be encoded as XML")),
            _ => self.xml_shape(items),
        }
    }

    fn xml_shape(&mut self, schema: SchemaId) -> Result<XmlShape, Unfit> {
        let (id, shape) = unwrapped(&mut self.types.schemas, schema);
        Ok(match shape {
            Shape::Any => XmlShape::Any,
            Shape::Scalar(Kind::Boolean) => XmlShape::Boolean,
            Shape::Scalar(Kind::Integer { .. }) => XmlShape::Integer,
            Shape::Scalar(Kind::Number) => XmlShape::Number,
            Shape::Scalar(_) => XmlShape::Text,
            Shape::Object(fields) => XmlShape::Object(self.xml_object(id, &fields)?),
            Shape::Choice(..) => return Err((schema, "XML does not distinguish the alternatives of a choice")),
            Shape::Array(_) => return Err((schema, "a list is not supported here")),
            Shape::Same(_) => XmlShape::Any,
        })
    }

    fn xml_object(&mut self, id: SchemaId, fields: &Fields) -> Result<usize, Unfit> {
        if let Some(known) = self.xml.objects.get(&id) {
            return Ok(*known);
        }
        let index = self.xml.types.objects.len();
        let name = self.types.name_of(id).unwrap_or_else(|| format!("object_{}", index + 1));
        let constant = self.xml.constants.claim(&names::constant(&names::value_name(&name)));
        self.xml.types.objects.push(XmlObject { constant, ..XmlObject::default() });
        self.xml.objects.insert(id, index);
        let open = match fields.additional {
            Additional::Forbidden => false,
            Additional::Unsaid | Additional::Any => true,
            Additional::Of(values) => match self.xml_shape(values)? {
                XmlShape::Text | XmlShape::Any => true,
                _ => return Err((values, "values of additional properties must be text")),
            },
        };
        let listed = fields.properties.iter().map(|(key, (schema, _))| self.xml_field(key, *schema));
        let listed = listed.collect::<Result<Vec<XmlField>, Unfit>>()?;
        self.xml.types.objects[index].fields = listed;
        self.xml.types.objects[index].open = open;
        Ok(index)
    }

    fn xml_field(&mut self, key: &str, schema: SchemaId) -> Result<XmlField, Unfit> {
        let xml = self.xml_of(schema);
        let name = named(&xml, xml.name.as_deref().unwrap_or(key));
        let node_type = xml.node_type.as_deref();
        let (_, shape) = unwrapped(&mut self.types.schemas, schema);
        let (place, shape) = match (shape, node_type) {
            (Shape::Array(items), Some("element")) => {
                let of_items = self.xml_of(items);
                let item = of_items.name.clone().unwrap_or_else(|| name.name.clone());
                (XmlPlace::Wrapped(name, named(&of_items, &item)), self.item_shape(items)?)
            }
            (Shape::Array(items), None | Some("none")) => {
                let of_items = self.xml_of(items);
                let item = of_items.name.as_deref().unwrap_or(key);
                (XmlPlace::Repeated(named(&of_items, item)), self.item_shape(items)?)
            }
            (Shape::Scalar(_) | Shape::Any, Some("attribute")) => (XmlPlace::Attribute(name), self.xml_shape(schema)?),
            (Shape::Scalar(_) | Shape::Any, Some("text" | "none")) => (XmlPlace::Text, self.xml_shape(schema)?),
            (Shape::Scalar(_) | Shape::Any, Some("cdata")) => (XmlPlace::Cdata, self.xml_shape(schema)?),
            (_, None | Some("element")) => (XmlPlace::Element(name), self.xml_shape(schema)?),
            _ => return Err((schema, "a list or an object must be an element")),
        };
        Ok(XmlField { key: key.to_owned(), place, shape })
    }
}

/// Returns a name with the prefix and namespace that a schema declares.
fn named(xml: &Xml, name: &str) -> XmlName {
    let name = match &xml.prefix {
        Some(prefix) if !prefix.is_empty() && !name.contains(':') => format!("{prefix}:{name}"),
        _ => name.to_owned(),
    };
    XmlName { name, namespace: xml.namespace.clone().unwrap_or_default() }
}
