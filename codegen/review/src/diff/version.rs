//! The version that the crate owes its callers for what changed.

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

/// What is owed for some changes, accepted ones included: who accepts a change still makes it.
///
/// What callers compile with decides on a major version. A server that breaks its contract does so whatever the version of its
/// client; where that leaves the client's interface alone, callers still get other answers.
pub fn owed<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Bump {
    let bump = |change: &Change| match (change.rule.area, change.severity) {
        (Area::Rust, Severity::Breaking) => Bump::Major,
        (Area::Rust, _) | (Area::Wire, Severity::Breaking | Severity::Warning) => Bump::Minor,
        (Area::Wire, Severity::Info) => Bump::Patch,
    };
    changes.into_iter().map(bump).max().unwrap_or(Bump::None)
}

/// The version that is owed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owed {
    /// The part that has to be raised.
    pub bump: Bump,
    /// The version before the changes, where it is known.
    pub from: Option<Version>,
    /// The least version that says what changed.
    pub to: Option<Version>,
    /// The version that the crate says it has.
    pub declared: Option<Version>,
    /// Why, as the end of a sentence: `2 changes break Rust callers`.
    pub because: String,
}

impl Owed {
    /// What is owed for some changes since the version `from`. `declared` is the version now.
    pub fn of<'c>(
        changes: impl IntoIterator<Item = &'c Change> + Clone,
        from: Option<Version>,
        declared: Option<Version>,
    ) -> Self {
        let bump = owed(changes.clone());
        let to = from.as_ref().map(|from| bump.next(from));
        let broken = |change: &&Change| (change.rule.area, change.severity) == (Area::Rust, Severity::Breaking);
        let because = match bump {
            Bump::None => "nothing changed".to_owned(),
            Bump::Patch => "callers see no difference".to_owned(),
            Bump::Minor => "callers compile as before and have more, or get other answers".to_owned(),
            Bump::Major => match changes.into_iter().filter(broken).count() {
                1 => "one change breaks Rust callers".to_owned(),
                count => format!("{count} changes break Rust callers"),
            },
        };
        Self { bump, from, to, declared, because }
    }

    /// Whether the crate says already that it has such a version.
    pub fn is_met(&self) -> bool {
        self.declared.as_ref().zip(self.to.as_ref()).is_some_and(|(declared, to)| declared >= to)
    }
}

impl std::fmt::Display for Owed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let because = &self.because;
        match (&self.from, &self.to) {
            _ if self.bump == Bump::None => write!(f, "no new version is owed, because {because}"),
            (Some(from), Some(to)) if self.is_met() => {
                write!(f, "version {from} -> {to} is owed, and is there, because {because}")
            }
            (Some(from), Some(to)) => write!(f, "version {from} -> {to} is owed, because {because}"),
            _ => write!(f, "a {} version is owed, because {because}", self.bump.word()),
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
