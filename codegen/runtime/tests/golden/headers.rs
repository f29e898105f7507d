//! Headers of responses and errors, parsed as their declared types.

use crm_clients_runtime::{Header, Retry};
use serde_json::json;

use crate::Outcome;
use crate::server::{Server, reply};
use crate::themes::http_values;
use crate::themes::typed_headers::{Client, Error, response_headers as declared};

fn client(server: &Server) -> Result<Client, Error> {
    Client::builder().base_url(server.url()).retry(Retry::never()).build()
}

#[tokio::test]
async fn headers_of_a_response_have_their_types() -> Outcome {
    let headers = [
        "X-Total-Count: 1200",
        "x-expires: 2026-01-02T03:04:05Z",
        "X-Flags: a, b",
        "X-Flags: c",
        "X-Ids: 1,-2",
        "X-Beta: True",
        "X-Load: 0.5",
        "X-Trace: 3FA85F64-5717-4562-B3FC-2C963F66AFA6",
        "X-Mode: fast",
        r#"X-Meta: {"page": 1}"#,
        "X-Region: zone,eu",
    ];
    let server = Server::answering([reply("200 OK", &headers, "[]"), reply("204 No Content", &headers, "")]).await?;
    let list = client(&server)?.headers().list().send_with_response().await?;
    let total: Option<i64> = list.header(declared::X_TOTAL_COUNT)?;
    assert_eq!(total, Some(1200));
    assert_eq!(list.header(declared::X_EXPIRES)?.map(|at| at.as_second()), Some(1_767_323_045));
    assert_eq!(list.header(declared::X_FLAGS)?, Some(["a", "b", "c"].map(str::to_owned).to_vec()));
    assert_eq!(list.header(declared::X_IDS)?, Some(vec![1_i32, -2]));
    assert_eq!((list.header(declared::X_BETA)?, list.header(declared::X_LOAD)?), (Some(true), Some(0.5)));
    let trace = list.header(declared::X_TRACE)?.map(|trace| trace.to_string());
    assert_eq!(trace.as_deref(), Some("3fa85f64-5717-4562-b3fc-2c963f66afa6"));
    assert_eq!(list.header(declared::X_MODE)?.as_deref(), Some("fast"));
    assert_eq!(list.header(declared::X_META)?, Some(json!({"page": 1})));
    assert_eq!(list.header(declared::X_REGION)?.as_deref(), Some("zone,eu"));
    assert_eq!((list.header(declared::TYPE)?, list.header(declared::ETAG)?), (None, None));
    assert_eq!(list.header(declared::X_RETRY_IN)?, None);
    // An undeclared header.
    assert_eq!(list.header(Header::<u64>::new("content-length"))?, Some(2));

    let deleted = client(&server)?.headers().delete().send_with_response().await?;
    assert_eq!(deleted.header(declared::X_TOTAL_COUNT2)?.as_deref(), Some("1200"));
    Ok(())
}

#[tokio::test]
async fn headers_of_an_error_and_invalid_ones() -> Outcome {
    let headers = ["X-Retry-In: 7", "X-Total-Count: many", "X-Ids: 1,x"];
    let server = Server::answering([reply("429 Too Many Requests", &headers, "")]).await?;
    let error = client(&server)?.headers().list().await.err().ok_or("it was read")?;
    assert_eq!(error.header(declared::X_RETRY_IN)?, Some(7_i32));
    let Error::Api(refused) = &error else { return Err(error.into()) };
    assert_eq!(refused.header(declared::X_RETRY_IN)?, Some(7));
    assert_eq!(refused.header(declared::X_BETA)?, None);
    // Invalid values are errors that do not show the value.
    let odd = error.header(declared::X_TOTAL_COUNT).err().ok_or("it was read")?;
    let shown = "the value of the response header X-Total-Count is not of the declared type";
    assert_eq!((odd.name(), odd.to_string().as_str()), ("X-Total-Count", shown));
    assert!(error.header(declared::X_IDS).is_err());
    Ok(())
}

#[tokio::test]
async fn times_of_http_and_parameters_of_media_types() -> Outcome {
    use http_values::headers::{LAST_MODIFIED, X_MODIFIED};
    use http_values::types::ThingsListResponse as Listed;
    let time: crm_clients_runtime::Timestamp = "1994-11-06T08:49:37Z".parse()?;
    let headers = [
        "last-modified: Sun, 06 Nov 1994 08:49:37 GMT",
        "x-modified: 1994-11-06T08:49:37Z",
        "content-type: application/json; Version=\"2\"; charset=utf-8",
    ];
    let server = Server::answering([reply("200 OK", &headers, r#"{"title": "t"}"#)]).await?;
    let client = http_values::Client::builder().base_url(server.url()).build()?;
    let response = client.things().list().if_modified_since(time).x_since(time).send_with_response().await?;
    assert_eq!((response.header(LAST_MODIFIED)?, response.header(X_MODIFIED)?), (Some(time), Some(time)));
    assert!(matches!(response.body(), Listed::JsonVersion2(detail) if detail.title == "t"));
    let request = server.request()?;
    assert_eq!(request.header("if-modified-since"), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_eq!(request.header("x-since"), Some("1994-11-06T08:49:37Z"));
    assert_eq!(request.header("accept"), Some("application/json; charset=utf-8, application/json;version=2;q=0.9"));

    let plain = reply("200 OK", &["content-type: application/json"], r#"{"name": "n"}"#);
    let server = Server::answering([plain]).await?;
    let client = http_values::Client::builder().base_url(server.url()).build()?;
    assert!(matches!(client.things().list().await?, Listed::Json(thing) if thing.name == "n"));
    Ok(())
}
