//! Lists contacts a given number of times.

use client::{ApiResponse, GetV1ContactsRequest, KajabiApiV1Client};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (url, calls) = (arguments.next().ok_or("no URL")?, arguments.next().ok_or("no number")?.parse()?);
    let client = KajabiApiV1Client::with_base_url(url)?.with_bearer("token");
    let mut listed = 0;
    for _ in 0..calls {
        let ApiResponse::Ok(page) = client.get_v1_contacts(GetV1ContactsRequest::default()).await? else {
            return Err("the API returned an error".into());
        };
        listed += page.data.map_or(0, |data| data.len());
    }
    println!("{listed}");
    Ok(())
}
