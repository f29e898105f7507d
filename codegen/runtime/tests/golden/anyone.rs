//! Constructs that documents of any author may contain: the requests of their clients, and how responses are decoded.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Outcome;
use crate::server::{Request, Server, reply};
use crate::themes::{
    clashes, constants, cookies_deep, default_only, free_form, hard_names, inheritance, multipart_encoding,
    octet_streams, odd_defaults, odd_enums, path_styles, recursion,
};

type Failure = Box<dyn std::error::Error>;

/// Returns the request of a call, which gets this response.
macro_rules! sent {
    ($theme:ident, $answer:expr, |$client:ident| $call:expr) => {{
        let server = Server::answering([$answer]).await?;
        let $client = $theme::Client::builder().base_url(server.url()).build()?;
        let answer = $call.await?;
        (server.request()?, answer)
    }};
}

fn nothing() -> String {
    reply("204 No Content", &[], "")
}

fn json(body: &str) -> String {
    reply("200 OK", &["content-type: application/json"], body)
}

fn line(request: &Request) -> &str {
    request.first_line().trim_end_matches(" HTTP/1.1")
}

/// Deserializes JSON and serializes it again, which must give the same JSON.
fn round_trip<T: DeserializeOwned + Serialize>(json: Value) -> Result<T, Failure> {
    let read: T = serde_json::from_value(json.clone())?;
    assert_eq!(serde_json::to_value(&read)?, json);
    Ok(read)
}

#[tokio::test]
async fn paths_of_every_style() -> Outcome {
    let (request, ()) = sent!(path_styles, nothing(), |client| client.styles().get_label("a.b", [1, 2], [3, 4]));
    assert_eq!(line(&request), "GET /label/.a.b/.1,2/.3.4");
    let (request, ()) = sent!(path_styles, nothing(), |client| client.styles().get_matrix("a;b", [1, 2], [3, 4]));
    assert_eq!(line(&request), "GET /matrix/at;one=a%3Bb;list=1,2;each=3;each=4");
    let (request, ()) = sent!(path_styles, nothing(), |client| client.styles().get_plain("a", "b"));
    assert_eq!(line(&request), "GET /plain/a/b");
    Ok(())
}

#[tokio::test]
async fn an_empty_path_is_the_url_of_the_server() -> Outcome {
    let server = Server::answering([nothing()]).await?;
    let client = path_styles::Client::builder().base_url(server.url() + "/v1").build()?;
    client.roots().base().await?;
    client.roots().root().await?;
    let lines: Vec<String> = server.requests().iter().map(|request| line(request).to_owned()).collect();
    assert_eq!(lines, ["GET /v1", "GET /v1/"]);
    Ok(())
}

#[tokio::test]
async fn queries_and_fragments_in_paths() -> Outcome {
    let (request, ()) = sent!(path_styles, nothing(), |client| client.queries().search(2, "a&b"));
    assert_eq!(line(&request), "GET /search?kind=all&page=2&q=a%26b");
    let (request, ()) = sent!(path_styles, nothing(), |client| client.queries().search(2, "x").kind("some"));
    assert_eq!(line(&request), "GET /search?page=2&q=x&kind=some");
    let (request, ()) = sent!(path_styles, nothing(), |client| client.queries().acl());
    assert_eq!(line(&request), "GET /?acl");
    let (request, ()) = sent!(path_styles, nothing(), |client| client.targets().list_boxes());
    assert_eq!((line(&request), request.header("x-target")), ("POST /", Some("Boxes.List")));
    let (request, ()) = sent!(path_styles, nothing(), |client| client.targets().create());
    assert_eq!((line(&request), request.header("x-target")), ("POST /?Version=2", Some("Boxes.Make")));
    assert_eq!(request.header("cookie"), Some("mode=fast"));
    let (request, ()) = sent!(path_styles, nothing(), |client| client.targets().unsaid());
    assert_eq!(line(&request), "POST /");
    Ok(())
}

