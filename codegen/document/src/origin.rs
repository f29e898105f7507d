//! The origin of each node of the document: its file and position.
//!
//! The passes move nodes: `bundle` copies them from other files, and `overlay` sets some and removes others.
//! [`SourceMap`] keeps the texts and records these moves, so that a JSON pointer into the current document leads back
//! to a source line.

mod spans;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use crate::pointer::{child, push_token, tokens};
use spans::Spans;

/// The id of a file that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(usize);

/// The files that were read, and the origins of the document's nodes in them.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<File>,
    origins: Origins,
    root: Option<Root>,
    remotes: Vec<String>,
}

/// The directory that references must not leave.
#[derive(Clone, Debug)]
struct Root {
    /// The name with a trailing slash, as shown in diagnostics.
    name: String,
    /// The path of the main document in it.
    main: String,
}

#[derive(Debug)]
struct File {
    name: String,
    text: String,
    /// Created when the first position in this file is requested, which is rare.
    spans: OnceLock<Spans>,
    /// The start of each line, created together with `spans`.
    lines: OnceLock<Vec<usize>>,
}

/// A position in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position<'a> {
    /// The file's name, as shown in diagnostics.
    pub file: &'a str,
    /// The line, starting at 1.
    pub line: usize,
    /// The column in characters, starting at 1.
    pub column: usize,
    /// The byte range in the file's text that represents the node: its key, and its value if that is a scalar. It is
    /// within one line.
    pub span: Range<usize>,
    /// True if the position is that of the node itself. Otherwise no file contains the node, and the position is that
    /// of its nearest ancestor in a file.
    pub exact: bool,
    pub(crate) text: &'a str,
}

impl SourceMap {
    /// Creates an empty source map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows references to any file below a directory. `name` is the directory as shown in diagnostics, with a
    /// trailing slash, and `main` the path of the main document in it. The default is the directory of the main
    /// document.
    pub fn set_root(&mut self, name: impl Into<String>, main: impl Into<String>) {
        self.root = Some(Root { name: name.into(), main: main.into() });
    }

    /// Allows references to URLs with this prefix, which the caller's function reads like paths.
    pub fn allow_remote(&mut self, prefix: impl Into<String>) {
        self.remotes.push(prefix.into());
    }

    /// Returns the directory that references must not leave, with its slash, and the path in it of the main document
    /// with this name.
    pub(crate) fn split<'n>(&'n self, name: &'n str) -> (&'n str, &'n str) {
        self.root.as_ref().map_or_else(|| split_directory(name), |root| (root.name.as_str(), root.main.as_str()))
    }

    /// Returns true if a URL may be read.
    pub(crate) fn allows_remote(&self, url: &str) -> bool {
        self.remotes.iter().any(|prefix| url.starts_with(prefix))
    }

    /// Adds a file's text. The nodes of the document are assumed to come from the first file unless set otherwise.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let file = FileId(self.files.len());
        self.files.push(File { name: name.into(), text: text.into(), spans: OnceLock::new(), lines: OnceLock::new() });
        if file.0 == 0 {
            self.set_origin("", file, "");
        }
        file
    }

    /// Returns the file's name, as shown in diagnostics.
    pub fn name(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |file| &file.name)
    }

    /// Returns the file's text.
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |file| &file.text)
    }

    /// Returns the origin of the node at `pointer` of the current document: the file, and the pointer in it.
    pub fn origin(&self, pointer: &str) -> Option<(FileId, String)> {
        self.origins.find(pointer)
    }

    /// Returns the position of the node at `pointer` of the current document, or of its nearest ancestor in a file.
    pub fn position(&self, pointer: &str) -> Option<Position<'_>> {
        let (file, pointer) = self.origin(pointer)?;
        self.position_in(file, &pointer)
    }

    /// Returns the position of the node at `pointer` of `file`, or of its nearest ancestor.
    pub fn position_in(&self, file: FileId, pointer: &str) -> Option<Position<'_>> {
        let source = self.files.get(file.0)?;
        let spans = source.spans.get_or_init(|| Spans::new(&source.text));
        let (span, exact) = spans.find(&source.text, pointer)?;
        Some(Position { exact, ..source.position(span) })
    }

    /// Returns the position of a byte offset of `file`.
    pub fn position_at(&self, file: FileId, offset: usize) -> Option<Position<'_>> {
        let source = self.files.get(file.0)?;
        let start = boundary(&source.text, offset);
        let end = source.text[start..].chars().next().map_or(start, |char| start + char.len_utf8());
        Some(source.position(start..end))
    }

    /// Sets the origin of the node at `pointer` of the document, and of everything in it, to `source` of `file`.
    pub(crate) fn set_origin(&mut self, pointer: &str, file: FileId, source: &str) {
        *self.origins.node(pointer) = Origins { place: Some((file, source.to_owned())), members: HashMap::new() };
    }

    /// Copies the origin of the node at `pointer` of the document to `to`.
    pub(crate) fn copy_origin(&mut self, pointer: &str, to: &str) {
        let place = self.origins.find(pointer);
        let members = self.origins.node(pointer).members.clone();
        *self.origins.node(to) = Origins { place, members };
    }

    /// Removes the origins of members that were removed from the object at `pointer`.
    pub(crate) fn forget_members(&mut self, pointer: &str, gone: &HashSet<String>) {
        self.origins.node(pointer).members.retain(|token, _| !gone.contains(token));
    }

    /// Removes the origins of elements that were removed from the array at `pointer`, which had `len` elements, and
    /// moves up those after them.
    pub(crate) fn forget_elements(&mut self, pointer: &str, gone: &HashSet<usize>, len: usize) {
        let kept = (0..len).filter(|index| !gone.contains(index));
        let moved = kept.zip(0_usize..).map(|(old, new)| {
            let place = self.origins.find(&child(pointer, &old.to_string()));
            let members = self.origins.node(pointer).members.remove(&old.to_string()).unwrap_or_default().members;
            (new.to_string(), Origins { place, members })
        });
        let moved = moved.collect();
        self.origins.node(pointer).members = moved;
    }
}

