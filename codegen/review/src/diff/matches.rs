//! Matches the operations of the old and the new document.

use std::collections::HashMap;

use super::graph::nameless;
use super::servers::Shift;
use crm_clients_document::model::{Document, Operation};

/// The matching operations of both documents.
pub(super) struct Matches {
    /// The index of the old operation for each new one.
    pub(super) by_new: Vec<Option<usize>>,
    /// True for each old operation that has a match.
    pub(super) is_there: Vec<bool>,
}

impl Matches {
    /// Matches operations by method and path: first equal paths, then paths that differ only in parameter names or a
    /// trailing slash, and last operations that moved. An operation moved if its `operationId` is the same, or if other
    /// operations have the same change of prefix.
    pub(super) fn of(old: &Document, new: &Document, shift: Option<&Shift>) -> Self {
        let mut matches =
            Self { by_new: vec![None; new.operations.len()], is_there: vec![false; old.operations.len()] };
        let path = |operation: &Operation, is_old: bool| match shift {
            Some(shift) if is_old => shift.old_place(&operation.path),
            Some(shift) => shift.new_place(&operation.path),
            None => operation.path.clone(),
        };
        let old: Vec<(&Operation, String)> = old.operations().map(|one| (one, path(one, true))).collect();
        let new: Vec<(&Operation, String)> = new.operations().map(|one| (one, path(one, false))).collect();
        matches.by_key(&old, &new, |(one, path)| Some((one.method.clone(), path.clone())));
        matches.by_key(&old, &new, |(one, path)| Some((one.method.clone(), nameless(path).into_owned())));
        matches.by_key(&old, &new, |(one, _)| Some((one.method.clone(), one.id.clone().filter(|id| !id.is_empty())?)));
        matches.by_prefix(&old, &new);
        matches
    }

    fn add(&mut self, old: usize, new: usize) {
        self.by_new[new] = Some(old);
        self.is_there[old] = true;
    }

    fn by_key(
        &mut self,
        old: &[(&Operation, String)],
        new: &[(&Operation, String)],
        key: impl Fn(&(&Operation, String)) -> Option<(String, String)>,
    ) {
        let mut known: HashMap<(String, String), usize> = HashMap::new();
        for (index, one) in old.iter().enumerate().filter(|(index, _)| !self.is_there[*index]) {
            if let Some(key) = key(one) {
                known.entry(key).or_insert(index);
            }
        }
        for (index, one) in new.iter().enumerate() {
            if self.by_new[index].is_none()
                && let Some(before) = key(one).and_then(|key| known.remove(&key))
            {
                self.add(before, index);
            }
        }
    }

    /// Matches operations whose path prefixes changed, if at least two operations have the same change.
    fn by_prefix(&mut self, old: &[(&Operation, String)], new: &[(&Operation, String)]) {
        let gone: Vec<usize> = (0..old.len()).filter(|index| !self.is_there[*index]).collect();
        let come: Vec<usize> = (0..new.len()).filter(|index| self.by_new[*index].is_none()).collect();
        let mut by_end: HashMap<(&str, String), Vec<usize>> = HashMap::new();
        for index in &come {
            let (one, path) = &new[*index];
            by_end.entry((&one.method, end(path))).or_default().push(*index);
        }
        let mut moves: HashMap<(String, String), Vec<(usize, usize)>> = HashMap::new();
        for index in gone {
            let (one, path) = &old[index];
            for other in by_end.get(&(one.method.as_str(), end(path))).into_iter().flatten() {
                let (was, is) = prefixes(path, &new[*other].1);
                moves.entry((was.to_owned(), is.to_owned())).or_default().push((index, *other));
            }
        }
        let below = |all: &[(&Operation, String)], prefix: &str| {
            let is_below = |path: &str| {
                path.strip_prefix(prefix).is_some_and(|rest| prefix == "/" || rest.is_empty() || rest.starts_with('/'))
            };
            all.iter().filter(|(_, path)| is_below(path)).count()
        };
        // All operations with the old prefix were removed, and no others were added with the new one.
        let is_whole = |(was, is): &(String, String), pairs: &[(usize, usize)]| {
            pairs.len() > 1
                && (was == "/" || below(old, was) == pairs.len())
                && (is == "/" || below(new, is) == pairs.len())
        };
        let mut moves: Vec<_> = moves.into_iter().filter(|(prefix, pairs)| is_whole(prefix, pairs)).collect();
        moves.sort_by(|one, other| (other.1.len(), &one.0).cmp(&(one.1.len(), &other.0)));
        for (before, after) in moves.into_iter().flat_map(|(_, pairs)| pairs) {
            if !self.is_there[before] && self.by_new[after].is_none() {
                self.add(before, after);
            }
        }
    }
}

/// Returns the last literal segment of a path, and everything after it.
fn end(path: &str) -> String {
    let path = nameless(path);
    let mut segments: Vec<&str> = path.rsplit('/').collect();
    let count = segments.iter().position(|segment| !segment.starts_with('{')).map_or(segments.len(), |index| index + 1);
    segments.truncate(count);
    segments.join("/")
}

/// Returns the prefixes of two paths before their common suffix.
pub(super) fn prefixes<'p>(old: &'p str, new: &'p str) -> (&'p str, &'p str) {
    let is_same = |(one, other): &(&str, &str)| {
        let is_parameter = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
        one == other || is_parameter(one) && is_parameter(other)
    };
    let trimmed = (old.trim_end_matches('/'), new.trim_end_matches('/'));
    let same: Vec<(&str, &str)> = trimmed.0.rsplit('/').zip(trimmed.1.rsplit('/')).take_while(is_same).collect();
    let length = |of: fn(&(&str, &str)) -> usize| same.iter().map(|pair| of(pair) + 1).sum::<usize>();
    let before = trimmed.0.len().saturating_sub(length(|(old, _)| old.len()));
    let after = trimmed.1.len().saturating_sub(length(|(_, new)| new.len()));
    let shown = |prefix: &'p str| if prefix.is_empty() { "/" } else { prefix };
    (shown(&trimmed.0[..before]), shown(&trimmed.1[..after]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_precede_the_common_suffix() {
        assert_eq!(prefixes("/v1/a/{b}", "/v2/a/{c}"), ("/v1", "/v2"));
        assert_eq!(prefixes("/a", "/v2/a"), ("/", "/v2"));
        assert_eq!(prefixes("/a/b", "/a/c"), ("/a/b", "/a/c"));
        assert_eq!(end("/v1/a/{b}"), "{}/a");
    }
}
