//! Whose certificates are believed when a witness is asked over TLS: the authorities that browsers believe (Mozilla's list, compiled in, so that no
//! machine's own list matters), and those of a file for networks with an authority of their own.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, crypto};

/// How to connect over TLS.
#[derive(Clone)]
pub struct Trust(TlsConnector);

/// Certificates that cannot be believed in.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("{path} 里没有可用的证书（PEM） holds no usable certificate in PEM: {source}")]
    File { path: String, source: pem::Error },
    #[error("{path} 里的证书不能用作签发机构 holds a certificate that is no authority's: {source}")]
    Authority { path: String, source: rustls::Error },
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

impl Trust {
    /// Believes the public authorities.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn public() -> Result<Self, TrustError> {
        Self::of(public())
    }

    /// Believes those of a PEM file as well.
    ///
    /// # Errors
    /// When the file cannot be read or holds none.
    pub fn with(file: &Path) -> Result<Self, TrustError> {
        let path = || file.display().to_string();
        let unusable = |source| TrustError::File { path: path(), source };
        let certificates = CertificateDer::pem_file_iter(file).map_err(unusable)?;
        let certificates: Vec<_> = certificates.collect::<Result<_, _>>().map_err(unusable)?;
        if certificates.is_empty() {
            return Err(unusable(pem::Error::NoItemsFound));
        }
        let mut roots = public();
        for certificate in certificates {
            roots.add(certificate).map_err(|source| TrustError::Authority { path: path(), source })?;
        }
        Self::of(roots)
    }

    fn of(roots: RootCertStore) -> Result<Self, TrustError> {
        let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()));
        let config = config.with_safe_default_protocol_versions()?.with_root_certificates(roots);
        Ok(Self(TlsConnector::from(Arc::new(config.with_no_client_auth()))))
    }

    pub(super) fn connector(&self) -> &TlsConnector {
        &self.0
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust")
    }
}

fn public() -> RootCertStore {
    RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned())
}
