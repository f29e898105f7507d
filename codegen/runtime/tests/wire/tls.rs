//! Calls over TLS, as used by real servers.

use std::sync::Arc;

use crm_clients_runtime::generated::Call;
use crm_clients_runtime::generated::Core;
use crm_clients_runtime::{Error, Retry, http_client_builder};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::server::reply;
use crate::{GET, Outcome};

/// A self-signed certificate for `localhost`, created with `openssl req -x509`.
const CERTIFICATE: &[u8] = include_bytes!("tls/certificate.pem");
const KEY: &[u8] = include_bytes!("tls/key.pem");

/// Serves clients that trust its certificate, and returns the URL.
async fn serve() -> Result<String, Box<dyn std::error::Error>> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from_pem_slice(CERTIFICATE)?], PrivateKeyDer::from_pem_slice(KEY)?)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("https://localhost:{}", listener.local_addr()?.port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(reply("200 OK", &[], r#"{"n":1}"#).as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    Ok(url)
}

#[tokio::test]
async fn a_server_needs_a_trusted_certificate() -> Outcome {
    let url = serve().await?;
    let builder = Core::builder("tests", "https://api.example").base_url(url).retry(Retry::never());

    match Call::new(&builder.clone().build()?, &GET, &[&1i64]).await {
        Err(error @ Error::Transport(_)) => {
            assert!(error.is_connect(), "{error:?}");
            assert!(error.to_string().contains("invalid peer certificate"), "{error}");
        }
        outcome => return Err(format!("{outcome:?}").into()),
    }

    let certificate = reqwest::Certificate::from_pem(CERTIFICATE)?;
    let trusting = http_client_builder().tls_certs_only([certificate]).build()?;
    let numbers = Call::new(&builder.http_client(trusting).build()?, &GET, &[&1i64]).await?;
    assert_eq!(numbers.get("n"), Some(&1));
    Ok(())
}
