//! Documents with something wrong in them, and the report that a person gets.
//!
//! What the single passes refuse is shown by `front_*.rs` and `lower_*.rs`; here documents walk all
//! the way, as far as they get. Golden files: see `support::golden`.

mod support;
#[path = "support/walk.rs"]
mod walk;

use std::io;
use std::path::Path;

use support::golden;
use walk::{document, documents};

#[test]
fn every_fault_is_reported() -> io::Result<()> {
    let names = documents("negative")?;
    assert!(names.len() >= 18, "{names:?}");
    for name in names {
        let directory = Path::new("negative").join(&name);
        let (client, report) = document(&directory).strict_client();
        assert!(client.is_none(), "{name} has no fault");
        golden(directory.join("report.txt"), &report);
    }
    Ok(())
}

/// Each report says where, what and, mostly, what to do.
#[test]
fn every_report_has_places() -> io::Result<()> {
    for name in documents("negative")? {
        let (_, report) = document(&Path::new("negative").join(&name)).strict_client();
        for fault in report.split("\n\n").filter(|fault| !fault.trim().is_empty()) {
            let lines: Vec<&str> = fault.lines().collect();
            let first = lines.first().copied().unwrap_or_default();
            assert!(first.starts_with("error[") || first.starts_with("warning["), "{name}: {fault}");
            let place = lines.get(1).and_then(|line| line.trim_start().strip_prefix("--> ")).unwrap_or_default();
            let numbers =
                place.rsplitn(3, ':').take(2).all(|part| part.parse::<usize>().is_ok_and(|number| number > 0));
            assert!(numbers, "{name} has a fault without a place: {fault}");
        }
    }
    Ok(())
}
