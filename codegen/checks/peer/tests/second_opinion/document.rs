//! The description of an operation in the lowered document.

use crm_clients_generator::lowered::followed;
use serde_json::Value;

use crate::Result;

/// An operation.
pub struct Operation<'a> {
    /// The method and path: `GET /v1/contacts`.
    pub key: String,
    pub parameters: Vec<Parameter<'a>>,
    pub body: Option<Body<'a>>,
    /// The header of its credential, if it requires one.
    pub credential: Option<Credential>,
}

/// A parameter.
pub struct Parameter<'a> {
    /// `path`, `query`, `header` or `cookie`.
    pub location: &'a str,
    pub name: &'a str,
    pub required: bool,
    pub layout: Layout,
    pub schema: &'a Value,
}

/// The layout of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layout {
    /// Text, or one value for each item of a list.
    Plain,
    /// The items of a list, separated by commas.
    Commas,
    /// `name[key]=value`
    Keys,
}

/// A request body.
pub struct Body<'a> {
    pub required: bool,
    pub schema: &'a Value,
    /// The other supported media types.
    pub others: Vec<String>,
}

/// A header with a credential.
pub struct Credential {
    pub header: String,
    /// The text before the secret.
    pub prefix: &'static str,
}

/// The keys of operations in a path item.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Returns all operations in document order.
pub fn operations(document: &Value) -> Result<Vec<Operation<'_>>> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                let key = format!("{} {path}", method.to_uppercase());
                let read = read(document, item, operation, key.clone());
                all.push(read.map_err(|why| format!("{key}: {why}"))?);
            }
        }
    }
    Ok(all)
}

fn read<'a>(document: &'a Value, item: &'a Value, operation: &'a Value, key: String) -> Result<Operation<'a>> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for declared in [operation, item].into_iter().flat_map(|node| list(node, "parameters")) {
        let parameter = parameter(followed(document, declared))?;
        if !parameters.iter().any(|other| (other.location, other.name) == (parameter.location, parameter.name)) {
            parameters.push(parameter);
        }
    }
    let body = operation.get("requestBody").map(|body| body_of(followed(document, body))).transpose()?;
    Ok(Operation { key, parameters, body, credential: credential(document, operation)? })
}

fn parameter(declared: &Value) -> Result<Parameter<'_>> {
    let (location, name) = (text(declared, "in"), text(declared, "name"));
    let schema = declared.get("schema").ok_or_else(|| format!("the parameter `{name}` has no schema"))?;
    let style = text(declared, "style");
    let explode = declared["explode"].as_bool().unwrap_or(matches!(style, "" | "form") && location == "query");
    let layout = match style {
        "deepObject" => Layout::Keys,
        "" | "form" | "simple" if explode => Layout::Plain,
        "" | "form" | "simple" => Layout::Commas,
        other => return Err(format!("the style `{other}` of `{name}` is not supported").into()),
    };
    let required = declared["required"].as_bool().unwrap_or_default();
    Ok(Parameter { location, name, required, layout, schema })
}

/// Returns the body that both clients send if there are several: JSON, or else a form.
fn body_of(declared: &Value) -> Result<Body<'_>> {
    let content = || declared["content"].as_object().into_iter().flatten();
    let json = content().find(|(media_type, _)| media_type.ends_with("json"));
    let form = content().find(|(media_type, _)| *media_type == "application/x-www-form-urlencoded");
    let (sent, of_sent) = json.or(form).ok_or("its body is neither JSON nor a form")?;
    let schema = of_sent.get("schema").ok_or("its body has no schema")?;
    let others = content().map(|(media_type, _)| media_type).filter(|other| *other != sent).cloned().collect();
    Ok(Body { required: declared["required"].as_bool().unwrap_or_default(), schema, others })
}

/// Returns the first set of credentials that the operation, or else the document, requires.
fn credential(document: &Value, operation: &Value) -> Result<Option<Credential>> {
    let asked = operation.get("security").or_else(|| document.get("security"));
    let first = asked.and_then(Value::as_array).and_then(|all| all.first()).and_then(Value::as_object);
    let Some(name) = first.and_then(|set| set.keys().next()) else { return Ok(None) };
    let scheme = &document["components"]["securitySchemes"][name];
    let (header, prefix) = match (text(scheme, "type"), text(scheme, "in")) {
        ("apiKey", "header") => (text(scheme, "name").to_lowercase(), ""),
        ("oauth2", _) => ("authorization".to_owned(), "Bearer "),
        _ => return Err(format!("the security scheme `{name}` is not supported").into()),
    };
    Ok(Some(Credential { header, prefix }))
}

fn list<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    node.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node[key].as_str().unwrap_or_default()
}
