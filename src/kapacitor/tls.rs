//! Turns the settings for `https` into what reqwest takes. It runs with the first request, never before.

use reqwest::{tls, Certificate, ClientBuilder, Identity};

use crate::kapacitor::error::SetupError;
use crate::kapacitor::{ClientIdentity, Material, TlsConfig};

const CA_CERT: &str = "CA certificate (`ca_cert`)";
const CLIENT_CERT: &str = "client certificate (`client_cert`)";
const CLIENT_KEY: &str = "client key (`client_key`)";

/// Adds the settings to `builder`, reading the files that they name.
pub(super) fn configure(mut builder: ClientBuilder, config: &TlsConfig) -> Result<ClientBuilder, SetupError> {
    builder = builder.min_tls_version(tls::Version::TLS_1_2);
    if let Some(material) = &config.ca_cert {
        for certificate in certificates(material)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    if let Some(client_identity) = &config.client_identity {
        builder = builder.identity(identity(client_identity)?);
    }
    Ok(builder.danger_accept_invalid_certs(config.insecure_skip_verify))
}

/// The PEM text of `material`; `setting` is its name in errors.
pub(super) fn read(setting: &'static str, material: &Material) -> Result<String, SetupError> {
    match material {
        Material::Pem(text) => Ok(text.expose().to_owned()),
        Material::Path(path) => std::fs::read_to_string(path).map_err(|error| SetupError::Unreadable {
            setting,
            path: path.display().to_string(),
            reason: error.to_string(),
        }),
    }
}

fn certificates(material: &Material) -> Result<Vec<Certificate>, SetupError> {
    let pem = read(CA_CERT, material)?;
    let unusable = |reason: String| SetupError::Unusable {
        setting: CA_CERT,
        reason,
    };
    let certificates = Certificate::from_pem_bundle(pem.as_bytes()).map_err(|error| unusable(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unusable("it holds no \"-----BEGIN CERTIFICATE-----\"".to_owned()));
    }
    Ok(certificates)
}

fn identity(identity: &ClientIdentity) -> Result<Identity, SetupError> {
    let certificate = read(CLIENT_CERT, &identity.certificate)?;
    let key = read(CLIENT_KEY, &identity.private_key)?;
    if key.contains("ENCRYPTED") {
        let reason = "it is encrypted; give it without a passphrase".to_owned();
        return Err(SetupError::Unusable {
            setting: CLIENT_KEY,
            reason,
        });
    }
    Identity::from_pem(format!("{key}\n{certificate}").as_bytes()).map_err(|error| SetupError::Unusable {
        setting: "client certificate with its key (`client_cert`, `client_key`)",
        reason: error.to_string(),
    })
}
