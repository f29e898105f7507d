//! Where each node of the document came from: which file, and where in it.
//!
//! The passes move nodes about: `bundle` copies them out of other files, `overlay` sets some and removes others. [`SourceMap`] keeps the
//! texts and remembers those moves, so that a JSON pointer into the document as it stands leads back to a line that a person wrote.

mod spans;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use crate::pointer::{child, push_token, tokens};
use spans::Spans;

/// One of the files that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(usize);

/// The files that were read, and which of their nodes stands where in the document.
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
    /// Its name with a slash, as shown to people.
    name: String,
    /// The main document's path in it.
    main: String,
}

#[derive(Debug)]
struct File {
    name: String,
    text: String,
    /// Made when the first position in this file is asked for: usually never.
    spans: OnceLock<Spans>,
    /// Where each line starts, made at the same time.
    lines: OnceLock<Vec<usize>>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position<'a> {
    /// The file's name, as shown to people.
    pub file: &'a str,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The bytes of the file's text that stand for the node: its key, and its value where that is a scalar. Never more than one line.
    pub span: Range<usize>,
    /// Whether the node itself stands here. Otherwise no file has it, and this is its nearest ancestor that one has.
    pub exact: bool,
    pub(crate) text: &'a str,
}

impl SourceMap {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets references lead to any file below a directory, `name` as it is shown with a slash, in which the main document is at `main`. Without
    /// this, it is the main document's own directory.
    pub fn set_root(&mut self, name: impl Into<String>, main: impl Into<String>) {
        self.root = Some(Root { name: name.into(), main: main.into() });
    }

    /// Lets references lead to URLs with this prefix, which the caller's function reads like a path.
    pub fn allow_remote(&mut self, prefix: impl Into<String>) {
        self.remotes.push(prefix.into());
    }

    /// Lets references lead where those of other documents may.
    pub fn share_roots(&mut self, other: &Self) {
        self.root.clone_from(&other.root);
        self.remotes.clone_from(&other.remotes);
    }

    /// The directory that references must not leave, with its slash, and the path in it of the main document of this name.
    pub(crate) fn split<'n>(&'n self, name: &'n str) -> (&'n str, &'n str) {
        self.root.as_ref().map_or_else(|| split_directory(name), |root| (root.name.as_str(), root.main.as_str()))
    }

    /// Whether a URL may be read.
    pub(crate) fn allows_remote(&self, url: &str) -> bool {
        self.remotes.iter().any(|prefix| url.starts_with(prefix))
    }

    /// Keeps a file's text. The first file's nodes are taken to be the document's until told otherwise.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let file = FileId(self.files.len());
        self.files.push(File { name: name.into(), text: text.into(), spans: OnceLock::new(), lines: OnceLock::new() });
        if file.0 == 0 {
            self.set_origin("", file, "");
        }
        file
    }

    /// The file's name, as shown to people.
    pub fn name(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |file| &file.name)
    }

    /// The file's text.
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |file| &file.text)
    }

    /// Where the node at `pointer` of the document as it stands came from: the file, and the pointer in it.
    pub fn origin(&self, pointer: &str) -> Option<(FileId, String)> {
        self.origins.find(pointer)
    }

    /// Where the node at `pointer` of the document as it stands was written, or its nearest ancestor that was.
    pub fn position(&self, pointer: &str) -> Option<Position<'_>> {
        let (file, pointer) = self.origin(pointer)?;
        self.position_in(file, &pointer)
    }

    /// Where the node at `pointer` of `file` is written, or its nearest ancestor.
    pub fn position_in(&self, file: FileId, pointer: &str) -> Option<Position<'_>> {
        let source = self.files.get(file.0)?;
        let spans = source.spans.get_or_init(|| Spans::new(&source.text));
        let (span, exact) = spans.find(&source.text, pointer)?;
        Some(Position { exact, ..source.position(span) })
    }

    /// The place at a byte offset of `file`.
    pub fn position_at(&self, file: FileId, offset: usize) -> Option<Position<'_>> {
        let source = self.files.get(file.0)?;
        let start = boundary(&source.text, offset);
        let end = source.text[start..].chars().next().map_or(start, |char| start + char.len_utf8());
        Some(source.position(start..end))
    }

    /// Says that the node at `pointer` of the document, with all that is in it, came from `source` of `file`.
    pub(crate) fn set_origin(&mut self, pointer: &str, file: FileId, source: &str) {
        *self.origins.node(pointer) = Origins { place: Some((file, source.to_owned())), members: HashMap::new() };
    }

    /// Says that what stands at `pointer` of the document is found at `to`, too.
    pub(crate) fn copy_origin(&mut self, pointer: &str, to: &str) {
        let place = self.origins.find(pointer);
        let members = self.origins.node(pointer).members.clone();
        *self.origins.node(to) = Origins { place, members };
    }

    /// Says that some members of the object at `pointer` are gone.
    pub(crate) fn forget_members(&mut self, pointer: &str, gone: &HashSet<String>) {
        self.origins.node(pointer).members.retain(|token, _| !gone.contains(token));
    }

    /// Says that some of the `len` elements of the array at `pointer` are gone, so that those behind them have moved up.
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

/// A name's directory, with its slash, and its last part.
pub(crate) fn split_directory(name: &str) -> (&str, &str) {
    name.split_at(name.rfind(['/', '\\']).map_or(0, |slash| slash + 1))
}

/// The last start of a character at or before `offset`.
pub(crate) fn boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The nodes that do not come from where their parents do, by their place in the document. The longest known prefix of a pointer tells
/// the origin of what it points at.
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
