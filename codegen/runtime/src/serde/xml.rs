//! XML bodies: serializing values as XML, and deserializing them.
//!
//! Types are converted to and from JSON values, and an [`XmlRoot`] maps these to an XML document. Elements are found by
//! their local names, whatever their prefix.

mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

/// The name of an element or an attribute.
#[derive(Clone, Copy, Debug)]
pub struct XmlName {
    /// The name, including its prefix if it has one: `p:book`.
    pub name: &'static str,
    /// The namespace declared with the name; empty if there is none.
    pub namespace: &'static str,
}

impl XmlName {
    /// Returns the name without its prefix.
    fn local(&self) -> &'static str {
        self.name.rsplit(':').next().unwrap_or_default()
    }
}

/// The root of a document.
#[derive(Clone, Copy, Debug)]
pub struct XmlRoot {
    /// The root element.
    pub name: XmlName,
    /// The elements of the root, if the value is a list.
    pub items: Option<XmlName>,
    /// The content of the root, or of each of the elements.
    pub shape: XmlShape,
}

/// The content of an element or an attribute.
#[derive(Clone, Copy, Debug)]
pub enum XmlShape {
    /// Text.
    Text,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Anything: text, or an object of the nested elements.
    Any,
    /// An object.
    Object(&'static XmlObject),
}

/// The properties of an object.
#[derive(Clone, Copy, Debug)]
pub struct XmlObject {
    /// The declared properties.
    pub fields: &'static [XmlField],
    /// True if other elements are properties too.
    pub open: bool,
}

/// A property of an object.
#[derive(Clone, Copy, Debug)]
pub struct XmlField {
    /// The name of the property.
    pub key: &'static str,
    /// The place of the property.
    pub place: XmlPlace,
    /// The content of the property, or of each element of a list.
    pub shape: XmlShape,
}

/// The place of a property in the element of its object.
#[derive(Clone, Copy, Debug)]
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
