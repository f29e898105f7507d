#![deny(unused_must_use)]

fn list(client: crm_clients::chatwoot::Client) {
    client.account(1).contacts().list().items();
}

fn main() {}
