//! Paginated lists: the requested pages, their time, and the end of the list. Each test counts the requests to the
//! server.

use std::pin::{Pin, pin};
use std::time::Duration;

use crm_clients_runtime::generated::{Call, Core, HasMore, Method, Operation, PageKey, Paging, Style, decode};
use crm_clients_runtime::{Error, Items, Pages, RequestError, Retry, Value};
use futures_core::Stream;
use tokio::time::{sleep, timeout};

use crate::server::{Server, reply};
use crate::{ERRORS, ErrorBody, Outcome};

const fn operation(method: Method) -> Operation<Value, ErrorBody> {
    let (name, path, security) = ("things.list", "/things", &[]);
    Operation { name, method, idempotent: true, path, security, accept: "", decode: decode::json, errors: ERRORS }
}

static LIST: Operation<Value, ErrorBody> = operation(Method::GET);
static SEARCH: Operation<Value, ErrorBody> = operation(Method::POST);

const fn paging(by: &'static [PageKey<Value, Value>], signs: &'static [HasMore<Value>]) -> Paging<Value, Value> {
    Paging { by, items: |page| page.get_mut("items")?.as_array_mut(), signs }
}

const NUMBER: &[PageKey<Value, Value>] = &[PageKey::Number("page[number]", 1)];
const KEYS: &[PageKey<Value, Value>] = &[
    PageKey::First("before", |item| Some(item.get("id")?.as_i64()?.to_string())),
    PageKey::Last("after", |item| Some(item.get("id")?.as_i64()?.to_string())),
];

static PLAIN: Paging<Value, Value> = paging(NUMBER, &[]);
static FROM_ZERO: Paging<Value, Value> = paging(&[PageKey::Number("page[number]", 0)], PAGES);
static NEXT: Paging<Value, Value> =
    paging(NUMBER, &[HasMore::Next(|page| Some(!page.get("links")?.get("next")?.is_null()))]);
static EITHER: Paging<Value, Value> = paging(
    NUMBER,
    &[
        HasMore::Next(|page| Some(!page.get("links")?.get("next")?.is_null())),
        HasMore::Pages(|page| page.get("pages")?.as_i64()),
    ],
);
static MORE: Paging<Value, Value> = paging(NUMBER, &[HasMore::More(|page| page.get("more")?.as_bool())]);
const PAGES: &[HasMore<Value>] = &[HasMore::Pages(|page| page.get("pages")?.as_i64())];
static COUNTED: Paging<Value, Value> = paging(NUMBER, PAGES);
static TOTAL: Paging<Value, Value> = paging(NUMBER, &[HasMore::Total(|page| page.get("total")?.as_i64())]);
static COUNTED_TWICE: Paging<Value, Value> = paging(
    NUMBER,
    &[HasMore::Pages(|page| page.get("pages")?.as_i64()), HasMore::Total(|page| page.get("total")?.as_i64())],
);
static OFFSET: Paging<Value, Value> = paging(&[PageKey::Offset("offset")], &[]);
static OFFSET_TOTAL: Paging<Value, Value> =
    paging(&[PageKey::Offset("offset")], &[HasMore::Total(|page| page.get("total")?.as_i64())]);
const CURSOR: &[PageKey<Value, Value>] =
    &[PageKey::Cursor("after", |page| Some(page.get("after")?.as_str()?.to_owned()))];
static CURSORS: Paging<Value, Value> = paging(CURSOR, &[]);
static CURSORS_MORE: Paging<Value, Value> = paging(CURSOR, &[HasMore::More(|page| page.get("more")?.as_bool())]);
static KEYED: Paging<Value, Value> = paging(KEYS, &[]);
static KEYED_MORE: Paging<Value, Value> = paging(KEYS, &[HasMore::More(|page| page.get("more")?.as_bool())]);

fn list(server: &Server) -> Result<Call<Value, ErrorBody>, RequestError> {
    let retry = Retry::default().first_delay(Duration::from_millis(1));
    let core = Core::builder("tests", "https://api.example").base_url(server.url()).retry(retry).build()?;
    Ok(Call::new(&core, &LIST, &[]))
}

