//! Where a witness answers, and one request to it: over TLS if the address begins with `https://`. What is sent is public and signed, and so is the
//! answer, so that plain HTTP is enough; TLS is for networks that let nothing else through.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, CertificateError};

use super::trust::Trust;
use super::witnesses::{Refusal, WitnessAddressError};

/// Longest answer that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// A witness's address.
#[derive(Clone, Debug)]
pub(super) struct Address {
    uri: Uri,
    /// Whose certificates count; `None` over plain HTTP.
    trust: Option<Trust>,
}

impl FromStr for Address {
    type Err = WitnessAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| WitnessAddressError::Address)?;
        let trust = match (uri.scheme_str(), uri.host()) {
            (Some("http"), Some(_)) => None,
            (Some("https"), Some(host)) if ServerName::try_from(bare(host)).is_ok() => Some(Trust::public()?),
            _ => return Err(WitnessAddressError::Address),
        };
        Ok(Self { uri, trust })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

impl Address {
    /// Believes other certificates from now on. Over plain HTTP there are none.
    pub(super) fn believe(&mut self, trust: &Trust) {
        if self.trust.is_some() {
            self.trust = Some(trust.clone());
        }
    }

    /// Posts a text below the address; the answer's status and text.
    pub(super) async fn post(&self, below: &str, body: String) -> Result<(StatusCode, String), Refusal> {
        let host = bare(self.uri.host().unwrap_or_default());
        let port = self.uri.port_u16().unwrap_or(if self.trust.is_some() { 443 } else { 80 });
        let request = Request::post(format!("{}/{below}", self.uri.path().trim_end_matches('/')))
            .header(header::HOST, self.uri.authority().map_or(host, |authority| authority.as_str()))
            .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(Full::new(Bytes::from(body)))
            .map_err(silent)?;
        let stream = TcpStream::connect((host, port)).await.map_err(silent)?;
        match &self.trust {
            None => exchange(stream, request).await.map_err(over_plain),
            Some(trust) => {
                let name = ServerName::try_from(host.to_owned()).map_err(silent)?;
                let stream = trust.connector().connect(name, stream).await.map_err(over_tls)?;
                exchange(stream, request).await.map_err(silent)
            }
        }
    }
}

/// A host without the brackets of IPv6.
fn bare(host: &str) -> &str {
    host.trim_matches(['[', ']'])
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<(StatusCode, String), Failed>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answer = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LONGEST).collect().await?;
        Ok((status, String::from_utf8_lossy(&body.to_bytes()).into_owned()))
    };
    tokio::select! {
        answer = answer => answer,
        // Its end without an answer is told to the sender as well, and said better there.
        never = async { let _ = connection.await; std::future::pending().await } => never,
    }
}

fn silent(error: impl fmt::Display) -> Refusal {
    Refusal::Silent(error.to_string())
}

/// A TLS port answers a plain request with an alert, or not at all.
fn over_plain(error: Failed) -> Refusal {
    match error.downcast_ref::<hyper::Error>() {
        Some(error) if error.is_parse() || error.is_incomplete_message() => Refusal::NotHttp(error.to_string()),
        _ => silent(error),
    }
}

fn over_tls(error: std::io::Error) -> Refusal {
    use CertificateError::{NotValidForName, NotValidForNameContext, UnknownIssuer};
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(UnknownIssuer)) => Refusal::UnknownAuthority,
        Some(rustls::Error::InvalidCertificate(error @ (NotValidForName | NotValidForNameContext { .. }))) => {
            Refusal::OtherHost(error.to_string())
        }
        Some(rustls::Error::InvalidMessage(_)) => Refusal::NotTls,
        _ => silent(error),
    }
}
