async fn search(client: crm_clients::chatwoot::Client) -> Result<(), crm_clients::chatwoot::Error> {
    client.account(1).contacts().search().await?;
    Ok(())
}

fn main() {}