fn page(body: &str) -> String {
    reply("200 OK", &["content-type: application/json"], body)
}

async fn serving(pages: &[&str]) -> std::io::Result<Server> {
    Server::answering(pages.iter().map(|body| page(body))).await
}

/// Returns the received queries in order.
fn queries(server: &Server) -> Vec<String> {
    let line = |request: crate::server::Request| request.first_line().to_owned();
    let lines = server.requests().into_iter().map(line);
    lines
        .map(|line| line.split([' ', '?']).nth(2).filter(|word| *word != "HTTP/1.1").unwrap_or("").to_owned())
        .collect()
}

/// Returns all items, and the message of the error that ended the list, if there is one.
async fn read(mut items: Items<Value, Value, ErrorBody>) -> (Vec<Value>, Option<String>) {
    let mut all = Vec::new();
    loop {
        match items.next().await {
            Some(Ok(item)) => all.push(item),
            Some(Err(error)) => {
                assert!(items.next().await.is_none(), "the list continues after {error}");
                return (all, Some(error.to_string()));
            }
            None => return (all, None),
        }
    }
}

#[tokio::test]
async fn the_list_ends_when_the_server_indicates_it() -> Outcome {
    let cases: [(&Paging<_, _>, &[&str], usize, &str); 19] = [
        (
            &NEXT,
            &[
                r#"{"items": [1], "links": {"next": "http://elsewhere.example/"}}"#,
                r#"{"items": [2], "links": {"next": null}}"#,
            ],
            2,
            "[1,2]",
        ),
        (&NEXT, &[r#"{"items": [1], "links": {}}"#], 1, "[1]"),
        (&NEXT, &[r#"{"items": [1]}"#], 1, "[1]"),
        // An empty page in the middle, whose items were all filtered out.
        (
            &NEXT,
            &[
                r#"{"items": [1], "links": {"next": "n"}}"#,
                r#"{"items": [], "links": {"next": "n"}}"#,
                r#"{"links": {"next": "n"}}"#,
                r#"{"items": [2], "links": {}}"#,
            ],
            4,
            "[1,2]",
        ),
        (&MORE, &[r#"{"items": [], "more": true}"#, r#"{"items": [1], "more": false}"#], 2, "[1]"),
        (
            &COUNTED,
            &[r#"{"items": [1], "pages": 3}"#, r#"{"items": [], "pages": 3}"#, r#"{"items": [2], "pages": 3}"#],
            3,
            "[1,2]",
        ),
        (&MORE, &[r#"{"items": [1], "more": true}"#, r#"{"items": [2], "more": false}"#], 2, "[1,2]"),
        (&MORE, &[r#"{"items": [], "more": null}"#], 1, "[]"),
        (&MORE, &[r#"{"items": [1], "more": null}"#, r#"{"items": []}"#], 2, "[1]"),
        (&COUNTED, &[r#"{"items": [1], "pages": 2}"#, r#"{"items": [2], "pages": 2}"#], 2, "[1,2]"),
        (&COUNTED, &[r#"{"items": [], "pages": 0}"#], 1, "[]"),
        (&FROM_ZERO, &[r#"{"items": [1], "pages": 2}"#, r#"{"items": [2], "pages": 2}"#], 2, "[1,2]"),
        (&TOTAL, &[r#"{"items": [1, 2], "total": 3}"#, r#"{"items": [3], "total": 3}"#], 2, "[1,2,3]"),
        // The list has grown while it was being read.
        (
            &TOTAL,
            &[r#"{"items": [1, 2], "total": 3}"#, r#"{"items": [3, 4], "total": 5}"#, r#"{"items": [5], "total": 5}"#],
            3,
            "[1,2,3,4,5]",
        ),
        (&TOTAL, &[r#"{"items": [1], "total": 9}"#, r#"{"items": [], "total": 9}"#], 2, "[1]"),
        (&PLAIN, &[r#"{"items": [1]}"#, r#"{"items": [1, 2]}"#, r#"{"items": []}"#], 3, "[1,1,2]"),
        (&PLAIN, &[r#"{"items": [1]}"#, r#"{}"#], 2, "[1]"),
        // Indicators in only one of two places, and in both.
        (&EITHER, &[r#"{"items": [1], "pages": 2}"#, r#"{"items": [2], "pages": 2}"#], 2, "[1,2]"),
        (&EITHER, &[r#"{"items": [1], "links": {"next": "n"}}"#, r#"{"items": [2], "pages": 2}"#], 2, "[1,2]"),
    ];
    for (paging, bodies, requests, expected) in cases {
        let server = serving(bodies).await?;
        let (items, error) = read(list(&server)?.items(paging)).await;
        assert_eq!((Value::from(items).to_string().as_str(), error), (expected, None), "{bodies:?}");
        assert_eq!(server.requests().len(), requests, "{bodies:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_server_selects_the_first_page_unless_the_call_does() -> Outcome {
    let bodies = [r#"{"items": [1], "pages": 9}"#, r#"{"items": [2], "pages": 9}"#, r#"{"items": []}"#];
    let server = serving(&bodies).await?;
    assert_eq!(read(list(&server)?.items(&COUNTED)).await.0, [1, 2]);
    assert_eq!(queries(&server), ["", "page%5Bnumber%5D=2", "page%5Bnumber%5D=3"]);

    let server = serving(&bodies).await?;
    assert_eq!(read(list(&server)?.items(&FROM_ZERO)).await.0, [1, 2]);
    assert_eq!(queries(&server), ["", "page%5Bnumber%5D=1", "page%5Bnumber%5D=2"]);

    let server = serving(&bodies).await?;
    let mut call = list(&server)?;
    call.query_param("page[number]", Style::FormExplode, &8);
    call.query_param("sort", Style::FormExplode, "name");
    assert_eq!(read(call.items(&COUNTED)).await.0, [1, 2]);
    assert_eq!(queries(&server), ["page%5Bnumber%5D=8&sort=name", "page%5Bnumber%5D=9&sort=name"]);

    // The items before page 2 are not counted, so a total of 4 does not mean that one more is missing.
    let server = serving(&[r#"{"items": [3, 4], "total": 4}"#]).await?;
    let mut call = list(&server)?;
    call.query_param("page[number]", Style::FormExplode, &2);
    assert_eq!(read(call.items(&TOTAL)).await, (vec![3.into(), 4.into()], None));
    assert_eq!(queries(&server), ["page%5Bnumber%5D=2", "page%5Bnumber%5D=3"]);
    Ok(())
}

#[tokio::test]
async fn invalid_page_parameters_are_not_sent() -> Outcome {
    let server = serving(&["{}"]).await?;
    let mut call = list(&server)?;
    call.query_param("page[number]", Style::FormExplode, "last");
    let expected = "things.list: `page[number]` is not a page number";
    assert_eq!(read(call.items(&PLAIN)).await, (vec![], Some(expected.to_owned())));
    let mut call = list(&server)?;
    call.query_param("before", Style::FormExplode, &9);
    call.query_param("after", Style::FormExplode, &1);
    let expected = "things.list: both `before` and `after` select the page: set only one";
    assert_eq!(read(call.items(&KEYED)).await, (vec![], Some(expected.to_owned())));
    let mut pages = list(&server)?.header("x", "line\nbreak").pages(&PLAIN);
    assert!(matches!(pages.next().await, Some(Err(Error::Request(_)))));
    assert!(pages.next().await.is_none());
    assert!(server.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn keys_can_go_backwards_or_forwards() -> Outcome {
    let back = [r#"{"items": [{"id": 8}, {"id": 9}]}"#, r#"{"items": [{"id": 6}, {"id": 7}]}"#, r#"{"items": []}"#];
    let server = serving(&back).await?;
    assert_eq!(read(list(&server)?.items(&KEYED)).await.0.len(), 4);
    assert_eq!(queries(&server), ["", "before=8", "before=6"]);

    let server = serving(&back).await?;
    let mut call = list(&server)?;
    call.query_param("before", Style::FormExplode, &10);
    assert_eq!(read(call.items(&KEYED)).await.0.len(), 4);
    assert_eq!(queries(&server), ["before=10", "before=8", "before=6"]);

    let server =
        serving(&[r#"{"items": [{"id": 1}, {"id": 2}]}"#, r#"{"items": [{"id": 3}]}"#, r#"{"items": []}"#]).await?;
    let mut call = list(&server)?;
    call.query_param("after", Style::FormExplode, &0);
    assert_eq!(read(call.items(&KEYED)).await.0.len(), 3);
    assert_eq!(queries(&server), ["after=0", "after=2", "after=3"]);

    let server = serving(&[r#"{"items": [{}]}"#]).await?;
    let (items, error) = read(list(&server)?.items(&KEYED)).await;
    let expected = "things.list: the page has no key for the parameter `before` of the next page";
    assert_eq!((items.len(), error.as_deref(), server.requests().len()), (1, Some(expected), 1));
    Ok(())
}

#[tokio::test]
async fn an_offset_grows_by_the_items_received() -> Outcome {
    // The server caps the limit of 5 at 2.
    let bodies =
        [r#"{"items": [1, 2], "total": 5}"#, r#"{"items": [3, 4], "total": 5}"#, r#"{"items": [5], "total": 5}"#];
    let server = serving(&bodies).await?;
    let mut call = list(&server)?;
    call.query_param("limit", Style::FormExplode, &5);
    assert_eq!(read(call.items(&OFFSET_TOTAL)).await, ((1..=5).map(Value::from).collect(), None));
    assert_eq!(queries(&server), ["limit=5", "limit=5&offset=2", "limit=5&offset=4"]);

    // If the list starts at an offset, the total still indicates its end.
    let server = serving(&bodies[1..]).await?;
    let mut call = list(&server)?;
    call.query_param("offset", Style::FormExplode, &2);
    assert_eq!(read(call.items(&OFFSET_TOTAL)).await.0, [3, 4, 5]);
    assert_eq!(queries(&server), ["offset=2", "offset=4"]);

    // Without a total, an empty page indicates the end.
    let server = serving(&[r#"{"items": [1, 2]}"#, r#"{"items": [3]}"#, r#"{"items": []}"#]).await?;
    assert_eq!(read(list(&server)?.items(&OFFSET)).await.0, [1, 2, 3]);
    assert_eq!(queries(&server), ["", "offset=2", "offset=3"]);

    let mut call = list(&server)?;
    call.query_param("offset", Style::FormExplode, "half");
    let expected = "things.list: `offset` is not a number of items";
    assert_eq!(read(call.items(&OFFSET)).await, (vec![], Some(expected.to_owned())));
    Ok(())
}

#[tokio::test]
async fn a_server_that_ignores_the_offset_is_an_error() -> Outcome {
    let page = r#"{"items": [1, 2], "total": 5}"#;
    let server = serving(&[page, page]).await?;
    assert_eq!(read(list(&server)?.items(&OFFSET_TOTAL)).await, (vec![1.into(), 2.into()], Some(CUT_SHORT.to_owned())));
    Ok(())
}

#[tokio::test]
async fn cursors_are_followed_to_the_page_without_one() -> Outcome {
    for last in [r#"{"items": [3]}"#, r#"{"items": [3], "after": null}"#, r#"{"items": [3], "after": ""}"#] {
        let server = serving(&[r#"{"items": [1, 2], "after": "a=/b"}"#, last]).await?;
        assert_eq!(read(list(&server)?.items(&CURSORS)).await, ((1..=3).map(Value::from).collect(), None), "{last}");
        assert_eq!(queries(&server), ["", "after=a%3D/b"]);
    }

    // A cursor on the last page leads to an empty page.
    let server = serving(&[r#"{"items": [1], "after": "a"}"#, r#"{"items": []}"#]).await?;
    assert_eq!(read(list(&server)?.items(&CURSORS)).await, (vec![1.into()], None));

    // An empty page with a cursor is not the last, unless the cursor is the one that requested it.
    let pages = [r#"{"items": [], "after": "a"}"#, r#"{"items": [1], "after": "b"}"#, r#"{"items": [], "after": "b"}"#];
    let server = serving(&pages).await?;
    assert_eq!(read(list(&server)?.items(&CURSORS)).await, (vec![1.into()], None));
    assert_eq!(queries(&server), ["", "after=a", "after=b"]);

    // If the page indicates that nothing follows, its cursor is not used.
    let server = serving(&[r#"{"items": [1], "after": "a", "more": false}"#]).await?;
    assert_eq!(read(list(&server)?.items(&CURSORS_MORE)).await, (vec![1.into()], None));
    let server = serving(&[r#"{"items": [1], "more": true}"#]).await?;
    let expected = "things.list: the page has no key for the parameter `after` of the next page";
    assert_eq!(read(list(&server)?.items(&CURSORS_MORE)).await, (vec![1.into()], Some(expected.to_owned())));

    // The same cursor again would return the same page forever.
    let server = serving(&[r#"{"items": [1], "after": "a"}"#, r#"{"items": [2], "after": "a"}"#]).await?;
    let expected = (vec![1.into(), 2.into()], Some(CUT_SHORT.to_owned()));
    assert_eq!(read(list(&server)?.items(&CURSORS)).await, expected);
    Ok(())
}

const CUT_SHORT: &str = "things.list: the server returned an earlier page again after indicating that more follows: \
                         the rest of the list cannot be read";

#[tokio::test]
async fn a_repeated_page_ends_the_list() -> Outcome {
    // Some servers repeat the last page after it: that is the end.
    let server =
        serving(&[r#"{"items": [1], "page": 1}"#, r#"{"items": [2], "page": 2}"#, r#"{"items": [2], "page": 3}"#])
            .await?;
    assert_eq!(read(list(&server)?.items(&PLAIN)).await, (vec![1.into(), 2.into()], None));
    assert_eq!(server.requests().len(), 3);

    // The server ignores the parameter and indicates that there is more, so the rest cannot be read.
    let cases: [(&Paging<_, _>, &str); 4] = [
        (&NEXT, r#"{"items": [1], "links": {"next": "more"}}"#),
        (&MORE, r#"{"items": [1], "more": true}"#),
        (&COUNTED, r#"{"items": [1], "pages": 9}"#),
        (&TOTAL, r#"{"items": [1], "total": 9}"#),
    ];
    for (paging, body) in cases {
        let server = serving(&[body]).await?;
        assert_eq!(read(list(&server)?.items(paging)).await, (vec![1.into()], Some(CUT_SHORT.to_owned())), "{body}");
        assert_eq!(server.requests().len(), 2, "{body}");
    }

    // Pages in a cycle.
    let first = r#"{"items": [{"id": 1}]}"#;
    let server = serving(&[first, r#"{"items": [{"id": 2}]}"#, first]).await?;
    assert_eq!(read(list(&server)?.items(&KEYED)).await.0.len(), 2);
    assert_eq!(server.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn an_endless_list_ends_with_an_error() -> Outcome {
    let server = serving(&[r#"{"items": [], "more": true}"#]).await?;
    let (items, error) = read(list(&server)?.items(&MORE)).await;
    let told = "things.list: the server returned 100 empty pages in a row and indicated that more follows: \
                the rest of the list cannot be read";
    assert_eq!((items.len(), error.as_deref(), server.requests().len()), (0, Some(told), 100));

    // Keys come from items, so there is no request for the page after an empty one.
    let server = serving(&[r#"{"items": [{"id": 1}], "more": true}"#, r#"{"items": [], "more": true}"#]).await?;
    let (items, error) = read(list(&server)?.items(&KEYED_MORE)).await;
    let told = "things.list: the page has no key for the parameter `before` of the next page";
    assert_eq!((items.len(), error.as_deref(), server.requests().len()), (1, Some(told), 2));

    for pages in [1, 5] {
        let bodies: Vec<String> = (1..10).map(|number| format!(r#"{{"items": [{number}]}}"#)).collect();
        let server = Server::answering(bodies.iter().map(|body| page(body))).await?;
        let (items, error) = read(list(&server)?.items(&PLAIN).max_pages(pages)).await;
        let told = format!(
            "things.list: the list has more than {pages} pages: increase `max_pages`, or start from a later page"
        );
        assert_eq!((items.len(), error, server.requests().len()), (pages, Some(told), pages));
    }
    // A list that ends with the last allowed page is complete.
    let server = serving(&[r#"{"items": [1], "pages": 2}"#, r#"{"items": [2], "pages": 2}"#]).await?;
    assert_eq!(read(list(&server)?.items(&COUNTED).max_pages(2)).await, (vec![1.into(), 2.into()], None));
    Ok(())
}

#[tokio::test]
async fn a_key_is_sent_once() -> Outcome {
    for (paging, more, error) in [(&KEYED, "", None), (&KEYED_MORE, r#", "more": true"#, Some(CUT_SHORT.to_owned()))] {
        let bodies =
            [r#"{"items": [{"id": 1}, {"id": 5}]}"#.to_owned(), format!(r#"{{"items": [{{"id": 5}}]{more}}}"#)];
        let server = Server::answering(bodies.iter().map(|body| page(body))).await?;
        let mut call = list(&server)?;
        call.query_param("after", Style::FormExplode, &0);
        let (items, ended) = read(call.items(paging)).await;
        assert_eq!((items.len(), ended), (3, error));
        assert_eq!(queries(&server), ["after=0", "after=5"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_page_is_requested_when_it_is_polled() -> Outcome {
    let server = serving(&[r#"{"items": [1, 2]}"#, r#"{"items": [3]}"#, r#"{"items": []}"#]).await?;
    let mut items = list(&server)?.items(&PLAIN);
    let mut seen = vec![server.requests().len()];
    while items.try_next().await?.is_some() {
        sleep(Duration::from_millis(20)).await;
        seen.push(server.requests().len());
    }
    assert_eq!(seen, [0, 1, 1, 2]);
    assert_eq!(server.requests().len(), 3);
    assert_eq!(items.try_next().await?, None);
    assert_eq!(server.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn pages_are_returned_including_an_empty_last_one() -> Outcome {
    let server = serving(&[r#"{"items": [1, 2], "about": "a"}"#, r#"{"items": [], "about": "b"}"#]).await?;
    let mut pages = list(&server)?.pages(&PLAIN);
    assert_eq!(pages.try_next().await?.map(|page| page.to_string()).as_deref(), Some(r#"{"items":[1,2],"about":"a"}"#));
    assert_eq!(pages.try_next().await?.map(|page| page.to_string()).as_deref(), Some(r#"{"items":[],"about":"b"}"#));
    assert_eq!(pages.try_next().await?, None);
    Ok(())
}

#[tokio::test]
async fn every_page_is_requested_with_the_settings_of_the_call() -> Outcome {
    let busy = reply("503 Service Unavailable", &[], "");
    let pages = [page(r#"{"items": [1]}"#), busy, page(r#"{"items": [2]}"#), page(r#"{"items": []}"#)];
    let server = Server::answering(pages).await?;
    let mut call =
        Call::new(&Core::builder("tests", "https://api.example").base_url(server.url()).build()?, &SEARCH, &[]);
    call.text("text/plain", "query");
    let call = call.header("x-mine", "1").retry(Retry::default().first_delay(Duration::from_millis(1)));
    assert_eq!(read(call.items(&PLAIN)).await, (vec![1.into(), 2.into()], None));
    assert_eq!(queries(&server), ["", "page%5Bnumber%5D=2", "page%5Bnumber%5D=2", "page%5Bnumber%5D=3"]);
    for request in server.requests() {
        assert_eq!((request.header("x-mine"), request.body.as_str()), (Some("1"), "query"));
    }

    let server = Server::answering([page(r#"{"items": [1]}"#), format!("slow:{}", page("{}"))]).await?;
    let call = list(&server)?.timeout(Duration::from_millis(500)).retry(Retry::never());
    let mut pages = call.pages(&PLAIN);
    assert!(pages.next().await.is_some_and(|page| page.is_ok()));
    assert!(pages.next().await.is_some_and(|page| page.is_err_and(|error| error.is_timeout())));
    Ok(())
}

#[tokio::test]
async fn an_error_in_the_middle_is_typed_and_its_page_requested_again() -> Outcome {
    let refused = reply("422 Unprocessable Entity", &[], r#"{"page": "too deep"}"#);
    let server = Server::answering([page(r#"{"items": [1, 2]}"#), refused]).await?;
    let mut items = list(&server)?.items(&PLAIN);
    assert_eq!(items.try_next().await?, Some(1.into()));
    assert_eq!(items.try_next().await?, Some(2.into()));
    let Some(Err(Error::Api(error))) = items.next().await else { return Err("no refusal".into()) };
    assert!(matches!(error.body(), ErrorBody::Invalid(problems) if problems["page"] == "too deep"));
    // A loop that ignores errors ends after three of them.
    assert!(
        items.next().await.is_some_and(|item| item.is_err()) && items.next().await.is_some_and(|item| item.is_err())
    );
    assert!(items.next().await.is_none() && items.next().await.is_none());
    assert_eq!(queries(&server), ["", "page%5Bnumber%5D=2", "page%5Bnumber%5D=2", "page%5Bnumber%5D=2"]);
    assert!(items.checkpoint().is_some(), "the rest can be read later");

    let server = serving(&["not JSON", r#"{"items": [1]}"#, r#"{"items": []}"#]).await?;
    let mut items = list(&server)?.items(&PLAIN);
    assert!(
        items
            .next()
            .await
            .is_some_and(|item| item.is_err_and(|error| error.to_string().contains("invalid 200 response")))
    );
    assert_eq!(items.try_next().await?, Some(1.into()));
    assert_eq!(items.try_next().await?, None);
    assert_eq!(queries(&server), ["", "", "page%5Bnumber%5D=2"]);
    Ok(())
}

#[tokio::test]
async fn a_dropped_stream_sends_nothing_more() -> Outcome {
    let server = serving(&[r#"{"items": [1, 2]}"#, r#"{"items": [3]}"#]).await?;
    let mut items = list(&server)?.items(&PLAIN);
    assert_eq!(items.try_next().await?, Some(1.into()));
    drop(items);
    drop(list(&server)?.pages(&PLAIN));
    sleep(Duration::from_millis(50)).await;
    assert_eq!(server.requests().len(), 1);

    // A `next` that was dropped before it finished is continued by the following one.
    let server = Server::answering([format!("slow:{}", page(r#"{"items": [1]}"#)), page(r#"{"items": []}"#)]).await?;
    let mut items = list(&server)?.items(&PLAIN);
    assert!(timeout(Duration::from_millis(100), items.next()).await.is_err());
    assert_eq!(items.try_next().await?, Some(1.into()));
    assert_eq!(server.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn pages_and_items_are_streams_and_send() -> Outcome {
    fn is_free<S: Stream + Send + Unpin + 'static>(stream: S) -> S {
        stream
    }
    let server = serving(&[r#"{"items": [1]}"#, r#"{"items": []}"#]).await?;
    let pages: Pages<_, _, _> = is_free(list(&server)?.pages(&PLAIN));
    assert_eq!(format!("{pages:?}"), r#"Pages { operation: "things.list", .. }"#);
    let mut items = pin!(is_free(list(&server)?.items(&PLAIN)));
    assert_eq!(format!("{items:?}"), r#"Items { operation: "things.list", .. }"#);
    let first = std::future::poll_fn(|context| Pin::new(&mut items).poll_next(context)).await;
    assert_eq!(first.transpose()?, Some(1.into()));
    Ok(())
}

#[tokio::test]
async fn a_total_counts_only_without_a_number_of_pages() -> Outcome {
    // The total includes items that the caller cannot see.
    let server = serving(&[r#"{"items": [{"id": 1}], "pages": 1, "total": 9}"#]).await?;
    let mut pages = list(&server)?.pages(&COUNTED_TWICE);
    assert!(pages.try_next().await?.is_some());
    assert_eq!(pages.total(), Some(9));
    assert!(pages.try_next().await?.is_none());
    assert_eq!(server.requests().len(), 1);

    let server = serving(&[r#"{"items": [{"id": 1}], "total": 2}"#, r#"{"items": [{"id": 2}], "total": 2}"#]).await?;
    let mut pages = list(&server)?.pages(&COUNTED_TWICE);
    while pages.try_next().await?.is_some() {}
    assert_eq!(server.requests().len(), 2);
    Ok(())
}
