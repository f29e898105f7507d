//! The constants of response headers.

use super::{ChangeLocation, Comparison, Only, rules};
use crm_clients_generator::ir::{Api, ResponseHeader};

/// The module of a client's header constants, and the constants.
type Declared<'a> = (&'a str, &'a [ResponseHeader]);

impl Comparison<'_> {
    /// Compares the constants by the header's name on the wire, and those of one header by their types.
    pub fn headers(&mut self) {
        let ((old_module, old), (new_module, new)) = (declared(self.old.api), declared(self.new.api));
        let mut matched = Vec::new();
        let mut left = Vec::new();
        for was in old {
            match new.iter().position(|is| is_same_header(was, is) && self.same(&was.ty, &is.ty)) {
                Some(same) => {
                    self.header([(old_module, was), (new_module, &new[same])]);
                    matched.push(same);
                }
                None => left.push(was),
            }
        }
        for was in left {
            let same = (0..new.len()).find(|index| is_same_header(was, &new[*index]) && !matched.contains(index));
            match same {
                Some(same) => {
                    self.header([(old_module, was), (new_module, &new[same])]);
                    matched.push(same);
                }
                None => self.only_header(Only::Old, old_module, was),
            }
        }
        for (_, is) in new.iter().enumerate().filter(|(index, _)| !matched.contains(index)) {
            self.only_header(Only::New, new_module, is);
        }
    }

    fn header(&mut self, [(old_module, was), (new_module, is)]: [(&str, &ResponseHeader); 2]) {
        let subject = header_path(self.old.api, old_module, was);
        let place =
            ChangeLocation { new: Some(is.pointer.clone()), ..ChangeLocation::at(subject, &was.pointer, Vec::new()) };
        let (old_path, new_path) = (format!("{old_module}::{}", was.name), format!("{new_module}::{}", is.name));
        if old_path != new_path {
            let message = format!("the constant `{old_path}` is now `{new_path}`");
            self.report(&rules::HEADER_RENAMED, place.clone(), message, &[&new_path]);
        }
        if !self.same(&was.ty, &is.ty) {
            let (held, holds) = (self.old.written(&was.ty), self.new.written(&is.ty));
            let message = format!("the constant `{new_path}` is now a `Header<{holds}>` instead of a `Header<{held}>`");
            self.report(&rules::HEADER_TYPE_CHANGED, place, message, &[&held, &holds]);
        }
    }

    fn only_header(&mut self, only: Only, module: &str, header: &ResponseHeader) {
        let subject = header_path(self.side(only).api, module, header);
        let place = ChangeLocation::at(subject, &header.pointer, Vec::new());
        let what = format!("the constant `{module}::{}`", header.name);
        self.tell_only(only, [&rules::HEADER_REMOVED, &rules::HEADER_ADDED], place, &what, &[]);
    }
}

fn declared(api: &Api) -> Declared<'_> {
    api.response_headers.as_ref().map_or(("", &[]), |declared| (&declared.module, &declared.headers))
}

/// Returns true if both are the same header. Header names are case-insensitive.
fn is_same_header(one: &ResponseHeader, other: &ResponseHeader) -> bool {
    one.wire.eq_ignore_ascii_case(&other.wire)
}

fn header_path(api: &Api, module: &str, header: &ResponseHeader) -> String {
    format!("{}::{module}::{}", api.name, header.name)
}
