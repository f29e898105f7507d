//! The paths of recorded operations as a tree of segments. The routes of the document and the maintainer's rules are
//! added first, then the traffic.

use std::collections::BTreeMap;

use super::operation::Samples;
use super::segment::{is_value, singular, snake};

/// A segment of a path and the segments below it.
#[derive(Debug, Default)]
pub struct PathNode {
    /// The literal segments below, by text.
    words: BTreeMap<String, PathNode>,
    /// The node of a parameter, which matches all other segments.
    value: Option<Box<Value>>,
    /// True if the document or a rule declares this node.
    is_declared: bool,
    /// The number of exchanges in which the segment is the value of a property such as `slug` in a body.
    named_in_bodies: usize,
    /// The operations at this path by method.
    operations: BTreeMap<String, Samples>,
}

/// A segment that is a value.
#[derive(Debug, Default)]
struct Value {
    /// The names in the document and the rules, with their counts.
    names: BTreeMap<String, usize>,
    /// True if the document declares it as a number.
    is_number: bool,
    /// The number of samples.
    samples: usize,
    /// The number of samples that are integers.
    numbers: usize,
    node: PathNode,
}

/// A path parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathParameter {
    /// Its name.
    pub name: String,
    /// True if every sample is an integer.
    pub is_integer: bool,
}

/// An operation that was recorded.
pub struct Recorded<'n> {
    /// The path template.
    pub path: String,
    /// Its parameters in order.
    pub parameters: Vec<PathParameter>,
    /// The method, in upper case.
    pub method: &'n str,
    /// The recorded samples.
    pub samples: &'n Samples,
}

impl PathNode {
    /// Adds a path template of the document or of a rule. `is_number` returns true for parameters that are numbers.
    pub fn declare(&mut self, template: &str, is_number: &dyn Fn(&str) -> bool) {
        let mut node = self;
        for segment in template.split('/').skip(1) {
            node = match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) => {
                    let value = node.value.get_or_insert_default();
                    *value.names.entry(name.to_owned()).or_default() += 1;
                    // If any template allows text here, so does the segment.
                    value.is_number = is_number(name) && (value.is_number || value.names.values().sum::<usize>() == 1);
                    &mut value.node
                }
                None => node.words.entry(segment.to_owned()).or_default(),
            };
            node.is_declared = true;
        }
    }

    /// Adds an exchange. `names` returns true if a segment is the value of a property such as `slug` in a body.
    pub fn add(&mut self, path: &str, method: &str, names: &dyn Fn(&str) -> bool, sample: Samples) {
        let mut node = self;
        for segment in path.split('/').skip(1) {
            let is_known = node.words.get(segment).is_some_and(|word| word.is_declared);
            let is_integer = segment.parse::<i64>().is_ok();
            let takes =
                node.value.as_ref().is_some_and(|value| !value.names.is_empty() && (!value.is_number || is_integer));
            if !is_known && !segment.is_empty() && (takes || is_value(segment)) {
                let value = node.value.get_or_insert_default();
                value.samples += 1;
                value.numbers += usize::from(is_integer);
                node = &mut value.node;
            } else {
                node = node.words.entry(segment.to_owned()).or_default();
                node.named_in_bodies += usize::from(!is_known && names(segment));
            }
        }
        let samples = node.operations.remove(method).unwrap_or_default();
        node.operations.insert(method.to_owned(), samples.join(sample));
    }

    /// Merges literal segments that are ids in bodies into a parameter, if there are several.
    pub fn merge_words(&mut self) {
        let is_id = |node: &PathNode| !node.is_declared && node.named_in_bodies > 0;
        if self.words.values().filter(|node| is_id(node)).count() > 1 {
            let (ids, words) = std::mem::take(&mut self.words).into_iter().partition(|(_, node)| is_id(node));
            self.words = words;
            let ids: BTreeMap<String, PathNode> = ids;
            let value = self.value.get_or_insert_default();
            for node in ids.into_values() {
                value.samples += node.sample_count().max(1);
                value.node.join(node);
            }
        }
        self.words.values_mut().for_each(Self::merge_words);
        if let Some(value) = &mut self.value {
            value.node.merge_words();
        }
    }

    fn join(&mut self, other: Self) {
        for (word, node) in other.words {
            self.words.entry(word).or_default().join(node);
        }
        if let Some(theirs) = other.value {
            let value = self.value.get_or_insert_default();
            value.samples += theirs.samples;
            value.numbers += theirs.numbers;
            value.node.join(theirs.node);
        }
        self.named_in_bodies += other.named_in_bodies;
        for (method, theirs) in other.operations {
            let samples = self.operations.remove(&method).unwrap_or_default();
            self.operations.insert(method, samples.join(theirs));
        }
    }

    /// Returns the number of exchanges at this node and below.
    fn sample_count(&self) -> usize {
        let own = self.operations.values().map(|samples| samples.count).sum::<usize>();
        let below = self.words.values().map(Self::sample_count).sum::<usize>();
        own + below + self.value.as_ref().map_or(0, |value| value.node.sample_count())
    }

    /// Returns the recorded operations, sorted by path.
    pub fn recorded(&self) -> Vec<Recorded<'_>> {
        let mut found = Vec::new();
        self.collect("", None, &[], &mut found);
        found
    }

    fn collect<'n>(
        &'n self,
        path: &str,
        before: Option<&str>,
        parameters: &[PathParameter],
        found: &mut Vec<Recorded<'n>>,
    ) {
        for (method, samples) in &self.operations {
            found.push(Recorded { path: path.to_owned(), parameters: parameters.to_vec(), method, samples });
        }
        for (word, node) in &self.words {
            node.collect(&format!("{path}/{word}"), Some(word), parameters, found);
        }
        if let Some(value) = &self.value {
            let name = value.name(before, parameters);
            let is_integer = if value.samples == 0 { value.is_number } else { value.numbers == value.samples };
            let parameter = PathParameter { name: name.clone(), is_integer };
            let parameters = [parameters, &[parameter]].concat();
            value.node.collect(&format!("{path}/{{{name}}}"), None, &parameters, found);
        }
    }
}

impl Value {
    /// Returns the most frequent name in the document and the rules, or else one derived from the previous segment. The
    /// names of a path's parameters are unique.
    fn name(&self, before: Option<&str>, parameters: &[PathParameter]) -> String {
        let is_free = |name: &String| parameters.iter().all(|parameter| parameter.name != *name);
        let made = match before.map(|word| snake(&singular(word))).filter(|word| !word.is_empty()) {
            Some(word) => format!("{word}_id"),
            None => "id".to_owned(),
        };
        // A name from another path is more specific than `{id}`.
        let rank = |(name, count): &(&String, &usize)| (*name != "id", **count, std::cmp::Reverse((*name).clone()));
        let declared =
            self.names.iter().filter(|(name, _)| is_free(name)).max_by_key(rank).map(|(name, _)| name.clone());
        let mut name = declared.unwrap_or(made);
        while !is_free(&name) {
            name.push_str("_2");
        }
        name
    }
}
