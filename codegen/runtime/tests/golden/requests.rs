//! Requests of golden clients over real sockets.

use crm_clients_runtime::Upload;

use crate::Outcome;
use crate::server::{Request, Server, reply};
use crate::themes::{
    documentation, enums, formats, forms, headers_cookies, media_types, multipart, oauth2, pagination, path_parameters,
    query_styles, redirects, references, responses, schemes_and_variables, scopes, security, servers, text_responses,
};

async fn empty() -> std::io::Result<Server> {
    Server::answering([reply("204 No Content", &[], "")]).await
}

async fn json(body: &str) -> std::io::Result<Server> {
    Server::answering([reply("200 OK", &["content-type: application/json"], body)]).await
}

/// Returns the client of a theme with the server's base URL.
macro_rules! client {
    ($theme:ident, $server:expr) => {
        $theme::Client::builder().base_url($server.url()).build()?
    };
}

#[tokio::test]
async fn query_parameters_in_every_style() -> Outcome {
    let server = empty().await?;
    let range = query_styles::types::Range::new().from_(1).to(2);
    let call = client!(query_styles, server).search().get("a b", [1, 2]);
    let call = call.form(["a", "b,c"]).exploded(["x", "y"]).space(["a", "b"]).pipe(["a", "b"]);
    let call = call.deep(range.clone()).object(range.clone()).spread(range.clone()).json(range);
    let call = call.filter_site_id("9").labels(["l", "m"]).order("asc").flag(true).empty("").extra([("k", "v")]);
    call.await?;
    let expected = "GET /search?q=a%20b&ids=1&ids=2&form=a,b%2Cc&exploded=x&exploded=y&space=a%20b&pipe=a%7Cb\
                    &deep%5Bfrom%5D=1&deep%5Bto%5D=2&object=from,1,to,2&from=1&to=2&json=%7B%22from%22:1,%22to%22:2%7D\
                    &filter%5Bsite_id%5D=9&labels%5B%5D=l&labels%5B%5D=m&order=asc&flag=true&empty=&extra%5Bk%5D=v HTTP/1.1";
    assert_eq!(server.request()?.first_line(), expected);
    Ok(())
}

#[tokio::test]
async fn header_and_cookie_parameters() -> Outcome {
    let server = empty().await?;
    let call = client!(headers_cookies, server).things().list("r1", "s1");
    call.x_ids([1, 2]).x_count(3).if_match("\"e\"").theme("dark").header_("h").timeout_(5).send_(true).await?;
    let request = server.request()?;
    assert_eq!(request.first_line(), "GET /things?header=h&timeout=5&send=true HTTP/1.1");
    let sent = ["x-request-id", "x-ids", "x-count", "if-match", "cookie"].map(|name| request.header(name));
    assert_eq!(sent, [Some("r1"), Some("1,2"), Some("3"), Some("\"e\""), Some("session=s1; theme=dark")]);
    assert_eq!((request.header("authorization"), request.header("content-type")), (None, None));
    Ok(())
}

#[tokio::test]
async fn a_cookie_header_is_joined_with_cookie_parameters() -> Outcome {
    let server = empty().await?;
    client!(headers_cookies, server).visits().list().cookie("a=1; b=2").session("s").await?;
    assert_eq!(server.request()?.header("cookie"), Some("a=1; b=2; session=s"));
    let server = empty().await?;
    client!(headers_cookies, server).visits().list().session("s").cookie("a=1").await?;
    assert_eq!(server.request()?.header("cookie"), Some("session=s; a=1"));
    let server = empty().await?;
    client!(headers_cookies, server).visits().list().session("s").cookie("a=1").header("Cookie", "c=3").await?;
    assert_eq!(server.request()?.header("cookie"), Some("c=3"));
    Ok(())
}

