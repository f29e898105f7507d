//! A server on its own thread that returns the same page for every request.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

/// Returns a page with this many contacts.
pub fn page(contacts: usize) -> String {
    let data: Vec<Value> = (0..contacts).map(contact).collect();
    json!({
        "data": data,
        "links": {
            "self": "https://api.kajabi.com/v1/contacts?page[number]=1&page[size]=1000",
            "first": "https://api.kajabi.com/v1/contacts?page[number]=1&page[size]=1000",
            "prev": null,
            "next": null,
            "last": "https://api.kajabi.com/v1/contacts?page[number]=1&page[size]=1000"
        },
        "meta": { "total_pages": 1, "total_count": contacts, "current_page": 1 }
    })
    .to_string()
}

fn contact(number: usize) -> Value {
    json!({
        "id": number.to_string(),
        "type": "contacts",
        "attributes": {
            "name": format!("Contact Number {number}"),
            "email": format!("contact-{number}@acme.example"),
            "phone_number": "+34600000000",
            "business_number": null,
            "subscribed": number.is_multiple_of(2),
            "address_line_1": "1 Long Street",
            "address_line_2": null,
            "address_city": "Sevilla",
            "address_country": "ES",
            "address_state": "SE",
            "address_zip": "41001",
            "external_user_id": null,
            "custom_1": "a \"quoted\" value",
            "custom_2": null,
            "custom_3": "ä",
            "created_at": "2026-01-02T03:04:05.678Z",
            "updated_at": "2026-02-03T04:05:06.789Z",
            "mobile_phone_number": null
        },
        "relationships": {
            "site": { "data": { "id": "9", "type": "sites" } },
            "offers": { "links": { "self": "https://api.kajabi.com/v1/contacts/1/relationships/offers" } },
            "tags": { "data": [{ "id": "1", "type": "contact_tags" }, { "id": "2", "type": "contact_tags" }] },
            "customer": { "data": { "id": "7", "type": "customers" } }
        },
        "links": { "customer": "https://api.kajabi.com/v1/customers/7" }
    })
}

/// Starts the server and returns its URL.
pub fn start(body: String) -> std::io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.api+json\r\n";
    let reply = format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let reply = reply.clone();
            std::thread::spawn(move || answer(stream, &reply));
        }
    });
    Ok(url)
}

/// Responds to each request of a connection. It allocates nothing, so that only the client's allocations are counted.
fn answer(mut stream: TcpStream, reply: &[u8]) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = [0; 4096];
    let mut filled = 0;
    loop {
        filled += match stream.read(&mut request[filled..])? {
            0 => return Ok(()),
            read => read,
        };
        if request[..filled].ends_with(b"\r\n\r\n") {
            stream.write_all(reply)?;
            filled = 0;
        }
    }
}
