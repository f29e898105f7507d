#![deny(unused_must_use)]

fn main() {
    crm_clients::chatwoot::Client::builder().api_access_token("token");
}
