//! OpenAPI's table of styles, paths with colons, and servers, over real sockets.

use crate::Outcome;
use crate::server::{Request, Server, reply};
use crate::themes::{colon_paths, style_table, swagger_2};
use style_table::types::{Color, Deep};

async fn table() -> Result<(style_table::Client, Server), Box<dyn std::error::Error>> {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    Ok((style_table::Client::builder().base_url(server.url()).build()?, server))
}

fn color() -> Color {
    Color::new(100).g(200).name("a b/c")
}

fn target(request: &Request) -> &str {
    request.first_line().trim_start_matches("GET ").trim_end_matches(" HTTP/1.1")
}

#[tokio::test]
async fn values_in_paths_have_their_style() -> Outcome {
    let (client, server) = table().await?;
    let (paths, list) = (client.paths(), || ["blue", "a,b"]);
    paths.get_simple("a/b", list(), color()).await?;
    paths.get_simple_exploded(list(), color()).await?;
    paths.get_label("a.b", list(), color()).await?;
    paths.get_label_exploded(list(), color()).await?;
    paths.matrix("a;b", list(), color()).await?;
    paths.matrix_exploded(list(), color()).await?;
    paths.get_other(Color::new(1), "a:b@c,d/e", [("k", 1)]).await?;
    let requests = server.requests();
    let expected = [
        "/simple/a%2Fb/blue,a%2Cb/R,100,G,200,name,a%20b%2Fc",
        "/simpleExploded/blue,a%2Cb/R=100,G=200,name=a%20b%2Fc",
        "/label/.a.b/.blue,a%2Cb/.R,100,G,200,name,a%20b%2Fc",
        "/labelExploded/.blue.a%2Cb/.R=100.G=200.name=a%20b%2Fc",
        "/matrix;text=a%3Bb;list=blue,a%2Cb;object=R,100,G,200,name,a%20b%2Fc",
        "/matrixExploded;list=blue;list=a%2Cb;R=100;G=200;name=a%20b%2Fc",
        "/others/%7B%22R%22%3A1%7D/a:b@c,d%2Fe/k,1",
    ];
    assert_eq!(requests.iter().map(target).collect::<Vec<_>>(), expected);
    Ok(())
}

#[tokio::test]
async fn values_in_queries_have_their_style() -> Outcome {
    let (client, server) = table().await?;
    let color = || Color::new(100).g(200);
    let list = || ["blue", "black"];
    let queries = || client.queries().list();
    queries().form(color()).await?;
    queries().exploded(color()).await?;
    queries().space(list()).space_object(color()).await?;
    queries().pipe(list()).pipe_object(color()).await?;
    queries().space_exploded(list()).await?;
    queries().deep(Deep::new().color(color()).list([1, 2])).await?;
    queries().nested([color()]).await?;
    let requests = server.requests();
    let expected = [
        "/queries?form=R,100,G,200",
        "/queries?R=100&G=200",
        "/queries?space=blue%20black&spaceObject=R%20100%20G%20200",
        "/queries?pipe=blue%7Cblack&pipeObject=R%7C100%7CG%7C200",
        "/queries?spaceExploded=blue&spaceExploded=black",
        "/queries?deep%5Bcolor%5D%5BR%5D=100&deep%5Bcolor%5D%5BG%5D=200&deep%5Blist%5D%5B%5D=1&deep%5Blist%5D%5B%5D=2",
        "/queries?nested=%7B%22R%22:100,%22G%22:200%7D",
    ];
    assert_eq!(requests.iter().map(target).collect::<Vec<_>>(), expected);
    Ok(())
}

#[tokio::test]
async fn values_in_headers_and_cookies_have_their_style() -> Outcome {
    let (client, server) = table().await?;
    let color = || Color::new(100).g(200);
    let call = client.headers().list().x_list(["blue", "black"]).x_exploded_list(["blue", "black"]);
    call.x_object(color()).x_exploded(color()).x_json(color()).await?;
    let request = server.request()?;
    let expected = [
        ("x-list", "blue,black"),
        ("x-exploded-list", "blue,black"),
        ("x-object", "R,100,G,200"),
        ("x-exploded", "R=100,G=200"),
        ("x-json", r#"{"R":100,"G":200}"#),
    ];
    for (name, value) in expected {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
    let (client, server) = table().await?;
    let call = client.cookies().list().text("a b;c").list(["blue", "black"]).list_exploded(["blue", "black"]);
    let call = call.object(color()).object_exploded(color()).plain("a/b%20=c").plain_list(["x", "y"]);
    call.plain_exploded(["x", "y"]).await?;
    let sent = "text=a%20b%3Bc; list=blue%2Cblack; listExploded=blue; listExploded=black; object=R%2C100%2CG%2C200; R=100; G=200; \
                plain=a/b%20=c; plainList=x,y; plainExploded=x; plainExploded=y";
    assert_eq!(server.request()?.header("cookie"), Some(sent));
    let refused = client.cookies().list().plain("a;b").await.err().ok_or("it was sent")?;
    assert!(refused.to_string().contains("the cookie `plain` contains a character that cannot be sent"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn colons_in_paths_mark_declared_parameters() -> Outcome {
    let server = Server::answering([reply("204 No Content", &[], "")]).await?;
    let client = colon_paths::Client::builder().base_url(server.url()).build()?;
    client.notes().get_line("n", 2).await?;
    client.notes().archive("n").await?;
    client.notes().literal().await?;
    let sent: Vec<_> = server.requests().iter().map(|request| request.first_line().to_owned()).collect();
    let expected =
        ["GET /notes/n/lines/2.json HTTP/1.1", "POST /notes/n:archive HTTP/1.1", "GET /notes/:undeclared HTTP/1.1"];
    assert_eq!(sent, expected);
    Ok(())
}

#[tokio::test]
async fn the_separators_of_swagger_2_are_sent() -> Outcome {
    let server = Server::answering([reply("200 OK", &["content-type: application/json"], "[]")]).await?;
    let pets = swagger_2::Client::builder().base_url(server.url()).x_key("k").build()?;
    let call = pets.pets().list().ids([1, 2]).tags(["a", "b"]).odd(["a", "b c"]);
    call.x_tabs(["a", "b"]).x_spaces(["a", "b"]).x_pipes(["a", "b"]).x_multi(["a", "b"]).await?;
    let request = server.request()?;
    assert_eq!(request.first_line(), "GET /pets?ids=1%7C2&tags=a&tags=b&odd=a%09b%20c HTTP/1.1");
    let sent = ["x-tabs", "x-spaces", "x-pipes", "x-multi"].map(|name| request.header(name));
    assert_eq!(sent, [Some("a\tb"), Some("a b"), Some("a|b"), Some("a,b")]);
    let refused = pets.pets().list().x_tabs(["a\tb"]).await.err().ok_or("it was sent")?;
    assert!(refused.to_string().contains("an element of `x-tabs` contains '\\t'"), "{refused}");
    Ok(())
}
