//! The required version bump.

use semver::Version;
use serde::Serialize;

use super::{Area, Change, Severity};

/// The part of a version to increment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// No changes.
    None,
    /// Callers are not affected.
    Patch,
    /// Callers get additions or different responses, and still compile.
    Minor,
    /// Callers may no longer compile.
    Major,
}

impl Bump {
    /// Returns its name: `major`.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// Returns the next version by Cargo's rules: before 1.0.0, the first non-zero part is the major one.
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

/// Returns the bump that these changes require, including accepted ones.
///
/// A major version is required only if callers may no longer compile. A server that breaks its contract does so for
/// every version of the client; if the client's interface is unchanged, callers only get different responses.
/// Operations with cargo features may change in a minor version.
pub fn required_bump<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Bump {
    changes.into_iter().map(bump_of).max().unwrap_or(Bump::None)
}

fn bump_of(change: &Change) -> Bump {
    match (change.rule.area, change.severity) {
        (Area::Rust, Severity::Breaking) if !change.may_break => Bump::Major,
        (Area::Rust, _) | (Area::Wire, Severity::Breaking | Severity::Warning) => Bump::Minor,
        (Area::Wire, Severity::Info) | (Area::Coverage, _) => Bump::Patch,
    }
}

/// Returns a change with its location. The message of a removal already contains it.
fn sentence(change: &Change) -> String {
    if change.message.contains(" (from `") {
        return change.message.clone();
    }
    format!("{} (`{}`)", change.message, change.subject)
}

/// The required version and the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequiredBump {
    /// The part to increment.
    pub bump: Bump,
    /// The version before the changes, if known.
    pub from: Option<Version>,
    /// The minimum version for the changes.
    pub to: Option<Version>,
    /// The current version of the crate.
    pub declared: Option<Version>,
    /// The reason: the decisive change, and the number of others that require the same bump.
    pub because: String,
}

impl RequiredBump {
    /// Determines the required version for changes since the version `from`. `declared` is the current version.
    pub fn of<'c>(
        changes: impl IntoIterator<Item = &'c Change> + Clone,
        from: Option<Version>,
        declared: Option<Version>,
    ) -> Self {
        let bump = required_bump(changes.clone());
        let to = from.as_ref().map(|from| bump.next(from));
        // Of the changes that require the same bump, the most severe one is reported.
        let mut deciding: Vec<&Change> = changes.into_iter().filter(|change| bump_of(change) == bump).collect();
        deciding.sort_by_key(|change| std::cmp::Reverse(change.severity));
        let because = match (bump, deciding.as_slice()) {
            (Bump::None, _) | (_, []) => "nothing changed".to_owned(),
            (Bump::Patch, _) => "callers are not affected".to_owned(),
            (_, [only]) => sentence(only),
            (_, [first, others @ ..]) => format!("{}, and {} more", sentence(first), others.len()),
        };
        Self { bump, from, to, declared, because }
    }

    /// Returns true if the crate already declares a sufficient version.
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
    fn versions_follow_cargo_rules() {
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
