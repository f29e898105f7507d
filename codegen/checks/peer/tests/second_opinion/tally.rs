//! The results of all calls: a table, and the verdict.

use std::collections::BTreeMap;
use std::fmt;

use crate::Result;
use crate::arguments::Arguments;
use crate::compare::{Difference, Part};
use crate::document::Operation;
use crate::rules::{OTHER_BODIES, RULES};

/// The calls of all operations.
#[derive(Default)]
pub struct Tally {
    operations: Vec<Counts>,
    /// The number of times that each rule applied.
    rules: BTreeMap<&'static str, usize>,
    /// The number of bodies of each media type that is not compared.
    other_bodies: BTreeMap<String, usize>,
    failures: Vec<String>,
}

/// The calls of an operation.
struct Counts {
    key: String,
    compared: usize,
    /// The calls that progenitor's client does not support.
    skipped: usize,
}

impl Tally {
    /// Starts an operation.
    pub fn begin(&mut self, key: &str, operation: &Operation<'_>) {
        for media_type in operation.body.iter().flat_map(|body| &body.others) {
            *self.other_bodies.entry(media_type.clone()).or_default() += 1;
        }
        self.operations.push(Counts { key: key.to_owned(), compared: 0, skipped: 0 });
    }

    /// Adds the results of another tally.
    pub fn add(&mut self, other: Self) {
        self.operations.extend(other.operations);
        self.failures.extend(other.failures);
        for (name, count) in other.rules {
            *self.rules.entry(name).or_default() += count;
        }
        for (media_type, count) in other.other_bodies {
            *self.other_bodies.entry(media_type).or_default() += count;
        }
    }

    /// Counts a call that was compared.
    ///
    /// # Errors
    ///
    /// Returns the differences that are not permitted.
    pub fn judge(&mut self, differences: &[Difference], arguments: &Arguments) -> std::result::Result<(), String> {
        let mut unknown = String::new();
        for difference in differences {
            match RULES.iter().find(|rule| (rule.holds)(difference, arguments)) {
                Some(rule) => *self.rules.entry(rule.name).or_default() += 1,
                None => unknown.push_str(&format!("  {difference}\n")),
            }
        }
        if let Some(counts) = self.operations.last_mut() {
            let taken = differences.iter().all(|difference| difference.part != Part::Taken);
            *if taken { &mut counts.compared } else { &mut counts.skipped } += 1;
        }
        if unknown.is_empty() { Ok(()) } else { Err(unknown) }
    }

    /// Records a failure.
    pub fn fail(&mut self, told: String) {
        self.failures.push(told);
    }

    /// Checks that there are no failures, unused rules or untested operations.
    pub fn verdict(&self) -> Result {
        let mut faults = self.failures.clone();
        let idle = self.operations.iter().filter(|counts| counts.compared == 0);
        faults.extend(idle.map(|counts| format!("{}: nothing was compared", counts.key)));
        let stale = RULES.iter().filter(|rule| !self.rules.contains_key(rule.name));
        faults.extend(stale.map(|rule| format!("the rule `{}` never applied; remove it", rule.name)));
        let listed = || OTHER_BODIES.iter().map(|(media_type, _)| *media_type);
        let unlisted = self.other_bodies.keys().filter(|media_type| !listed().any(|known| known == *media_type));
        faults
            .extend(unlisted.map(|media_type| format!("bodies of {media_type} are not compared, but have no reason")));
        let gone = listed().filter(|media_type| !self.other_bodies.contains_key(*media_type));
        faults.extend(gone.map(|media_type| format!("there is no uncompared body of {media_type}; remove the reason")));
        if faults.is_empty() {
            Ok(())
        } else {
            Err(format!("{} faults:\n\n{}", faults.len(), faults.join("\n")).into())
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = |count: fn(&Counts) -> usize| self.operations.iter().map(count).sum::<usize>();
        let (compared, skipped) = (sum(|counts| counts.compared), sum(|counts| counts.skipped));
        writeln!(f, "{} operations, {compared} calls compared, {skipped} skipped", self.operations.len())?;
        for rule in &RULES {
            writeln!(f, "{:>7}  {}: {}", self.rules.get(rule.name).unwrap_or(&0), rule.name, rule.because)?;
        }
        for (media_type, because) in OTHER_BODIES {
            let count = self.other_bodies.get(media_type).unwrap_or(&0);
            writeln!(f, "{count:>7}  not compared, bodies of {media_type}: {because}")?;
        }
        Ok(())
    }
}
