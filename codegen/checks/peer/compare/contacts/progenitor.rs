//! Lists contacts a given number of times.

use client::Client;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (url, calls) = (arguments.next().ok_or("no URL")?, arguments.next().ok_or("no number")?.parse()?);
    let authorization = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer token"))]);
    let http = reqwest::Client::builder().default_headers(authorization).build()?;
    let client = Client::new_with_client(&url, http);
    let mut listed = 0;
    for _ in 0..calls {
        // All filters, in order.
        #[rustfmt::skip]
        let page = client.contacts_list(
            None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
            None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
            None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
            None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
            None, None, None, None, None, None, None, None, None,
        );
        listed += page.await?.data.len();
    }
    println!("{listed}");
    Ok(())
}
