//! The macros that implement deserialization and serialization for generated types.

use std::collections::BTreeMap;

use crm_clients_runtime::generated::{Decode as _, PathValue};
use crm_clients_runtime::{Base64, Patch, Value, integer_enum, object, read_object, string_enum, union, write_object};
use serde_json::json;

type Result = std::result::Result<(), serde_json::Error>;

#[derive(Clone, Debug, Default, PartialEq)]
struct Contact {
    id: i64,
    r#type: Option<String>,
    note: Option<String>,
    phone: Patch<String>,
    page: i64,
    pages: Option<f64>,
    extra: BTreeMap<String, Value>,
}

object! { Contact rest extra {
    id: required "id",
    r#type: optional "type",
    note: nullable "note",
    phone: patch "phone number",
    page: lenient "current_page",
    pages: optional_lenient "pages",
} }

#[derive(Debug, PartialEq)]
struct Empty {}
object! { Empty {} }

/// Types with names from the prelude, which must not conflict with the macros.
mod shadows {
    #[derive(Debug, PartialEq)]
    pub struct Option {
        pub ok: std::option::Option<bool>,
    }
    crm_clients_runtime::object! { Option { ok: optional "ok" } }

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub enum String {
        Some,
        None,
        Ok(std::string::String),
    }
    crm_clients_runtime::string_enum! { String(Ok) { Some = "some", None = "none" } }

    #[derive(Clone, Debug, PartialEq)]
    pub enum Result {
        Ok(i64),
        Vec(std::string::String),
        Err(crm_clients_runtime::Value),
    }
    crm_clients_runtime::union! { Result(Err) { Ok: integer, Vec: string } }
}

