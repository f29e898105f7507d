//! The kinds of change in the parts of the document that the client ignores, one row each.

use crate::diff::Area;
use crate::diff::Severity::{Info, Warning};
use crate::diff::rules::Severities::Always;
use crate::diff::rules::{Rule, rules};

rules! { Coverage:
    UNSUPPORTED_ADDED: "coverage-unsupported-added" ~ "coverage-unsupported-removed", Always(Info),
        "keyword that the client ignores added";
    UNSUPPORTED_REMOVED: "coverage-unsupported-removed" ~ "coverage-unsupported-added", Always(Info),
        "keyword that the client ignores removed";
    WARNING_ADDED: "coverage-warning-added" ~ "coverage-warning-removed", Always(Info),
        "warning of the generator added";
    WARNING_REMOVED: "coverage-warning-removed" ~ "coverage-warning-added", Always(Info),
        "warning of the generator removed";
    LEFT_OUT_ADDED: "coverage-left-out-added" ~ "coverage-left-out-removed", Always(Warning),
        "part of an operation that the client leaves out added";
    LEFT_OUT_REMOVED: "coverage-left-out-removed" ~ "coverage-left-out-added", Always(Info),
        "part of an operation that the client leaves out removed";
}
