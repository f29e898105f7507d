//! The version bump that is required for what changed.

use semver::Version;
use serde::Serialize;

use super::{Area, Change, Severity};

/// The part of a version that has to be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Callers see no difference.
    Patch,
    /// Callers have more, or get other answers, and compile as they did.
    Minor,
    /// Callers may no longer compile.
    Major,
}

impl Bump {
    /// The word for it: `major`.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// The next version, by Cargo's rules: before 1.0.0, the first part that is not zero stands for the major one.
    pub fn next(self, version: &Version) -> Version {
        let Version { major, minor, patch, .. } = *version;
        match (self, major, minor) {
            (Self::None, ..) => version.clone(),
            (_, 0, 0) => Version::new(0, 0, patch + 1),
            (Self::Major, 0, _) => Version::new(0, minor + 1, 0),
            (_, 0, _) => Version::new(0, minor, patch + 1),
            (Self::Major, ..) => Version::new(major + 1, 0, 0),
            (Self::Minor, ..) => Version::new(major, minor + 1, 0),
            (Self::Patch, ..) => Version::new(major, minor, patch + 1),
        }
    }
}

/// The bump that some changes require, accepted ones included: who accepts a change still makes it.
///
/// What callers compile with decides on a major version. A server that breaks its contract does so whatever the version of its
/// client; where that leaves the client's interface alone, callers still get other answers.
pub fn required_bump<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Bump {
    changes.into_iter().map(bump_of).max().unwrap_or(Bump::None)
}

fn bump_of(change: &Change) -> Bump {
    match (change.rule.area, change.severity) {
        (Area::Rust, Severity::Breaking) => Bump::Major,
        (Area::Rust, _) | (Area::Wire, Severity::Breaking | Severity::Warning) => Bump::Minor,
        (Area::Wire, Severity::Info) => Bump::Patch,
    }
}

/// A change with its place. What is gone says by itself where it was.
fn sentence(change: &Change) -> String {
    if change.message.contains(" (from `") {
        return change.message.clone();
    }
    format!("{} (`{}`)", change.message, change.subject)
}

/// The version that is required, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequiredBump {
    /// The part that has to be raised.
    pub bump: Bump,
    /// The version before the changes, where it is known.
    pub from: Option<Version>,
    /// The least version that says what changed.
    pub to: Option<Version>,
    /// The version that the crate says it has.
    pub declared: Option<Version>,
    /// Why: the change that decides it, and how many others do so as well.
    pub because: String,
}

impl RequiredBump {
    /// What is required for some changes, the worst first, since the version `from`. `declared` is the version now.
    pub fn of<'c>(
        changes: impl IntoIterator<Item = &'c Change> + Clone,
        from: Option<Version>,
        declared: Option<Version>,
    ) -> Self {
        let bump = required_bump(changes.clone());
        let to = from.as_ref().map(|from| bump.next(from));
        // Of the changes that require as much, the worst decides.
        let mut deciding: Vec<&Change> = changes.into_iter().filter(|change| bump_of(change) == bump).collect();
        deciding.sort_by_key(|change| std::cmp::Reverse(change.severity));
        let because = match (bump, deciding.as_slice()) {
            (Bump::None, _) | (_, []) => "nothing changed".to_owned(),
            (Bump::Patch, _) => "callers see no difference".to_owned(),
            (_, [only]) => sentence(only),
            (_, [first, others @ ..]) => format!("{}, and {} more", sentence(first), others.len()),
        };
        Self { bump, from, to, declared, because }
    }

    /// Whether the crate says already that it has such a version.
    pub fn is_met(&self) -> bool {
        self.declared.as_ref().zip(self.to.as_ref()).is_some_and(|(declared, to)| declared >= to)
    }
}

impl std::fmt::Display for RequiredBump {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let because = &self.because;
        match (&self.from, &self.to) {
            _ if self.bump == Bump::None => write!(f, "No version bump required: {because}"),
            (Some(from), Some(to)) if self.is_met() => {
                write!(f, "Version {from} to {to} required, and declared: {because}")
            }
            (Some(from), Some(to)) => write!(f, "Version {from} to {to} required: {because}"),
            _ => write!(f, "A {} version required: {because}", self.bump.word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_go_up_as_cargo_reads_them() {
        let next = |version: &str, bump: Bump| Version::parse(version).map(|version| bump.next(&version).to_string());
        let cases = [
            ("1.2.3", ["1.2.3", "1.2.4", "1.3.0", "2.0.0"]),
            ("0.1.2", ["0.1.2", "0.1.3", "0.1.3", "0.2.0"]),
            ("0.0.7", ["0.0.7", "0.0.8", "0.0.8", "0.0.8"]),
        ];
        for (version, expected) in cases {
            for (bump, expected) in [Bump::None, Bump::Patch, Bump::Minor, Bump::Major].into_iter().zip(expected) {
                assert_eq!(next(version, bump).ok().as_deref(), Some(expected), "{version} {bump:?}");
            }
        }
    }
}