#[tokio::test]
async fn scopes_bind_the_shared_path_parameters() -> Outcome {
    let server = Server::answering((0..9).map(|_| reply("204 No Content", &[], ""))).await?;
    let client = client!(scopes, server);
    let account = client.account(7);
    account.get().await?;
    account.labels().await?;
    account.contacts().list().await?;
    account.contacts().delete(5).await?;
    account.reports().list().await?;
    account.conversation(9).messages().list().await?;
    account.conversation(9).labels("n").get().await?;
    client.repo("o", "r").issues().list().await?;
    client.tenant("t").plans().list().await?;
    let lines: Vec<_> = server.requests().iter().map(|request| request.first_line().to_owned()).collect();
    let expected = [
        "GET /api/v1/accounts/7 HTTP/1.1",
        "GET /api/v1/accounts/7/labels HTTP/1.1",
        "GET /api/v1/accounts/7/contacts HTTP/1.1",
        "DELETE /api/v1/accounts/7/contacts/5 HTTP/1.1",
        "GET /api/v2/accounts/7/reports HTTP/1.1",
        "GET /api/v1/accounts/7/conversations/9/messages HTTP/1.1",
        "GET /api/v1/accounts/7/conversations/9/notes/n HTTP/1.1",
        "GET /repos/o/r/issues HTTP/1.1",
        "GET /v1/t/plans HTTP/1.1",
    ];
    assert_eq!(lines, expected);
    Ok(())
}