#[tokio::test]
async fn names_with_special_characters() -> Outcome {
    let answer = json(r#"{"Some": {"None": "n"}, "Ok": "text"}"#);
    let (request, all) = sent!(hard_names, answer, |client| {
        let handle = client.crate_("s", "t", "u");
        handle.empty("e", "1", "d", "l", "u").core("c").query_call("k").into_future_("i").clone_("n")
    });
    assert_eq!(line(&request), "GET /crate/s/t/u?=e&1=1&$=d&a=l&A=u&core=c&call=k&into_future=i&clone=n");
    assert_eq!(all.some.none, "n");
    let mut lines = Vec::new();
    let server = Server::answering([nothing()]).await?;
    let client = hard_names::Client::builder().base_url(server.url()).build()?;
    client.users().getusers().await?;
    client.users().list().await?;
    client.users().users().await?;
    client.std_resource().get().await?;
    client.core_resource().get().await?;
    client.super_().get().await?;
    client.build().get().await?;
    client.n1().get_into_future().timeout_("t").await?;
    for request in server.requests() {
        lines.push(line(&request).to_owned());
    }
    let expected = ["/Users", "/USERS", "/users", "/std", "/core", "/super", "/build", "/into_future?timeout=t"];
    assert_eq!(lines, expected.map(|path| format!("GET {path}")));
    Ok(())
}

#[test]
fn names_with_special_characters_stay_distinct() -> Outcome {
    let long = |end: &str| {
        format!(
            "a_very_long_name_that_goes_on_and_on_until_no_reader_would_follow_it_any_more_and_still_it_does_not_end_{end}"
        )
    };
    let mut all = json!({
        "Some": {"None": ""}, "Ok": {"map": {"k": {"value": [1]}}}, "Default": {"default": "d"}, "Bytes": " ", "Hash": 1, "std": {"std": "s"},
        "crate": {"crate": "c"}, "u8": 300, "r#type": {"r#type": "t"}, "Vec<String>": ["v"], "200": {"200": "a", "-200": "b", "+200": "c"},
        "$": {"$": "1", "$$": "2", "%": "3"}, "": {"": "4", " ": "5"}, "item": {"a": "1"}, "Item": {"b": "2"}, "ITEM": {"c": "3"},
    });
    all[long("one")] = json!(1);
    all[long("two")] = json!(2);
    let all: hard_names::types::All = round_trip(all)?;
    assert!(matches!(all.ok, hard_names::types::OkModel::Map(_)), "{:?}", all.ok);
    Ok(())
}

#[test]
fn recursive_types_of_every_shape() -> Outcome {
    let all: recursion::types::All = round_trip(json!({
        "parent": {"name": "p", "child": {"name": "c", "parent": {"name": "p"}}},
        "tree": {"a": {"b": null}},
        "expression": {"and": [1, {"neither": {"and": []}, "nor": 2}]},
        "alias": {"alias": {"alias": {}}},
        "node": {"edge": {"edge": {"leaf": true}}},
        "grown": {"size": 1, "more": {"size": 2, "most": {}}},
        "page": {"inline": {"deep": [{"page": {}}, {}]}},
    }))?;
    assert_eq!(all.grown.map(|grown| grown.additional_properties.len()), Some(1));
    assert!(matches!(all.node.map(|node| *node.edge), Some(recursion::types::Edge::Node(_))));
    Ok(())
}

#[tokio::test]
async fn enums_of_any_values() -> Outcome {
    use odd_enums::types::{Odd, OddInput, OddMixed, OddNumbers};
    for mixed in [json!("a"), json!("new"), json!(true), json!(1.5)] {
        round_trip::<Odd>(json!({"mixed": mixed}))?;
    }
    let odd: Odd = round_trip(json!({
        "twice": "b", "none": "n", "numbers": 2, "words": "3", "fractions": 0.25, "switch": true, "wide": i64::MIN, "objects": {"a": 3},
        "untyped": "y", "list": ["c"], "alike": "A B", "blank": ""
    }))?;
    assert_eq!(odd.numbers, Some(OddNumbers::N2));
    let read: Odd = serde_json::from_value(json!({"mixed": null, "only_null": null, "null_unsaid": null}))?;
    assert!(read.mixed.is_none() && read.only_null.is_none() && read.null_unsaid.is_none());
    // A whole number next to other numbers is one of them.
    assert_eq!(serde_json::from_value::<Odd>(json!({"mixed": 1}))?.mixed, Some(OddMixed::Number(1.0)));
    let body = OddInput::new().mixed(OddMixed::Number(1.0)).clear_null_unsaid();
    let (request, _) =
        sent!(odd_enums, json("{}"), |client| client.odd().create(body).mixed(true).numbers(OddNumbers::N1));
    assert_eq!(line(&request), "POST /odd?mixed=true&numbers=1");
    assert_eq!(request.body, r#"{"mixed":1.0,"null_unsaid":null}"#);
    Ok(())
}

#[tokio::test]
async fn required_constants_are_sent() -> Outcome {
    use constants::types::{Order, OrdersUpdateRequest};
    let (request, ()) = sent!(constants, nothing(), |client| client.orders().list());
    assert_eq!(line(&request), "GET /orders?all=true&rate=1.5&ids=1&ids=2&list=a,b&within%5Bx%5D=1");
    let sent = ["x-point", "x-any", "cookie"].map(|name| request.header(name));
    assert_eq!(sent, [Some("x=1,y=2"), None, Some("seen=1%2C2")]);
    let answer =
        r#"{"version":[1,2],"point":{"deep":{"y":[true,null,"a\"b"]},"x":1},"tags":["a"],"none":[],"name":"n"}"#;
    let (request, order) = sent!(constants, json(answer), |client| client.orders().create(Order::new("m")));
    let expected = json!({
        "version": [1, 2.0], "point": {"x": 1, "deep": {"y": [true, null, "a\"b"]}}, "tags": ["a"], "none": [], "name": "m"
    });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&request.body)?, expected);
    assert_eq!(order.name, "n");
    let other =
        serde_json::from_value::<Order>(json!({"version": [1, 3], "point": {}, "tags": [], "none": [], "name": ""}));
    let error = other.err().ok_or("another value was read")?;
    assert!(error.to_string().contains("expected `[1,2.0]`"), "{error}");
    let (request, ()) = sent!(constants, nothing(), |client| client.orders().update(OrdersUpdateRequest::new("n")));
    assert_eq!(request.body, "kinds=a&kinds=b&name=n");
    Ok(())
}

