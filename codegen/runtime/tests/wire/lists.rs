//! Lists with URLs of pages, and features of all lists: responses, totals, checkpoints, failed pages and bad items.

use crm_clients_runtime::generated::{
    Call, Core, HasMore, Method, Operation, PageKey, Paging, Scheme, SchemeKind, decode,
};
use crm_clients_runtime::{Checkpoint, Error, RequestError, Retry, Value};
use serde::Deserialize as _;

use crate::server::{Request, Server, reply};
use crate::{ERRORS, ErrorBody, Outcome};

static KEY: Scheme = Scheme { name: "key", kind: SchemeKind::Query("api key") };

static LIST: Operation<Value, ErrorBody> = Operation {
    name: "things.list",
    method: Method::GET,
    idempotent: true,
    path: "/things",
    security: &[&[&KEY], &[]],
    accept: "",
    decode: decode::json,
    errors: ERRORS,
};

/// A page whose items are numbers.
#[derive(Debug)]
struct Page {
    items: Vec<i64>,
    total: Option<i64>,
}
crm_clients_runtime::read_object! { Page { items: required "items", total: optional "total" } }

static NUMBERS: Operation<Page, ErrorBody> = Operation {
    name: "numbers.list",
    method: Method::GET,
    idempotent: true,
    path: "/numbers",
    security: &[],
    accept: "",
    decode: decode::json,
    errors: ERRORS,
};

const fn by(by: &'static [PageKey<Value, Value>]) -> Paging<Value, Value> {
    Paging { by, items: |page| page.get_mut("items")?.as_array_mut(), signs: &[] }
}

static URLS: Paging<Value, Value> = by(&[PageKey::Url(|page| Some(page.get("next")?.as_str()?.to_owned()))]);
static LINKS: Paging<Value, Value> = by(&[PageKey::Link("next")]);
static BY_NUMBER: Paging<Page, i64> = Paging {
    by: &[PageKey::Number("page", 1)],
    items: |page| Some(&mut page.items),
    signs: &[HasMore::Total(|page| page.total)],
};
static BY_OFFSET: Paging<Page, i64> =
    Paging { by: &[PageKey::Offset("offset")], items: |page| Some(&mut page.items), signs: &[] };
static BY_LAST: Paging<Page, i64> = Paging {
    by: &[PageKey::Last("after", |item| Some(item.to_string()))],
    items: |page| Some(&mut page.items),
    signs: &[],
};

fn core(server: &Server) -> Result<Core, RequestError> {
    let builder = Core::builder("tests", "https://api.example/v1").base_url(format!("{}/base", server.url()));
    builder.retry(Retry::never()).build()
}

fn list(server: &Server) -> Result<Call<Value, ErrorBody>, RequestError> {
    Ok(Call::new(&core(server)?, &LIST, &[]))
}

fn numbers(server: &Server) -> Result<Call<Page, ErrorBody>, RequestError> {
    Ok(Call::new(&core(server)?, &NUMBERS, &[]))
}

fn page(body: &str) -> String {
    reply("200 OK", &["content-type: application/json"], body)
}

fn targets(server: &Server) -> Vec<String> {
    let target = |request: &Request| request.first_line().split(' ').nth(1).unwrap_or_default().to_owned();
    server.requests().iter().map(target).collect()
}

