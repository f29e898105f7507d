//! The results of the calls of an API.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// The result of a call, as printed by the program.
#[derive(Debug, Deserialize)]
pub struct Called {
    /// The Rust method.
    operation: String,
    /// The upper-case HTTP method.
    method: String,
    /// The path template.
    path: String,
    /// The arguments: `full`, `minimal`, `full and minimal` if both are equal, or `alternative 2`.
    arguments: String,
    fault: Option<CallFault>,
}

/// The error of a call.
#[derive(Debug, Deserialize)]
struct CallFault {
    /// The message of the client's error.
    message: String,
    /// The body of the response.
    body: Option<String>,
    /// The violations in the request, if Prism responds with the document's response for a bad request.
    violations: Option<String>,
}

/// The calls of an API, compared with its document.
pub struct Tally<'a> {
    api: &'a str,
    /// The method and path of each operation of the document.
    operations: BTreeSet<String>,
    calls: Vec<Called>,
}

/// The keys of operations in a path item.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl<'a> Tally<'a> {
    /// Creates a tally of a document without any calls.
    pub fn of(api: &'a str, document: &Value) -> Self {
        let mut operations = BTreeSet::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for method in METHODS.iter().filter(|method| item.get(method).is_some()) {
                operations.insert(format!("{} {path}", method.to_ascii_uppercase()));
            }
        }
        Self { api, operations, calls: Vec::new() }
    }

    /// Adds calls.
    pub fn add(&mut self, calls: Vec<Called>) {
        self.calls.extend(calls);
    }

    /// Returns true if an operation was not called, or a call failed.
    pub fn failed(&self) -> bool {
        !self.missed().is_empty() || self.calls.iter().any(|call| call.fault.is_some())
    }

    /// Returns the operations that were not called both with all arguments and with only the required ones.
    fn missed(&self) -> Vec<&str> {
        let called = |operation: &str, arguments: &str| {
            let is_called = |call: &Called| operation.split_once(' ') == Some((&call.method, &call.path));
            self.calls.iter().any(|call| is_called(call) && call.arguments.contains(arguments))
        };
        let missed = |operation: &&str| !called(operation, "full") || !called(operation, "minimal");
        self.operations.iter().map(String::as_str).filter(missed).collect()
    }
}

impl fmt::Display for Tally<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failures: Vec<_> = self.calls.iter().filter_map(|call| Some((call, call.fault.as_ref()?))).collect();
        let missed = self.missed();
        for operation in &missed {
            writeln!(f, "{}: {operation} was not called with both full and minimal arguments", self.api)?;
        }
        for (call, fault) in &failures {
            writeln!(f, "{}: {} ({})", self.api, call.operation, call.arguments)?;
            writeln!(f, "  {} {}", call.method, call.path)?;
            writeln!(f, "  {}", fault.message)?;
            for violation in fault.list() {
                writeln!(f, "  - {violation}")?;
            }
        }
        let (api, operations, calls) = (self.api, self.operations.len(), self.calls.len());
        let called = operations - missed.len();
        writeln!(f, "{api}: {called} of {operations} operations, {calls} calls, {} failed", failures.len())
    }
}

impl CallFault {
    /// Returns Prism's violations, one on each line.
    fn list(&self) -> Vec<String> {
        let parsed = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let in_body = || parsed(&self.body).map(|mut problem| problem["validation"].take());
        let list = parsed(&self.violations).or_else(in_body).unwrap_or_default();
        let shown = |violation: &Value| {
            let place = violation["location"].as_array().into_iter().flatten();
            let place: Vec<&str> = place.filter_map(Value::as_str).collect();
            format!("{}: {}", place.join("."), violation["message"].as_str().unwrap_or_default())
        };
        list.as_array().into_iter().flatten().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tally_shows_missing_and_failed_calls() -> Result<(), serde_json::Error> {
        let document =
            json!({"paths": {"/pets": {"get": {}, "post": {}, "parameters": []}, "/pets/{id}": {"get": {}}}});
        let body = json!({"validation": [{"location": ["body", "name"], "message": "must be string"}]}).to_string();
        let violations = json!([{"location": ["request", "query"], "message": "must be integer"}]).to_string();
        let call = |method: &str, path: &str, arguments: &str, fault: Value| json!({"operation": "pets.call", "method": method, "path": path, "arguments": arguments, "fault": fault});
        let mut tally = Tally::of("pets", &document);
        tally.add(serde_json::from_value(json!([
            call("GET", "/pets", "minimal", Value::Null),
            call("GET", "/pets", "full", json!({"message": "pets.call: 422", "violations": violations})),
            call("POST", "/pets", "full and minimal", json!({"message": "pets.call: 422", "body": body})),
            call("GET", "/pets/{id}", "full", Value::Null),
        ]))?);
        let shown = "pets: GET /pets/{id} was not called with both full and minimal arguments\n\
                     pets: pets.call (full)\n  GET /pets\n  pets.call: 422\n  - request.query: must be integer\n\
                     pets: pets.call (full and minimal)\n  POST /pets\n  pets.call: 422\n  - body.name: must be string\n\
                     pets: 2 of 3 operations, 4 calls, 2 failed\n";
        assert_eq!(tally.to_string(), shown);
        assert!(tally.failed());
        Ok(())
    }

    #[test]
    fn tally_succeeds_if_every_operation_was_called() -> Result<(), serde_json::Error> {
        let mut tally = Tally::of("pets", &json!({"paths": {"/pets": {"get": {}}}}));
        assert!(tally.failed());
        let call = json!({"operation": "pets.list", "method": "GET", "path": "/pets", "arguments": "full and minimal", "fault": null});
        tally.add(vec![serde_json::from_value(call)?]);
        assert!(!tally.failed());
        Ok(())
    }
}
