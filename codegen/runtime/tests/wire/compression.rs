//! Responses that the server compresses.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;

use crm_clients_runtime::generated::{Call, Core};

use crate::{GET, Outcome};

/// `{"a": 1}`, compressed with gzip.
const COMPRESSED: [u8; 28] =
    [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 74, 84, 178, 82, 48, 172, 5, 0, 151, 142, 161, 251, 8, 0, 0, 0];

/// Sends the same compressed response to each connection. Returns its URL.
fn server() -> std::io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut request) = (stream?, [0; 4096]);
            let length = stream.read(&mut request)?;
            let asked = String::from_utf8_lossy(&request[..length]).to_lowercase();
            assert!(asked.contains("accept-encoding: gzip"), "{asked}");
            let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 28\r\nconnection: close\r\n\r\n";
            stream.write_all(head.as_bytes())?;
            stream.write_all(&COMPRESSED)?;
        }
        Ok::<(), std::io::Error>(())
    });
    Ok(url)
}

#[tokio::test]
async fn a_compressed_response_is_read_and_counts_with_its_full_size() -> Outcome {
    let url = server()?;
    let builder = || Core::builder("tests", "https://api.example").base_url(url.clone());
    let response = Call::new(&builder().build()?, &GET, &[&7i64]).send_with_response().await?;
    assert_eq!(&response.raw_body()[..], br#"{"a": 1}"#);
    assert_eq!(response.into_body(), BTreeMap::from([("a".to_owned(), 1)]));

    let limited = builder().response_limit(7).build()?;
    let error = Call::new(&limited, &GET, &[&7i64]).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("larger than the response limit"), "{error}");
    Ok(())
}
