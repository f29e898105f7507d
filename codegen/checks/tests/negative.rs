//! Documents with errors, and the reports about them.
//!
//! The errors of single passes are tested in `front_*.rs` and `lower_*.rs`; here, all passes run on each document as
//! far as possible. For golden files, see `support::golden`.

mod support;
#[path = "support/walk.rs"]
mod walk;

use std::io;
use std::path::Path;

use support::golden;
use walk::{document, documents};

#[test]
fn all_errors_are_reported() -> io::Result<()> {
    let names = documents("negative")?;
    assert!(names.len() >= 18, "{names:?}");
    for name in names {
        let directory = Path::new("negative").join(&name);
        let (client, report) = document(&directory).strict_client();
        assert!(client.is_none(), "{name} has no error");
        golden(directory.join("report.txt"), &report);
    }
    Ok(())
}

/// Each report has a location, a message and, in most cases, help.
#[test]
fn all_reports_have_locations() -> io::Result<()> {
    for name in documents("negative")? {
        let (_, report) = document(&Path::new("negative").join(&name)).strict_client();
        for fault in report.split("\n\n").filter(|fault| !fault.trim().is_empty()) {
            let lines: Vec<&str> = fault.lines().collect();
            let first = lines.first().copied().unwrap_or_default();
            assert!(first.starts_with("error[") || first.starts_with("warning["), "{name}: {fault}");
            let place = lines.get(1).and_then(|line| line.trim_start().strip_prefix("--> ")).unwrap_or_default();
            let numbers =
                place.rsplitn(3, ':').take(2).all(|part| part.parse::<usize>().is_ok_and(|number| number > 0));
            assert!(numbers, "{name} has an error without a location: {fault}");
        }
    }
    Ok(())
}