#[tokio::test]
async fn the_url_of_the_next_page_is_followed() -> Outcome {
    // Below the documented base URL, relative to the host, and relative to the page.
    for (next, expected) in [
        ("https://api.example/v1/things?page=2&x=a%2Fb#top", "/base/things?page=2&x=a%2Fb"),
        ("/elsewhere/things?page=2", "/elsewhere/things?page=2"),
        ("?page=2", "/base/things?page=2"),
    ] {
        let server =
            Server::answering([page(&format!(r#"{{"items":[1],"next":"{next}"}}"#)), page(r#"{"items":[2]}"#)]);
        let server = server.await?;
        let mut call = list(&server)?;
        call.query_param("filter", crm_clients_runtime::generated::Style::Form, "a");
        let mut items = call.items(&URLS);
        while items.try_next().await?.is_some() {}
        assert_eq!(targets(&server), ["/base/things?filter=a", expected], "{next}");
    }

    let linked = |url: &str| reply("200 OK", &[&format!("Link: <{url}>; rel=\"next\"")], r#"{"items":[1]}"#);
    let server = Server::answering([linked("/things?cursor=b"), page(r#"{"items":[2]}"#)]).await?;
    let mut pages = list(&server)?.pages(&LINKS);
    let first = pages.next_with_response().await.ok_or("no page")??;
    assert_eq!((first.status().as_u16(), first.headers().contains_key("link")), (200, true));
    assert_eq!(first.raw_body(), r#"{"items":[1]}"#);
    assert!(pages.try_next().await?.is_some() && pages.try_next().await?.is_none());
    assert_eq!(targets(&server), ["/base/things", "/things?cursor=b"]);

    // The same URL again would return the same page forever.
    let server = Server::answering([
        linked("/things?cursor=b"),
        reply("200 OK", &["Link: </things?cursor=b>; rel=next"], r#"{"items":[2]}"#),
    ]);
    let server = server.await?;
    let mut items = list(&server)?.items(&LINKS);
    assert!(items.try_next().await?.is_some() && items.try_next().await?.is_some());
    let error = items.next().await.ok_or("it ended")?.err().ok_or("it goes on")?;
    assert!(error.to_string().contains("the server returned an earlier page again"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_url_of_another_server_is_not_followed() -> Outcome {
    let elsewhere = Server::answering([page(r#"{"items":[2]}"#)]).await?;
    let own = Server::answering([page("{}")]).await?;
    let user = own.url().replace("http://", "http://user:password@");
    for next in [elsewhere.url(), "https://api.example.evil/v1/things".to_owned(), "//evil.example/".to_owned(), user] {
        let server = Server::answering([page(&format!(r#"{{"items":[1],"next":"{next}"}}"#))]).await?;
        let mut items = list(&server)?.items(&URLS);
        assert_eq!(items.try_next().await?, Some(1.into()));
        let error = items.next().await.ok_or("it ended")?.err().ok_or("it was followed")?;
        assert!(matches!(error, Error::Request(_)) && error.to_string().contains("refusing to follow"), "{error}");
        assert!(!error.to_string().contains("password"), "{error}");
        assert!(items.next().await.is_none());
    }
    assert!(elsewhere.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_credential_in_a_url_is_replaced_by_that_of_the_client() -> Outcome {
    let first = page(r#"{"items":[1],"next":"/things?api+key=leaked&page=2"}"#);
    let server = Server::answering([first, page(r#"{"items":[2]}"#)]).await?;
    let builder = Core::builder("tests", "https://api.example").base_url(server.url()).credential(&KEY, "mine");
    let mut items = Call::new(&builder.build()?, &LIST, &[]).items(&URLS);
    assert!(items.try_next().await?.is_some());
    assert!(!serde_json::to_string(&items.checkpoint())?.contains("leaked"));
    assert!(items.try_next().await?.is_some() && items.try_next().await?.is_none());
    assert_eq!(targets(&server), ["/things?api%20key=mine", "/things?page=2&api%20key=mine"]);
    Ok(())
}

/// Returns a checkpoint after storing and loading it.
fn stored(checkpoint: Option<Checkpoint>) -> Result<Checkpoint, Box<dyn std::error::Error>> {
    let text = serde_json::to_string(&checkpoint.ok_or("there is no checkpoint")?)?;
    Ok(serde_json::from_str(&text)?)
}

#[tokio::test]
async fn a_list_is_resumed_from_a_checkpoint() -> Outcome {
    let pages = [r#"{"items":[1,2],"total":5}"#, r#"{"items":[3,4],"total":5}"#, r#"{"items":[5],"total":5}"#];
    for taken in 0..=5 {
        let server = Server::answering(pages.map(page)).await?;
        let mut items = numbers(&server)?.items(&BY_NUMBER);
        let mut all = Vec::new();
        for _ in 0..taken {
            all.push(items.try_next().await?.ok_or("it ended")?);
        }
        assert_eq!(items.total(), (taken > 0).then_some(5));
        let Some(checkpoint) = items.checkpoint() else {
            assert_eq!(taken, 5, "only a complete list has no checkpoint");
            continue;
        };
        let checkpoint = stored(Some(checkpoint))?;
        let at = taken / 2;
        let rest = Server::answering(pages[at..].iter().map(|body| page(body))).await?;
        let mut items = numbers(&rest)?.items(&BY_NUMBER).resume(&checkpoint);
        assert_eq!(stored(items.checkpoint())?, checkpoint, "it has not moved");
        while let Some(item) = items.try_next().await? {
            all.push(item);
        }
        assert_eq!(all, [1, 2, 3, 4, 5], "after {taken}");
        assert_eq!(rest.requests().len(), 3 - at, "after {taken}: the total still ends the list");
    }

    let server = Server::answering([page(r#"{"items":[1],"next":"?cursor=b"}"#), page(r#"{"items":[2]}"#)]).await?;
    let mut urls = list(&server)?.pages(&URLS);
    urls.try_next().await?;
    let checkpoint = stored(urls.checkpoint())?;
    assert!(!format!("{checkpoint:?}").contains("cursor"));
    assert!(list(&server)?.pages(&URLS).resume(&checkpoint).try_next().await?.is_some());
    assert_eq!(targets(&server), ["/base/things", "/base/things?cursor=b"]);

    let error =
        numbers(&server)?.pages(&BY_NUMBER).resume(&checkpoint).try_next().await.err().ok_or("it was resumed")?;
    assert_eq!(error.to_string(), "numbers.list: the checkpoint belongs to `things.list`");
    let forged = serde_json::json!({"operation": "things.list", "url": "http://evil.example/"});
    let forged = list(&server)?.pages(&URLS).resume(&Checkpoint::deserialize(forged)?);
    assert!({ forged }.try_next().await.is_err_and(|error| error.to_string().contains("refusing to follow")));
    assert!(serde_json::from_str::<Checkpoint>(r#"{"operation":"a","value":"1"}"#).is_err());
    Ok(())
}

#[tokio::test]
async fn a_list_that_is_too_long_can_be_resumed_after_its_last_page() -> Outcome {
    let server = Server::answering([page(r#"{"items":[1]}"#), page(r#"{"items":[2]}"#)]).await?;
    let mut items = numbers(&server)?.items(&BY_LAST).max_pages(1);
    assert_eq!(items.try_next().await?, Some(1));
    assert!(items.next().await.is_some_and(|item| item.is_err()));
    assert_eq!(numbers(&server)?.items(&BY_LAST).resume(&stored(items.checkpoint())?).try_next().await?, Some(2));
    assert_eq!(targets(&server), ["/base/numbers", "/base/numbers?after=1"]);
    Ok(())
}

#[tokio::test]
async fn a_failed_page_can_be_skipped() -> Outcome {
    let broken = || reply("500 Internal Server Error", &[], "");
    let pages = [page(r#"{"items":[1]}"#), broken(), page(r#"{"items":[3]}"#), page(r#"{"items":[]}"#)];
    for (paging, expected) in [(&BY_NUMBER, "page"), (&BY_OFFSET, "offset")] {
        let server = Server::answering(pages.clone()).await?;
        let mut items = numbers(&server)?.items(paging);
        assert!(!items.skip_page(), "nothing has failed");
        assert_eq!(items.try_next().await?, Some(1));
        assert!(items.try_next().await.is_err() && items.skip_page() && !items.skip_page());
        assert_eq!((items.try_next().await?, items.try_next().await?), (Some(3), None));
        let first = if expected == "page" { 2 } else { 1 };
        let targets_of = |number: i64| format!("/base/numbers?{expected}={number}");
        assert_eq!(targets(&server)[1..], [targets_of(first), targets_of(first + 1), targets_of(first + 2)]);
    }

    let server = Server::answering(pages).await?;
    let mut items = numbers(&server)?.items(&BY_LAST);
    assert_eq!(items.try_next().await?, Some(1));
    assert!(items.try_next().await.is_err() && !items.skip_page(), "keys cannot skip a page");
    assert_eq!(items.try_next().await?, Some(3));
    Ok(())
}

#[tokio::test]
async fn a_bad_item_is_an_error_at_its_position() -> Outcome {
    let pages = [r#"{"items":["one",2,{"id":"three"},4,"five"]}"#, r#"{"items":[6]}"#, r#"{"items":[]}"#];
    let server = Server::answering(pages.map(page)).await?;
    let mut items = numbers(&server)?.items(&BY_OFFSET);
    let mut seen = Vec::new();
    while let Some(item) = items.next().await {
        seen.push(match item {
            Ok(item) => item.to_string(),
            Err(Error::Decode(error)) => format!("{} {:?}", error.path(), error.raw_body()),
            Err(error) => return Err(error.into()),
        });
    }
    let expected =
        [r#"$.items[0] b"\"one\"""#, "2", r#"$.items[2] b"{\"id\":\"three\"}""#, "4", r#"$.items[4] b"\"five\"""#, "6"];
    assert_eq!(seen, expected);
    // Bad items count, because the server has them.
    assert_eq!(targets(&server), ["/base/numbers", "/base/numbers?offset=5", "/base/numbers?offset=6"]);

    // They also count for the position of a checkpoint.
    let server = Server::answering([page(pages[0])]).await?;
    let mut items = numbers(&server)?.items(&BY_OFFSET);
    for _ in 0..3 {
        let _ = items.next().await;
    }
    let mut rest = numbers(&server)?.items(&BY_OFFSET).resume(&stored(items.checkpoint())?);
    assert_eq!(rest.try_next().await?, Some(4));

    // If no item can be decoded, or another part is invalid, the whole page is an error, as it is when pages are read.
    for (body, as_pages) in
        [(r#"{"items":["a","b"]}"#, false), (r#"{"items":{"id":1},"total":["x"]}"#, false), (pages[0], true)]
    {
        let server = Server::answering([page(body)]).await?;
        let error = match as_pages {
            true => numbers(&server)?.pages(&BY_OFFSET).try_next().await.err(),
            false => numbers(&server)?.items(&BY_OFFSET).try_next().await.err(),
        };
        let error = error.ok_or("it was read")?;
        assert_eq!(error.raw_body().map(|body| body.to_vec()), Some(body.as_bytes().to_vec()));
    }
    Ok(())
}
