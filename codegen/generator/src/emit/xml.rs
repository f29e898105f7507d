//! Emits `xml.rs`: the XML encoding of bodies.

use proc_macro2::TokenStream;
use quote::quote;

use super::escape;
use super::file::{File, Header};
use crate::ir::{Api, XmlName, XmlPlace, XmlShape};

/// Returns the text of the file.
pub fn file(api: &Api, header: Header<'_>) -> String {
    let objects = api.xml.objects.iter().map(|object| {
        let (name, open) = (escape::ident(&object.constant), object.open);
        let fields = object.fields.iter().map(|field| {
            let (key, place, shape) = (escape::string(&field.key), place(&field.place), shape(api, field.shape));
            quote!(XmlField { key: #key, place: #place, shape: #shape })
        });
        quote!(static #name: XmlObject = XmlObject { fields: &[#(#fields),*], open: #open };)
    });
    let roots = api.xml.roots.iter().map(|root| {
        let (constant, name, shape) = (escape::ident(&root.constant), named(&root.name), shape(api, root.shape));
        let items = match &root.items {
            Some(items) => {
                let items = named(items);
                quote!(Some(#items))
            }
            None => quote!(None),
        };
        quote!(pub(super) static #constant: XmlRoot = XmlRoot { name: #name, items: #items, shape: #shape };)
    });
    let mut file = File::new(header);
    file.items(quote! {
        //! The XML encoding of bodies.
        #![allow(unused_imports, reason = "not every document needs all of them")]
        use crm_clients_runtime as runtime;
        use runtime::generated::{XmlField, XmlName, XmlObject, XmlPlace, XmlRoot, XmlShape};
        #(#roots)*
        #(#objects)*
    });
    file.finish()
}

fn named(name: &XmlName) -> TokenStream {
    let (name, namespace) = (escape::string(&name.name), escape::string(&name.namespace));
    quote!(XmlName { name: #name, namespace: #namespace })
}

fn place(place: &XmlPlace) -> TokenStream {
    match place {
        XmlPlace::Attribute(name) => {
            let name = named(name);
            quote!(XmlPlace::Attribute(#name))
        }
        XmlPlace::Text => quote!(XmlPlace::Text),
        XmlPlace::Cdata => quote!(XmlPlace::Cdata),
        XmlPlace::Element(name) => {
            let name = named(name);
            quote!(XmlPlace::Element(#name))
        }
        XmlPlace::Repeated(name) => {
            let name = named(name);
            quote!(XmlPlace::Repeated(#name))
        }
        XmlPlace::Wrapped(outer, items) => {
            let (outer, items) = (named(outer), named(items));
            quote!(XmlPlace::Wrapped(#outer, #items))
        }
    }
}

fn shape(api: &Api, shape: XmlShape) -> TokenStream {
    match shape {
        XmlShape::Text => quote!(XmlShape::Text),
        XmlShape::Integer => quote!(XmlShape::Integer),
        XmlShape::Number => quote!(XmlShape::Number),
        XmlShape::Boolean => quote!(XmlShape::Boolean),
        XmlShape::Any => quote!(XmlShape::Any),
        XmlShape::Object(index) => {
            let name = escape::ident(&api.xml.objects[index].constant);
            quote!(XmlShape::Object(&#name))
        }
    }
}
