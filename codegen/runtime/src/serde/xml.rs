//! XML bodies: how the values of a schema are written as XML, and read from it.
//!
//! Types are read from and written as JSON values; a [`XmlRoot`] says where in an XML document each of them is. Elements are
//! found by their local names, whatever prefix a server gives them.

mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

/// The name of an element or an attribute.
#[derive(Clone, Copy, Debug)]
pub struct XmlName {
    /// The name, behind its prefix if it has one: `p:book`.
    pub name: &'static str,
    /// The namespace that is declared with it; empty if there is none.
    pub namespace: &'static str,
}

impl XmlName {
    /// The name without its prefix.
    fn local(&self) -> &'static str {
        self.name.rsplit(':').next().unwrap_or_default()
    }
}

/// The root of a document.
#[derive(Clone, Copy, Debug)]
pub struct XmlRoot {
    /// The root element.
    pub name: XmlName,
    /// The elements in it, if the value is a list.
    pub items: Option<XmlName>,
    /// What the root, or each of the elements, holds.
    pub shape: XmlShape,
}

/// What an element or an attribute holds.
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
    /// Anything: text, or an object of the elements within.
    Any,
    /// An object.
    Object(&'static XmlObject),
}

/// The properties of an object.
#[derive(Clone, Copy, Debug)]
pub struct XmlObject {
    /// The properties that the document lists.
    pub fields: &'static [XmlField],
    /// Whether other elements are properties, too.
    pub open: bool,
}

/// A property of an object.
#[derive(Clone, Copy, Debug)]
pub struct XmlField {
    /// The name of the property.
    pub key: &'static str,
    /// Where it is.
    pub place: XmlPlace,
    /// What it holds, or each element of a list.
    pub shape: XmlShape,
}

/// Where a property is in the element of its object.
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
    /// An element with any number of elements within.
    Wrapped(XmlName, XmlName),
}