#[tokio::test]
async fn path_parameters_stay_in_their_segments() -> Outcome {
    async fn lines(call: impl Future<Output = Result<(), path_parameters::Error>>, server: Server) -> Outcome<String> {
        call.await?;
        Ok(server.request()?.first_line().to_owned())
    }
    let server = empty().await?;
    let boxes = client!(path_parameters, server).boxes(5);
    assert_eq!(lines(boxes.get("a/b", "de"), server).await?, "GET /accounts/5/boxes/a%2Fb?locale=de HTTP/1.1");
    let server = empty().await?;
    let boxes = client!(path_parameters, server).boxes(5);
    assert_eq!(
        lines(boxes.get_side(1, "left", "p q"), server).await?,
        "GET /accounts/5/boxes/1/sides/left.p%20q HTTP/1.1"
    );
    let server = empty().await?;
    let boxes = client!(path_parameters, server).boxes(5);
    assert_eq!(lines(boxes.get_compare([1, 2]), server).await?, "GET /accounts/5/boxes/compare/1,2 HTTP/1.1");
    let server = empty().await?;
    let boxes = client!(path_parameters, server).boxes(-1);
    let call = boxes.get_self("s", "t", true, "c", "b");
    assert_eq!(lines(call, server).await?, "GET /accounts/-1/boxes/self/s/t/true?call=c&body=b HTTP/1.1");

    let server = json("{}").await?;
    client!(enums, server).tickets("in-progress").get().level(1).states(["open", "done"]).await?;
    assert_eq!(server.request()?.first_line(), "GET /tickets/in-progress?level=1&states=open&states=done HTTP/1.1");
    let server = json(r#"{"day": "2026-01-02", "at": "2026-01-02T00:00:00Z"}"#).await?;
    let (day, at) = ("2026-01-02".parse()?, "2026-01-02T00:00:00Z".parse()?);
    client!(formats, server).samples(day).post(formats::types::Sample::new(day, at)).since(at).x_day(day).await?;
    let request = server.request()?;
    assert_eq!(request.first_line(), "POST /samples/2026-01-02?since=2026-01-02T00:00:00Z HTTP/1.1");
    assert_eq!(request.header("x-day"), Some("2026-01-02"));
    Ok(())
}

/// Returns the content type, the accepted types and the body.
fn sent(request: &Request) -> (Option<&str>, Option<&str>, &str) {
    (request.header("content-type"), request.header("accept"), &request.body)
}

#[tokio::test]
async fn bodies_of_every_kind() -> Outcome {
    let (plain, api) = (Some("application/json; charset=utf-8"), Some("application/vnd.api+json, text/html;q=0.9"));
    let server = json(r#"{"name": "n"}"#).await?;
    let several = client!(media_types, server).media().several("n").await?;
    assert!(matches!(several, media_types::types::MediaSeveralResponse::Json(item) if item.name == "n"));
    assert_eq!(sent(&server.request()?), (plain, api, r#"{"name":"n"}"#));
    let server = json(r#"{"name": "n"}"#).await?;
    client!(media_types, server).media().several_as_form(media_types::types::Item::new("a b&c").size(2)).await?;
    assert_eq!(sent(&server.request()?), (Some("application/x-www-form-urlencoded"), api, "name=a+b%26c&size=2"));
    let server = json(r#"{"name": "n"}"#).await?;
    client!(media_types, server).media().several_as_text("t").await?;
    assert_eq!(sent(&server.request()?), (Some("text/plain"), api, "t"));
    let server = json(r#"{"name": "n"}"#).await?;
    client!(media_types, server).media().several_as_bytes(b"b".to_vec()).await?;
    assert_eq!(sent(&server.request()?), (Some("application/octet-stream"), api, "b"));
    let server = json(r#"{"name": "n"}"#).await?;
    client!(media_types, server).media().plus().body("n").await?;
    assert_eq!(
        sent(&server.request()?),
        (Some("application/vnd.api+json"), Some("application/hal+json"), r#"{"name":"n"}"#)
    );
    let server = json(r#"{"name": "n"}"#).await?;
    client!(media_types, server).media().plus().await?;
    assert_eq!(sent(&server.request()?), (None, Some("application/hal+json"), ""));
    let server = json("%PDF").await?;
    assert_eq!(client!(media_types, server).media().bytes(b"png".to_vec()).await?.as_ref(), b"%PDF");
    assert_eq!(sent(&server.request()?), (Some("image/png"), Some("application/pdf"), "png"));
    let server = json("as it is").await?;
    assert_eq!(client!(media_types, server).media().text("a;b").await?, "as it is");
    assert_eq!(sent(&server.request()?), (Some("text/csv"), Some("text/plain"), "a;b"));
    let server = json(r#"["a"]"#).await?;
    assert_eq!(client!(media_types, server).media().list(["n"]).await?, ["a"]);
    assert_eq!(sent(&server.request()?), (Some("application/json"), Some("*/*"), r#"[{"name":"n"}]"#));

    let server = empty().await?;
    let body = forms::types::TokensCreateRequest::new(["a", "b"])
        .ttl(60)
        .labels(["l"])
        .meta(forms::types::TokensCreateRequestMeta::new().from_("f"));
    client!(forms, server).tokens().create(body).await?;
    assert_eq!(
        server.request()?.body,
        "grant_type=client_credentials&scopes=a&scopes=b&ttl=60&labels%5B%5D=l&meta=%7B%22from%22%3A%22f%22%7D"
    );
    Ok(())
}

#[tokio::test]
async fn multipart_bodies() -> Outcome {
    let server = empty().await?;
    let body = multipart::types::MessagesCreateRequest::new(
        "hello",
        Upload::bytes("cover").file_name("c.png").content_type("image/png"),
    )
    .private(true)
    .kind("outgoing")
    .attachments([b"one".to_vec(), b"two".to_vec()])
    .labels(["l", "m"])
    .contact_name("Alice")
    .contact_avatar(Upload::bytes("avatar").file_name("a.gif"))
    .custom_deep_level(3)
    .attributes([("plan", "gold")])
    .plain(multipart::types::MessagesCreateRequestPlain::new().a("x"));
    client!(multipart, server).messages().create(body).await?;
    let body = server.request()?.body;
    let parts: Vec<&str> =
        body.split("Content-Disposition: form-data; ").skip(1).filter_map(|part| part.split("\r\n--").next()).collect();
    let expected = [
        "name=\"content\"\r\n\r\nhello",
        "name=\"private\"\r\n\r\ntrue",
        "name=\"kind\"\r\n\r\noutgoing",
        "name=\"cover\"; filename=\"c.png\"\r\nContent-Type: image/png\r\n\r\ncover",
        "name=\"attachments[]\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\none",
        "name=\"attachments[]\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\ntwo",
        "name=\"labels\"\r\n\r\nl",
        "name=\"labels\"\r\n\r\nm",
        "name=\"contact[name]\"\r\n\r\nAlice",
        "name=\"contact[avatar]\"; filename=\"a.gif\"\r\nContent-Type: application/octet-stream\r\n\r\navatar",
        "name=\"custom[deep][level]\"\r\n\r\n3",
        "name=\"plain\"\r\nContent-Type: application/json\r\n\r\n{\"a\":\"x\"}",
        "name=\"attributes[plan]\"\r\n\r\ngold",
    ];
    assert_eq!(parts, expected);
    Ok(())
}

#[tokio::test]
async fn tokens_by_scheme() -> Outcome {
    let token = |name| reply("200 OK", &[], &format!(r#"{{"access_token":"{name}","refresh_token":"r-{name}"}}"#));
    let none = || reply("204 No Content", &[], "");
    let server = Server::answering([token("a"), none(), none(), none(), none()]).await?;
    let builder = oauth2::Client::builder().base_url(server.url()).client_credentials("id", "secret");
    let client = builder.client_token("static").build()?;
    let doors = client.doors();
    for call in [doors.either().send(), doors.open().send(), doors.client().send()] {
        call.await?;
    }
    client.client_revoke_token().await?;
    assert!(client.all_refresh_token().is_some() && client.client_refresh_token().is_none());
    let seen: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| {
            let authorization = request.header("authorization").unwrap_or("-").to_owned();
            format!("{} {authorization} {}", request.first_line().replace(" HTTP/1.1", ""), request.body)
        })
        .collect();
    let expected = [
        "POST /token?by=client Basic aWQ6c2VjcmV0 grant_type=client_credentials",
        "GET /either Bearer a ",
        "GET /open - ",
        "GET /client Bearer static ",
        "POST /revoke Bearer static token=static",
    ];
    assert_eq!(seen, expected);

    let server = Server::answering([token("b"), none()]).await?;
    let builder = oauth2::Client::builder().base_url(server.url());
    builder.all_password("id", "secret", "me", "pw").build()?.refresh_token().get().await?;
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| request.first_line()).collect();
    assert_eq!(lines, ["POST /token/password HTTP/1.1", "GET /token HTTP/1.1"]);
    Ok(())
}

#[tokio::test]
async fn credentials_by_requirement() -> Outcome {
    let server = empty().await?;
    let client = security::Client::builder()
        .base_url(server.url())
        .api_access_token("key")
        .api_key("k&y")
        .session_id("cookie")
        .basic_auth("user", "pass")
        .build()?;
    let doors = client.doors();
    doors.get_default().await?;
    doors.open().await?;
    doors.either().await?;
    doors.both().await?;
    doors.optional().await?;
    doors.unknown().await?;
    let seen: Vec<_> = server
        .requests()
        .iter()
        .map(|request| {
            let line = request.first_line().replace("GET /", "").replace(" HTTP/1.1", "");
            let headers = ["api_access_token", "authorization", "cookie"]
                .map(|name| request.header(name).unwrap_or("-").to_owned());
            format!("{line} {}", headers.join(" "))
        })
        .collect();
    let expected = [
        "default key - -",
        "open - - -",
        "either - Basic dXNlcjpwYXNz -",
        "both?api_key=k%26y - - session-id=cookie",
        "optional - - -",
        "unknown key - -",
    ];
    assert_eq!(seen, expected);
    assert!(!format!("{client:?}").contains("pass"));
    Ok(())
}

#[tokio::test]
async fn responses_by_status() -> Outcome {
    use responses::ErrorBody;
    let jobs = |server: &Server| Ok::<_, responses::Error>(client!(responses, server).jobs());
    let server = json(r#"{"id": 1}"#).await?;
    assert_eq!(jobs(&server)?.create().await?.map(|job| job.id), Some(1));
    let server = empty().await?;
    assert_eq!(jobs(&server)?.create().await?, None);
    jobs(&server)?.delete(1).await?;
    let server = Server::answering([reply("202 Accepted", &[], r#"{"ticket": "t"}"#)]).await?;
    assert!(matches!(jobs(&server)?.update(1).await?, responses::types::JobsUpdateResponse::Accepted(_)));

    let cases = [
        ("401 Unauthorized", r#"{"message": "m", "hint": "h"}"#),
        ("404 Not Found", r#"{"message": "m", "errors": [{"pointer": "/p"}]}"#),
        ("502 Bad Gateway", "<html>"),
        ("301 Moved", r#"{"code": "c"}"#),
        ("400 Bad Request", "not JSON"),
    ];
    for (status, body) in cases {
        let server = Server::answering([reply(status, &["content-type: application/json"], body)]).await?;
        let Err(responses::Error::Api(error)) = jobs(&server)?.list().await else {
            return Err(status.into());
        };
        assert_eq!(error.raw_body().as_ref(), body.as_bytes());
        let known = match (status, error.body()) {
            ("401 Unauthorized", ErrorBody::Denied(denied)) => denied.hint.as_deref() == Some("h"),
            ("404 Not Found", ErrorBody::Problem(_)) => error.body().errors()[0].pointer.as_deref() == Some("/p"),
            ("502 Bad Gateway", ErrorBody::Text(text)) => text == "<html>",
            ("301 Moved", ErrorBody::Problem(problem)) => problem.code.as_deref() == Some("c"),
            ("400 Bad Request", ErrorBody::Unknown) => true,
            _ => false,
        };
        assert!(known, "{status}: {:?}", error.body());
        let message = matches!(status, "401 Unauthorized" | "404 Not Found").then_some("m");
        assert_eq!(error.body().message(), message, "{status}");
    }
    Ok(())
}

#[tokio::test]
async fn references_and_servers_are_resolved() -> Outcome {
    assert_eq!(servers::Client::BASE_URL, "https://eu.servers.example:8443/v2");
    assert_eq!(path_parameters::Client::BASE_URL, "https://paths.example/base");
    let server = json(r#"{"id": 1, "shop": {"name": "s", "best": {"id": 2, "shop": {"name": "t"}}}}"#).await?;
    let pet = client!(references, server).pets(7).get().await?;
    assert_eq!(pet.shop.best.map(|best| best.shop.name), Some("t".to_owned()));
    assert_eq!(server.request()?.first_line(), "GET /pets/7 HTTP/1.1");
    let server = json(r#"{"number": 1}"#).await?;
    #[expect(deprecated, reason = "the document says so")]
    let call = client!(documentation, server).pages().list();
    assert_eq!(call.size(2).await?.number, 1);
    Ok(())
}

#[tokio::test]
async fn lists_are_read_across_pages() -> Outcome {
    async fn pages(bodies: &[&str]) -> std::io::Result<Server> {
        Server::answering(bodies.iter().map(|body| reply("200 OK", &["content-type: application/json"], body))).await
    }
    let lines = |server: &Server| -> Vec<String> {
        let requests = server.requests().into_iter();
        requests.map(|request| request.first_line().trim_end_matches(" HTTP/1.1").to_owned()).collect()
    };
    let server = pages(&[
        r#"{"data": [{"id": 1}], "links": {"next": "http://elsewhere.example/"}}"#,
        r#"{"data": [{"id": 2}], "links": {"next": null}}"#,
    ])
    .await?;
    let mut notes = client!(pagination, server).notes().list().items_(5).items();
    let mut ids = Vec::new();
    while let Some(note) = notes.try_next().await? {
        ids.push(note.id);
    }
    assert_eq!(
        (ids, lines(&server)),
        (vec![1, 2], vec!["GET /notes?items=5".into(), "GET /notes?items=5&page%5Bnumber%5D=2".into()])
    );

    // A search is a POST, but is retried; a count may be a string.
    let list = r#"{"hits": {"list": [{"id": 1}], "total": "1"}}"#;
    let busy = reply("503 Service Unavailable", &["retry-after: 0"], "");
    let server = Server::answering([busy, reply("200 OK", &[], list)]).await?;
    let mut hits = client!(pagination, server).notes().search(0, pagination::types::Query::new("t")).pages();
    assert_eq!(hits.try_next().await?.and_then(|page| page.hits).map(|hits| hits.total), Some(1));
    assert!(hits.try_next().await?.is_none());
    assert_eq!(lines(&server), ["POST /notes/search?page=0", "POST /notes/search?page=0"]);

    let server = Server::answering([
        reply(
            "200 OK",
            &[],
            r#"{"events": [{"id": 1, "source": {"at": "2026-01-02T03:04:05Z"}}], "meta": {"more": true}}"#,
        ),
        reply("204 No Content", &[], ""),
    ])
    .await?;
    let since = "2026-01-01T00:00:00Z".parse()?;
    let mut events = client!(pagination, server).events().list().since(since).items();
    assert_eq!(events.try_next().await?.map(|event| event.id), Some(1));
    assert!(events.try_next().await?.is_none());
    assert_eq!(lines(&server), ["GET /events?since=2026-01-01T00:00:00Z", "GET /events?since=2026-01-02T03:04:05Z"]);

    let chapters =
        [r#"{"data": [{"id": 1}], "links": {"next": "/chapters?at=2"}}"#, r#"{"data": [{"id": 2}], "links": {}}"#];
    let server = pages(&chapters).await?;
    let mut chapters = client!(pagination, server).chapters().list().items();
    while chapters.try_next().await?.is_some() {}
    assert_eq!(lines(&server), ["GET /chapters", "GET /chapters?at=2"]);

    let first = reply("200 OK", &["link: <?page=2>; rel=\"next\""], r#"[{"id": 1}]"#);
    let server = Server::answering([first, reply("200 OK", &[], "[]")]).await?;
    let mut text = client!(pagination, server).chapters().lines().per_page(1).items();
    while text.try_next().await?.is_some() {}
    assert_eq!(lines(&server), ["GET /chapters/lines?per_page=1", "GET /chapters/lines?page=2"]);

    let server = pages(&[r#"["a", "b"]"#, "[]"]).await?;
    let mut names = client!(pagination, server).names().list().items();
    assert_eq!(names.try_next().await?.as_deref(), Some("a"));
    assert_eq!(names.try_next().await?.as_deref(), Some("b"));
    assert!(names.try_next().await?.is_none());

    let server =
        pages(&[r#"{"data": [{"id": 1}, {"id": 2}], "count": 3}"#, r#"{"data": [{"id": 3}], "count": 3}"#]).await?;
    let mut logs = client!(pagination, server).logs().list().limit(50).items();
    while logs.try_next().await?.is_some() {}
    assert_eq!(lines(&server), ["GET /logs?limit=50", "GET /logs?limit=50&offset=2"]);

    let server = pages(&[r#"{"data": [{"id": 1}], "paging": {"cursors": {"after": "a"}}}"#, r#"{"data": []}"#]).await?;
    let mut feed = client!(pagination, server).logs().feed().items();
    while feed.try_next().await?.is_some() {}
    assert_eq!(lines(&server), ["GET /feed", "GET /feed?after=a"]);

    let server =
        pages(&[r#"{"ticks": ["a"], "next": 7, "more": true}"#, r#"{"ticks": ["b"], "next": 9, "more": false}"#])
            .await?;
    let mut ticks = client!(pagination, server).logs().ticks().items();
    while ticks.try_next().await?.is_some() {}
    assert_eq!(lines(&server), ["GET /feed/ticks", "GET /feed/ticks?from=7"]);
    Ok(())
}

#[tokio::test]
async fn a_response_to_head_has_headers_and_no_body() -> Outcome {
    let json = "content-type: application/json";
    let server = Server::answering([reply("200 OK", &[json, "x-total: 3"], "")]).await?;
    let response = client!(responses, server).jobs().head(1).send_with_response().await?;
    assert_eq!(response.header(responses::headers::X_TOTAL)?, Some(3));
    let server = Server::answering([reply("404 Not Found", &[json], "")]).await?;
    let Err(responses::Error::Api(error)) = client!(responses, server).jobs().head(1).await else {
        return Err("it went well".into());
    };
    assert_eq!(error.status(), 404);
    Ok(())
}

#[tokio::test]
async fn declared_redirects_are_results() -> Outcome {
    let elsewhere =
        reply("302 Found", &["location: https://cdn.example/a.zip", "content-type: text/html"], "<p>Found</p>");
    let server = Server::answering([elsewhere]).await?;
    let response = client!(redirects, server).archives("a").get().send_with_response().await?;
    assert_eq!(response.status(), 302);
    assert_eq!(response.header(redirects::headers::LOCATION)?.as_deref(), Some("https://cdn.example/a.zip"));

    let server = Server::answering([reply("303 See Other", &["location: /home"], "")]).await?;
    client!(redirects, server).logins().create("u").await?;
    assert_eq!(server.requests().len(), 1);

    let refused = reply("401 Unauthorized", &["content-type: application/json"], "{\"reason\": \"password\"}");
    let server = Server::answering([refused]).await?;
    let Err(redirects::Error::Api(error)) = client!(redirects, server).logins().create("u").await else {
        return Err("it went well".into());
    };
    assert!(matches!(error.body(), redirects::ErrorBody::Problem(problem) if problem.reason == "password"));

    // A redirect beside a success is followed.
    let moved = reply("301 Moved Permanently", &["location: /pages/2"], "");
    let server = Server::answering([moved, reply("200 OK", &["content-type: text/plain"], "two")]).await?;
    assert_eq!(client!(redirects, server).pages(1).get().await?, "two");
    Ok(())
}

#[tokio::test]
async fn schemes_and_keys_are_sent_as_declared() -> Outcome {
    let server = Server::answering((0..3).map(|_| reply("204 No Content", &[], ""))).await?;
    let builder = schemes_and_variables::Client::builder().base_url(server.url());
    let schemes = builder.token("abc").api_key("k 1").x_api_key("h").build()?.schemes();
    schemes.token().await?;
    schemes.key().api_key("other").header_api_key("third").await?;
    schemes.header().await?;
    let requests = server.requests();
    assert_eq!(requests[0].header("authorization"), Some("Token abc"));
    assert_eq!(requests[1].first_line(), "GET /key?API_KEY=other&api_key=k%201 HTTP/1.1");
    assert_eq!(requests[1].header("api_key"), Some("third"));
    assert_eq!(requests[2].header("x-api-key"), Some("h"));

    let unset = schemes_and_variables::Client::builder().build().err().ok_or("no error")?.to_string();
    assert!(unset.contains("no value for `tenant`"), "{unset}");
    let client = schemes_and_variables::Client::builder().server_variable("tenant", "a").build()?;
    assert!(format!("{client:?}").contains("https://a.schemes.example"));
    let error = client.schemes().regional().await.err().ok_or("no error")?.to_string();
    assert!(error.contains("no value for `region`"), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_empty_text_has_a_length() -> Outcome {
    let server = empty().await?;
    client!(text_responses, server).texts().notes("").await?;
    assert_eq!(server.request()?.header("content-length"), Some("0"));
    Ok(())
}