#[test]
fn absent_null_and_a_value() -> Result {
    let least: Contact = serde_json::from_str(r#"{"id": 1, "current_page": "2"}"#)?;
    assert_eq!(least, Contact { id: 1, page: 2, ..Contact::default() });
    assert_eq!(serde_json::to_string(&least)?, r#"{"id":1,"note":null,"current_page":2}"#);

    let nulls = json!({"id": 1, "type": null, "note": null, "phone number": null, "current_page": 2.0, "pages": null});
    let nulls: Contact = serde_json::from_value(nulls)?;
    assert_eq!(nulls, Contact { id: 1, page: 2, phone: Patch::Null, ..Contact::default() });
    assert_eq!(serde_json::to_string(&nulls)?, r#"{"id":1,"note":null,"phone number":null,"current_page":2}"#);

    let text = r#"{"id":1,"type":"t","note":"n","phone number":"p","current_page":2,"pages":1.5,"a":[1],"b":null}"#;
    let full: Contact = serde_json::from_str(text)?;
    assert_eq!(full.phone, Patch::Value("p".to_owned()));
    assert_eq!(full.extra, BTreeMap::from([("a".to_owned(), json!([1])), ("b".to_owned(), Value::Null)]));
    assert_eq!(serde_json::to_string(&full)?, text);
    Ok(())
}

#[test]
fn keys_can_be_duplicated_escaped_or_in_any_order() -> Result {
    let text = r#"{"current_page": 1, "typ\u0065": "first", "id": 1, "type": "last", "id": 2}"#;
    let contact: Contact = serde_json::from_str(text)?;
    assert_eq!((contact.id, contact.r#type.as_deref()), (2, Some("last")));
    assert_eq!(contact.extra, BTreeMap::new());
    Ok(())
}

#[test]
fn errors_describe_the_problem() {
    let error = |text: &str| serde_json::from_str::<Contact>(text).err().map(|error| error.to_string());
    let at = |text: &str, column: usize| Some(format!("{text} at line 1 column {column}"));
    assert_eq!(error(r#"{"current_page":1}"#), at("missing field `id`", 18));
    assert_eq!(error(r#"{"id":1}"#), at("missing field `current_page`", 8));
    assert_eq!(error(r#"{"id":null}"#), at("invalid type: null, expected i64", 10));
    assert_eq!(error("[]"), at("invalid type: sequence, expected an object", 0));
    for page in [r#""""#, r#""x""#, "1.5", "null", "[]", "1e300", "99999999999999999999", r#""inf""#] {
        assert!(error(&format!(r#"{{"id":1,"current_page":{page}}}"#)).is_some(), "{page}");
    }
    assert!(error(r#"{"id":1,"current_page":1,"pages":"NaN"}"#).is_some());
}

#[test]
fn numbers_can_be_strings() -> Result {
    let contact: Contact = serde_json::from_str(r#"{"id":1,"current_page":" -7 ","pages":"2.50"}"#)?;
    assert_eq!((contact.page, contact.pages), (-7, Some(2.5)));
    let contact: Contact = serde_json::from_str(r#"{"id":1,"current_page":"3.0","pages":4}"#)?;
    assert_eq!((contact.page, contact.pages), (3, Some(4.0)));
    Ok(())
}

#[test]
fn numbers_are_read_exactly() -> Result {
    let (json, number) = ("3.6577732079736285e-93", 3.657_773_207_973_628_5e-93);
    let contact: Contact =
        serde_json::from_str(&format!(r#"{{"id": 1, "current_page": 2, "pages": {json}, "x": {json}}}"#))?;
    assert_eq!((contact.pages, contact.extra.get("x").and_then(Value::as_f64)), (Some(number), Some(number)));
    assert!(serde_json::to_string(&contact)?.ends_with(&format!(r#""pages":{json},"x":{json}}}"#)));
    Ok(())
}

#[derive(Debug, PartialEq)]
struct Integers {
    one: i64,
    maybe: Option<u64>,
    list: Vec<i32>,
    map: BTreeMap<String, Patch<u32>>,
    kind: Option<Kind>,
    at: Option<crm_clients_runtime::Timestamp>,
}
object! { Integers {
    one: required "one", maybe: optional "maybe", list: or_empty "list", map: or_empty "map", kind: optional "kind",
    at: optional "at",
} }

#[test]
fn integers_can_have_a_fraction_of_zero_or_an_exponent() -> Result {
    let text = r#"{"one": 12.0, "maybe": 1e3, "list": [-0.0, 2.00, 3], "map": {"a": 4.0, "b": null}, "kind": -1.0,
        "at": "9999-12-31T23:59:59.1234567890123Z"}"#;
    let read: Integers = serde_json::from_str(text)?;
    assert_eq!(
        (read.one, read.maybe, &read.list[..], read.kind),
        (12, Some(1000), &[0, 2, 3][..], Some(Kind::Negative))
    );
    assert_eq!((read.map["a"], read.map["b"]), (Patch::Value(4), Patch::Null));
    assert_eq!(read.at, Some(crm_clients_runtime::Timestamp::MAX));
    let largest: Integers = serde_json::from_str(r#"{"one":-9223372036854775808,"maybe":18446744073709551615}"#)?;
    assert_eq!((largest.one, largest.maybe), (i64::MIN, Some(u64::MAX)));
    let no_time: Integers = serde_json::from_str(r#"{"one":1,"at":"2026-01-02T03:04:05"}"#)?;
    assert_eq!(no_time.at.map(|at| at.to_string()).as_deref(), Some("2026-01-02T03:04:05Z"));
    for wrong in [
        r#"{"one":1.5}"#,
        r#"{"one":1e300}"#,
        r#"{"one":"1"}"#,
        r#"{"one":1,"maybe":-1.0}"#,
        r#"{"one":1,"list":[3000000000]}"#,
        r#"{"one":1,"kind":0.5}"#,
        r#"{"one":1,"at":"2026-01-02"}"#,
    ] {
        assert!(serde_json::from_str::<Integers>(wrong).is_err(), "{wrong}");
    }
    // A number stays a number if the union has a variant for it.
    assert_eq!(serde_json::from_str::<Owner>("5.0")?, Owner::Share(5.0));
    assert_eq!(serde_json::from_str::<shadows::Result>("5.0")?, shadows::Result::Ok(5));
    assert_eq!(serde_json::from_str::<Owner>("[5.0]")?, Owner::Ids(vec![5]));
    Ok(())
}

#[test]
fn an_empty_object_is_a_struct_too() -> Result {
    assert_eq!(serde_json::from_str::<Empty>(r#"{"a": {"b": 1}}"#)?, Empty {});
    assert_eq!(serde_json::to_string(&Empty {})?, "{}");
    assert!(Empty::KEYS.is_empty());
    assert!(serde_json::from_str::<Empty>("1").is_err());
    Ok(())
}

#[test]
fn names_of_the_prelude_can_be_used() -> Result {
    use shadows::{Option, Result, String};
    assert_eq!(serde_json::from_str::<Option>(r#"{"ok":true}"#)?, Option { ok: Some(true) });
    assert_eq!(serde_json::from_str::<String>(r#""some""#)?, String::Some);
    assert_eq!(serde_json::from_str::<Result>(r#""text""#)?, Result::Vec("text".to_owned()));
    Ok(())
}

/// Declares a type with more properties than a word has bits.
macro_rules! wide {
    ($($field:ident $key:literal,)*) => {
        #[derive(Debug, PartialEq)]
        struct Wide { $($field: i64,)* }
        object! { Wide { $($field: required $key,)* } }
    };
}
wide! {
    f0 "f0", f1 "f1", f2 "f2", f3 "f3", f4 "f4", f5 "f5", f6 "f6",
    f7 "f7", f8 "f8", f9 "f9", f10 "f10", f11 "f11", f12 "f12", f13 "f13",
    f14 "f14", f15 "f15", f16 "f16", f17 "f17", f18 "f18", f19 "f19", f20 "f20",
    f21 "f21", f22 "f22", f23 "f23", f24 "f24", f25 "f25", f26 "f26", f27 "f27",
    f28 "f28", f29 "f29", f30 "f30", f31 "f31", f32 "f32", f33 "f33", f34 "f34",
    f35 "f35", f36 "f36", f37 "f37", f38 "f38", f39 "f39", f40 "f40", f41 "f41",
    f42 "f42", f43 "f43", f44 "f44", f45 "f45", f46 "f46", f47 "f47", f48 "f48",
    f49 "f49", f50 "f50", f51 "f51", f52 "f52", f53 "f53", f54 "f54", f55 "f55",
    f56 "f56", f57 "f57", f58 "f58", f59 "f59", f60 "f60", f61 "f61", f62 "f62",
    f63 "f63", f64 "f64", f65 "f65", f66 "f66", f67 "f67", f68 "f68", f69 "f69",
}

#[test]
fn every_missing_property_of_a_wide_object_is_reported() -> Result {
    let all: serde_json::Map<String, Value> = (0..70).map(|index| (format!("f{index}"), json!(index))).collect();
    let wide: Wide = serde_json::from_value(all.clone().into())?;
    assert_eq!(serde_json::to_value(&wide)?, Value::from(all.clone()));
    for index in 0..70 {
        let mut some = all.clone();
        some.remove(&format!("f{index}"));
        let error = serde_json::from_value::<Wide>(some.into()).err().map(|error| error.to_string());
        assert_eq!(error, Some(format!("missing field `f{index}`")));
    }
    Ok(())
}

struct Reading {
    id: i64,
}
read_object! { Reading recognized { id: required "id" } }

#[derive(Default)]
struct WritingOwned {
    id: Option<i64>,
    more: BTreeMap<String, i64>,
}
write_object! { WritingOwned rest more { id: optional "id", } }

#[test]
fn halves() -> Result {
    let Reading { id } = serde_json::from_str(r#"{"id": 1}"#)?;
    let more = BTreeMap::from([("n".to_owned(), 2)]);
    assert_eq!(serde_json::to_string(&WritingOwned { id: Some(id), more })?, r#"{"id":1,"n":2}"#);
    assert_eq!(serde_json::to_string(&WritingOwned::default())?, "{}");
    assert_eq!(Reading::KEYS.iter().map(|key| (key.name, key.required)).collect::<Vec<_>>(), [("id", true)]);
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Status {
    Open,
    Snoozed,
    Unknown(String),
}
string_enum! { Status(Unknown) { Open = "open", Snoozed = "snoozed for now", } }

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Incoming,
    Negative,
    Unknown(i64),
}
integer_enum! { Kind(Unknown) { Incoming = 0, Negative = -1, } }

fn in_path(value: &dyn PathValue) -> String {
    let mut path = String::new();
    value.push(&mut path);
    path
}

#[test]
fn enums_keep_unknown_values() -> Result {
    for (text, status) in
        [("open", Status::Open), ("snoozed for now", Status::Snoozed), ("OPEN", Status::Unknown("OPEN".to_owned()))]
    {
        assert_eq!(serde_json::from_value::<Status>(json!(text))?, status);
        assert_eq!(serde_json::to_value(&status)?, json!(text));
        assert_eq!(Status::from(text.to_owned()), status);
        assert_eq!(status.to_string(), text);
    }
    assert_eq!(in_path(&Status::Snoozed), "snoozed%20for%20now");
    assert!(serde_json::from_str::<Status>("1").is_err());

    for (number, kind) in [(0, Kind::Incoming), (-1, Kind::Negative), (7, Kind::Unknown(7))] {
        assert_eq!(serde_json::from_value::<Kind>(json!(number))?, kind);
        assert_eq!(serde_json::to_value(kind)?, json!(number));
        assert_eq!(Kind::from(number), kind);
        assert_eq!((kind.to_string(), in_path(&kind)), (number.to_string(), number.to_string()));
    }
    assert!(serde_json::from_str::<Kind>("1.5").is_err());
    Ok(())
}

#[derive(Clone, Debug, PartialEq)]
struct Person {
    id: i64,
    name: Option<String>,
}
object! { Person recognized { id: required "id", name: optional "name" } }

#[derive(Clone, Debug, PartialEq)]
struct Company {
    id: i64,
    name: Option<String>,
    domain: Option<String>,
}
object! { Company recognized { id: required "id", name: optional "name", domain: optional "domain" } }

#[derive(Clone, Debug, PartialEq)]
enum Owner {
    Flag(bool),
    Id(i64),
    Share(f64),
    Text(String),
    Person(Box<Person>),
    Company(Company),
    Ids(Vec<i64>),
    Names(Vec<String>),
    Unknown(Value),
}
union! { Owner(Unknown) {
    Flag: boolean, Id: integer, Share: number, Text: string,
    Person: object, Company: object, Ids: array, Names: array,
} }

#[test]
fn unions_select_by_kind_and_keys() -> Result {
    let person = Person { id: 1, name: None };
    let company = Company { id: 1, name: None, domain: Some("d".to_owned()) };
    for (json, owner) in [
        (json!(true), Owner::Flag(true)),
        (json!(5), Owner::Id(5)),
        (json!(5.5), Owner::Share(5.5)),
        (json!("5"), Owner::Text("5".to_owned())),
        (json!({"id": 1}), Owner::Person(Box::new(person))),
        (json!({"id": 1, "domain": "d"}), Owner::Company(company)),
        (json!([1, 2]), Owner::Ids(vec![1, 2])),
        (json!(["a"]), Owner::Names(vec!["a".to_owned()])),
        (json!([true]), Owner::Unknown(json!([true]))),
        (json!({"name": "no id", "z": 1, "a": 2}), Owner::Unknown(json!({"name": "no id", "z": 1, "a": 2}))),
        (Value::Null, Owner::Unknown(Value::Null)),
    ] {
        assert_eq!(serde_json::from_value::<Owner>(json.clone())?, owner);
        assert_eq!(serde_json::to_string(&owner)?, json.to_string());
    }
    Ok(())
}

#[derive(Clone, Debug, PartialEq)]
enum Tagged {
    Person(Person),
    Company(Company),
    Unknown(Value),
}
union! { Tagged(Unknown) tag "type" { Person: "person", Company: "company", } }

#[test]
fn unions_select_by_tag() -> Result {
    let company = Company { id: 1, name: None, domain: None };
    assert_eq!(serde_json::from_str::<Tagged>(r#"{"type":"company","id":1}"#)?, Tagged::Company(company));
    for text in [r#"{"type":"robot","id":1}"#, r#"{"id":1}"#, "null", r#"{"type":1}"#] {
        let unknown: Tagged = serde_json::from_str(text)?;
        assert_eq!(unknown, Tagged::Unknown(serde_json::from_str(text)?));
        assert_eq!(serde_json::to_string(&unknown)?, text);
    }
    let error = serde_json::from_str::<Vec<Tagged>>(r#"[ {"type":"person"} ]"#).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("missing field `id` at line 1 column 19"));
    Ok(())
}

#[derive(Clone, Debug, PartialEq)]
struct Left {
    child: Option<Box<Nested>>,
    value: i64,
}
object! { Left recognized { child: optional "child", value: required "value" } }

#[derive(Clone, Debug, PartialEq)]
struct Right {
    child: Option<Box<Nested>>,
    value: bool,
    name: Option<String>,
}
object! { Right recognized { child: optional "child", value: required "value", name: optional "name" } }

#[derive(Clone, Debug, PartialEq)]
enum Nested {
    Left(Left),
    Right(Right),
    Unknown(Value),
}
union! { Nested(Unknown) { Left: object, Right: object } }

/// Returns nested objects, each with this value.
fn nested(depth: usize, value: &str) -> String {
    let mut text = format!(r#"{{"value":{value}}}"#);
    for _ in 1..depth {
        text = format!(r#"{{"child":{text},"value":{value}}}"#);
    }
    text
}

fn depth_of(nested: &Nested) -> usize {
    let child = match nested {
        Nested::Left(left) => left.child.as_deref(),
        Nested::Right(right) => right.child.as_deref(),
        Nested::Unknown(_) => return 0,
    };
    1 + child.map_or(0, depth_of)
}

#[test]
fn decoding_nested_unions_takes_linear_time() -> Result {
    let start = std::time::Instant::now();
    for depth in [1, 18, 100] {
        // The second variant matches the second value.
        for value in ["1", "true"] {
            let read = serde_json::from_str::<Nested>(&nested(depth, value))?;
            assert_eq!(depth_of(&read), depth);
            assert_eq!(serde_json::to_string(&read)?.len(), nested(depth, value).len());
            let read: Nested = serde_json::from_value(serde_json::from_str(&nested(depth, value))?)?;
            assert_eq!(depth_of(&read), depth);
        }
        // No variant matches, which each level detects only after its nested levels.
        let text = nested(depth, r#""x""#);
        assert_eq!(serde_json::from_str::<Nested>(&text)?, Nested::Unknown(serde_json::from_str(&text)?));
    }
    // In a list, the first variant also fails at each level.
    let text = format!("[{}]", vec![nested(8, "true"); 1000].join(","));
    let list: Vec<Nested> = serde_json::from_str(&text)?;
    assert!(list.iter().all(|nested| depth_of(nested) == 8 && matches!(nested, Nested::Right(_))));
    assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
    Ok(())
}

#[test]
fn unions_also_use_the_last_duplicate_property() -> Result {
    let many: String = (0..20).map(|index| format!(r#""p{index}":0,"#)).collect();
    for text in [
        r#"{"type":"robot","id":1,"type":"person"}"#.to_owned(),
        format!(r#"{{"type":1,{many}"id":1,"type":"person"}}"#),
    ] {
        assert!(matches!(serde_json::from_str::<Tagged>(&text)?, Tagged::Person(Person { id: 1, .. })));
    }
    Ok(())
}

#[test]
fn patches_and_base64_alone() -> Result {
    assert_eq!(Patch::from(Some(1)), Patch::Value(1));
    assert_eq!(Patch::<i64>::from(None), Patch::Null);
    assert_eq!(Patch::from(1).as_option(), Some(&1));
    assert!(Patch::<i64>::default().is_absent());

    for text in ["aGk=", "aGk"] {
        assert_eq!(serde_json::from_value::<Base64>(json!(text))?, Base64::from(b"hi".as_slice()));
    }
    assert_eq!(serde_json::to_value(Base64::from(vec![104, 105]))?, json!("aGk="));
    assert!(serde_json::from_value::<Base64>(json!("?")).is_err());
    Ok(())
}
