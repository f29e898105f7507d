//! Sets of OpenAPI versions.

/// A set of OpenAPI versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Versions(u8);

impl Versions {
    /// No version.
    pub const NONE: Self = Self(0);
    /// Swagger 2.0.
    pub const V2_0: Self = Self(1);
    /// OpenAPI 3.0.
    pub const V3_0: Self = Self(2);
    /// OpenAPI 3.1.
    pub const V3_1: Self = Self(4);
    /// OpenAPI 3.2.
    pub const V3_2: Self = Self(8);
    /// Every version.
    pub const ALL: Self = Self(15);
    /// Swagger 2.0 and OpenAPI 3.0.
    pub const TO_3_0: Self = Self(3);
    /// Every version but 3.2.
    pub const TO_3_1: Self = Self(7);
    /// OpenAPI 3.0 and later.
    pub const SINCE_3_0: Self = Self(14);
    /// OpenAPI 3.1 and later.
    pub const SINCE_3_1: Self = Self(12);

    /// Returns the version of a document, or the newest if it does not specify one.
    pub fn of(document: &serde_json::Value) -> Self {
        let openapi = document.get("openapi").and_then(serde_json::Value::as_str).unwrap_or_default();
        match openapi {
            _ if document.get("swagger").is_some() && document.get("openapi").is_none() => Self::V2_0,
            _ if openapi.starts_with("3.0") => Self::V3_0,
            _ if openapi.starts_with("3.1") => Self::V3_1,
            _ => Self::V3_2,
        }
    }

    /// Returns the name of the version, if this set is a single version of OpenAPI.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::V3_0 => Some("3.0"),
            Self::V3_1 => Some("3.1"),
            Self::V3_2 => Some("3.2"),
            _ => None,
        }
    }

    /// Returns the versions whose fields are accepted in a document: documents of 3.0 to 3.2 may use the fields of all
    /// three.
    pub fn read_in(document: &serde_json::Value) -> Self {
        if Self::of(document) == Self::V2_0 { Self::ALL } else { Self::SINCE_3_0 }
    }

    /// Returns true if the sets have a version in common.
    pub const fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the versions that are in one of the sets.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the versions that are in both sets.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl std::fmt::Display for Versions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = [(Self::V2_0, "2.0"), (Self::V3_0, "3.0"), (Self::V3_1, "3.1"), (Self::V3_2, "3.2")];
        let names: Vec<&str> = all.iter().filter(|(version, _)| self.meet(*version)).map(|(_, name)| *name).collect();
        f.write_str(&names.join(", "))
    }
}
