#![deny(unused_must_use)]

async fn delete(client: crm_clients::chatwoot::Client) {
    client.account(1).contacts().delete(7);
}

fn main() {}
