//! Reads an order from standard input and writes the package to standard output, both as JSON. Errors are written to
//! standard error, with exit code 2.

use std::process::ExitCode;

use crm_clients_progenitor::{Order, package};

fn main() -> ExitCode {
    let made = serde_json::from_reader(std::io::stdin().lock())
        .map_err(|error| error.to_string())
        .and_then(|order: Order| package(&order))
        .and_then(|package| {
            serde_json::to_writer(std::io::stdout().lock(), &package).map_err(|error| error.to_string())
        });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::from(2)
        }
    }
}