impl File {
    fn position(&self, span: Range<usize>) -> Position<'_> {
        let start = boundary(&self.text, span.start);
        let line = self.lines().partition_point(|line| *line <= start);
        let line_start = line.checked_sub(1).and_then(|line| self.lines().get(line)).copied().unwrap_or_default();
        Position {
            file: &self.name,
            line,
            column: self.text[line_start..start].chars().count() + 1,
            span,
            exact: true,
            text: &self.text,
        }
    }

    fn lines(&self) -> &[usize] {
        let ends = || self.text.match_indices('\n').map(|(end, _)| end + 1);
        self.lines.get_or_init(|| std::iter::once(0).chain(ends()).collect())
    }
}

/// Splits a name into its directory, with the slash, and its last part.
pub(crate) fn split_directory(name: &str) -> (&str, &str) {
    name.split_at(name.rfind(['/', '\\']).map_or(0, |slash| slash + 1))
}

/// Returns the last start of a character at or before `offset`.
pub(crate) fn boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The nodes whose origin differs from that of their parent, as a tree by pointer. The origin of a node follows from
/// the longest known prefix of its pointer.
#[derive(Clone, Debug, Default)]
struct Origins {
    place: Option<(FileId, String)>,
    members: HashMap<String, Origins>,
}

impl Origins {
    fn find(&self, pointer: &str) -> Option<(FileId, String)> {
        let mut found = self.place.clone();
        let mut node = Some(self);
        for token in tokens(pointer) {
            node = node.and_then(|node| node.members.get(&token));
            match (node.and_then(|node| node.place.as_ref()), &mut found) {
                (Some(place), _) => found = Some(place.clone()),
                (None, Some((_, source))) => push_token(source, &token),
                (None, None) => {}
            }
        }
        found
    }

    fn node(&mut self, pointer: &str) -> &mut Origins {
        tokens(pointer).fold(self, |node, token| node.members.entry(token).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_files() -> (SourceMap, FileId, FileId) {
        let mut documents = SourceMap::new();
        let main = documents.add("main.yaml", "a:\n  - x\n  - y\n  - z\n");
        let other = documents.add("other.yaml", "é: {k: 1}\n");
        (documents, main, other)
    }

    #[test]
    fn the_longest_prefix_wins() {
        let (mut documents, main, other) = two_files();
        documents.set_origin("/a/1", other, "/é");
        assert_eq!(documents.origin("/a/0/q"), Some((main, "/a/0/q".into())));
        assert_eq!(documents.origin("/a/1/k"), Some((other, "/é/k".into())));
        documents.forget_members("", &HashSet::from(["a".into()]));
        assert_eq!(documents.origin("/a/1/k"), Some((main, "/a/1/k".into())));
    }

    #[test]
    fn elements_behind_a_removed_one_keep_their_origins() {
        let (mut documents, main, other) = two_files();
        documents.set_origin("/a/2/k~1", other, "/é");
        documents.forget_elements("/a", &HashSet::from([0]), 3);
        assert_eq!(documents.origin("/a/0"), Some((main, "/a/1".into())));
        assert_eq!(documents.origin("/a/1/m"), Some((main, "/a/2/m".into())));
        assert_eq!(documents.origin("/a/1/k~1"), Some((other, "/é".into())));
        documents.forget_elements("/a", &HashSet::from([0]), 2);
        assert_eq!(documents.origin("/a/0/k~1/k"), Some((other, "/é/k".into())));
        documents.set_origin("/a/1", other, "/é/k");
        assert_eq!(documents.origin("/a/1/x"), Some((other, "/é/k/x".into())));
    }

    #[test]
    fn positions_count_characters() {
        let (documents, main, other) = two_files();
        let place = |position: Option<Position<'_>>| position.map(|p| (p.file.to_owned(), p.line, p.column, p.exact));
        assert_eq!(place(documents.position("/a/1")), Some(("main.yaml".into(), 3, 5, true)));
        assert_eq!(place(documents.position("/a/9/b")), Some(("main.yaml".into(), 1, 1, false)));
        assert_eq!(place(documents.position_in(other, "/é/k")), Some(("other.yaml".into(), 1, 5, true)));
        assert_eq!(place(documents.position_at(other, 1)), Some(("other.yaml".into(), 1, 1, true)));
        assert_eq!(place(documents.position_at(main, 999)), Some(("main.yaml".into(), 5, 1, true)));
        assert_eq!(documents.position_in(FileId(7), ""), None);
    }
}
