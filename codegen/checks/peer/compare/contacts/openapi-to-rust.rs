//! Lists contacts a given number of times.

use client::generated::HttpClient;

const NO: Option<&str> = None;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (url, calls) = (arguments.next().ok_or("no URL")?, arguments.next().ok_or("no number")?.parse()?);
    let client = HttpClient::new().with_base_url(url).with_api_key("token");
    let mut listed = 0;
    for _ in 0..calls {
        // All filters, in order.
        #[rustfmt::skip]
        let page = client.get_v1_contacts(
            NO, None, None, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
            NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
            NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
        );
        listed += page.await?.data.map_or(0, |data| data.len());
    }
    println!("{listed}");
    Ok(())
}