#[tokio::test]
async fn defaults_of_another_type_have_no_effect() -> Outcome {
    let (request, odd) =
        sent!(odd_defaults, json(r#"{"must": "m"}"#), |client| client.odd().create(odd_defaults::types::Odd::new("n")));
    assert_eq!((line(&request), request.body.as_str()), ("POST /odd", r#"{"must":"n"}"#));
    assert_eq!((odd.must.as_str(), odd.count, odd.flag, odd.list), ("m", None, None, None));
    assert!(odd.tags.is_none() && odd.links.is_none());
    Ok(())
}

#[tokio::test]
async fn discriminators_are_set_automatically() -> Outcome {
    use inheritance::types::{Cat, Partly, Text, Unsaid};
    let (request, pet) = sent!(inheritance, json(r#"{"kind": "Cat", "name": "m", "lives": 9}"#), |client| {
        client.pets().create(Cat::new("m").lives(9))
    });
    assert_eq!(request.body, r#"{"kind":"Cat","name":"m","lives":9}"#);
    let base = pet.base().ok_or("no base")?;
    assert_eq!((base.kind.as_str(), base.name.as_str()), ("Cat", "m"));
    let (request, answer) =
        sent!(inheritance, json(r#"{"number": 5}"#), |client| client.pets().forms(Text::new().text("t")));
    assert_eq!(request.body, r#"{"text":"t","type":"Text"}"#);
    assert!(matches!(answer, Partly::Number(_)), "a tag that no variant declares may be absent");
    assert_eq!(serde_json::to_value(&answer)?, json!({"type": "n", "number": 5}));
    assert!(matches!(serde_json::from_value(json!({"number": 1}))?, Unsaid::Number(_)));
    assert!(matches!(serde_json::from_value(json!({"type": "Text"}))?, Unsaid::Text(_)));
    Ok(())
}

#[test]
fn the_more_specific_of_contradicting_parts_is_used() -> Outcome {
    let thing: clashes::types::Thing = round_trip(json!({
        "id": 1, "state": "open", "narrowed": "c", "apart": "x", "either": ["a"], "maybe": "m", "list": ["a"],
        "loose": "2026-01-02T03:04:05Z", "inner": {"a": 1, "b": "b"}, "seen": "s"
    }))?;
    assert_eq!((thing.id, thing.inner.map(|inner| inner.a)), (1, Some(1)));
    Ok(())
}

#[tokio::test]
async fn unspecific_schemas_keep_all_values() -> Outcome {
    round_trip::<free_form::types::Free>(json!({
        "anything": [1, {"a": null}], "not_text": 5, "not_empty": "x", "neither": {"b": "b"}, "object": {"a": [1]}, "open": {"b": {}},
        "open_too": {"c": 1}, "closed": {}, "list": [1, "a", null], "lists": [[1], []], "list_of_any": [{}], "described": false,
        "only_required": {"x": 1}, "untyped": {"a": 1}, "untyped_list": [1, 2]
    }))?;
    let (request, answer) = sent!(free_form, json("[1, {}]"), |client| client.free().any().body(json!({"a": [null]})));
    assert_eq!((request.body.as_str(), answer), (r#"{"a":[null]}"#, json!([1, {}])));
    Ok(())
}

#[tokio::test]
async fn cookies_and_deep_objects() -> Outcome {
    use cookies_deep::types::{Filter, FilterCreated, ThingsListFlags, ThingsListMust, ThingsListPrefs};
    let filter = Filter::new().name("n&m").created(FilterCreated::new().gte(1).lte(2)).tags(["a", "b"]).odd_key("o");
    let (request, ()) = sent!(cookies_deep, nothing(), |client| {
        let call = client.things().list("s;1", ThingsListMust::new("a")).ids([1, 2]);
        let call =
            call.flags(ThingsListFlags::new().a(true).b("x y")).limit(5).prefs(ThingsListPrefs::new().dark(true));
        call.filter(filter).many(["p", "q"])
    });
    assert_eq!(
        line(&request),
        "GET /things?must%5Ba%5D=a&filter%5Bname%5D=n%26m&filter%5Bcreated%5D%5Bgte%5D=1&filter%5Bcreated%5D%5Blte%5D=2&filter%5Btags%5D%5B%5D=a&filter%5Btags%5D%5B%5D=b\
         &filter%5Bodd%255Bkey%255D%5D=o&many%5B%5D=p&many%5B%5D=q"
    );
    let cookie = "session=s%3B1; ids=1; ids=2; flags=a%2Ctrue%2Cb%2Cx%20y; limit=5; prefs={%22dark%22:true}";
    assert_eq!(request.header("cookie"), Some(cookie));
    Ok(())
}

#[tokio::test]
async fn parts_have_the_declared_content_types() -> Outcome {
    use crm_clients_runtime::Upload;
    use multipart_encoding::types::{DocumentsCreateRequest, DocumentsCreateRequestHistoryItem};
    let day = "2026-01-02".parse()?;
    let picture = Upload::bytes("png").file_name("p.png").content_type("image/png");
    let body = DocumentsCreateRequest::new("t", Upload::bytes("pdf")).picture(picture).notes("# n").ids([1, 2]);
    let body = body.history([DocumentsCreateRequestHistoryItem::new().at(day)]);
    let (request, ()) = sent!(multipart_encoding, nothing(), |client| client.documents().create(body));
    let parts = request.body.split("Content-Disposition: form-data; ").skip(1);
    let parts: Vec<&str> = parts.filter_map(|part| part.split("\r\n--").next()).collect();
    let expected = [
        "name=\"meta\"\r\nContent-Type: application/vnd.meta+json\r\n\r\n{\"title\":\"t\"}",
        "name=\"file\"; filename=\"file\"\r\nContent-Type: application/pdf\r\n\r\npdf",
        "name=\"picture\"; filename=\"p.png\"\r\nContent-Type: image/png\r\n\r\npng",
        "name=\"notes\"\r\nContent-Type: text/markdown\r\n\r\n# n",
        "name=\"history\"\r\nContent-Type: application/json\r\n\r\n{\"at\":\"2026-01-02\"}",
        "name=\"ids\"\r\n\r\n1",
        "name=\"ids\"\r\n\r\n2",
    ];
    assert_eq!(parts, expected);
    Ok(())
}

#[tokio::test]
async fn parts_without_a_type_are_files_unless_they_are_text() -> Outcome {
    use crm_clients_runtime::Upload;
    use multipart_encoding::types::ScansCreateRequest;
    let body = ScansCreateRequest::new(Upload::bytes("tiff"))
        .pages([Upload::bytes("1"), Upload::bytes("2")])
        .preview(Upload::bytes("png"))
        .notes("n")
        .meta(serde_json::json!({"a": 1}));
    let (request, ()) = sent!(multipart_encoding, nothing(), |client| client.scans().create(body));
    let parts = request.body.split("Content-Disposition: form-data; ").skip(1);
    let parts: Vec<&str> = parts.filter_map(|part| part.split("\r\n--").next()).collect();
    let expected = [
        "name=\"scan\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\ntiff",
        "name=\"pages\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\n1",
        "name=\"pages\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\n2",
        "name=\"preview\"; filename=\"file\"\r\nContent-Type: image/png\r\n\r\npng",
        "name=\"notes\"\r\nContent-Type: text/plain\r\n\r\nn",
        "name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}",
    ];
    assert_eq!(parts, expected);
    Ok(())
}

#[tokio::test]
async fn bytes_are_sent_and_received() -> Outcome {
    let octets = || reply("200 OK", &["content-type: application/octet-stream"], "\u{1}out");
    let (request, answer) = sent!(octet_streams, octets(), |client| client.raw().update(b"in".to_vec()));
    assert_eq!((request.body.as_str(), answer.as_ref()), ("in", b"\x01out".as_slice()));
    assert_eq!(request.header("content-type"), Some("application/octet-stream"));
    let (request, answer) = sent!(octet_streams, octets(), |client| client.raw().unsaid().body(b"in".to_vec()));
    assert_eq!((request.body.as_str(), request.header("accept"), answer.len()), ("in", Some("application/zip"), 4));
    let (request, answer) = sent!(octet_streams, octets(), |client| client.raw().object(b"{}".to_vec()));
    assert_eq!((request.body.as_str(), answer.len()), ("{}", 4));
    let image = crm_clients_runtime::Upload::bytes("png").content_type("image/png");
    let (request, _) = sent!(octet_streams, octets(), |client| client.raw().ranges(image));
    assert_eq!((request.header("content-type"), request.header("accept")), (Some("image/png"), Some("image/*")));
    Ok(())
}

#[tokio::test]
async fn the_default_response_applies_to_successes_too() -> Outcome {
    use default_only::ErrorBody;
    let (_, thing) = sent!(default_only, json(r#"{"id": 1}"#), |client| client.things().list());
    assert_eq!(thing.id, 1);
    let (_, ()) = sent!(default_only, json("made"), |client| client.things().create());
    let (_, text) = sent!(default_only, reply("200 OK", &[], "text"), |client| client.things().replace());
    assert_eq!(text, "text");
    let (_, ()) = sent!(default_only, json("[]"), |client| client.things().update());
    let server = Server::answering([reply("404 Not Found", &[], r#"{"reason": "gone"}"#)]).await?;
    let client = default_only::Client::builder().base_url(server.url()).build()?;
    let Err(default_only::Error::Api(error)) = client.things().delete().await else {
        return Err("it went well".into());
    };
    assert!(matches!(error.body(), ErrorBody::Refusal(refusal) if refusal.reason == "gone"), "{:?}", error.body());
    Ok(())
}
