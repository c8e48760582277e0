//! go-plugin's handshake: what Terraform says in the environment of a plugin that it starts, and the line by which the plugin
//! says where it listens.

use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::CertificateDer;

/// The variable by which Terraform shows that it is Terraform, and its value, from the handshake configuration in Terraform's
/// `plugin` package.
const MAGIC_COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// Which versions of Terraform's protocol the client knows, separated by commas.
const PROTOCOL_VERSIONS: &str = "PLUGIN_PROTOCOL_VERSIONS";

/// The certificate, in PEM, of the only client that may connect.
const CLIENT_CERTIFICATE: &str = "PLUGIN_CLIENT_CERT";

/// The version of go-plugin's own protocol.
const CORE_VERSION: u8 = 1;

/// The version of Terraform's protocol that is served.
const VERSION: u8 = 6;

/// Why a client is not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It knows no version of the protocol that is served.
    #[error(
        "this provider speaks version {VERSION} of Terraform's plugin protocol, and the program that started it only {0}; \
         Terraform 1.8 or newer, or OpenTofu, is needed"
    )]
    Version(String),
    /// It shows no certificate, so that anybody could connect.
    #[error(
        "the program that started the provider set no {CLIENT_CERTIFICATE}, without which the provider lets nobody connect; \
         unset TF_DISABLE_PLUGIN_TLS if it is set"
    )]
    NoCertificate,
    /// Its certificate cannot be read.
    #[error("{CLIENT_CERTIFICATE} is not a certificate in PEM")]
    BadCertificate,
}

/// Whether it was Terraform that started this process, by its environment.
pub fn is_from_terraform(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    variable(MAGIC_COOKIE.0).is_some_and(|cookie| cookie == MAGIC_COOKIE.1)
}

/// The certificate of the client that may connect, by the environment.
pub(crate) fn client_certificate(
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<CertificateDer<'static>, Refusal> {
    // Who does not say which versions it knows knows but one, and finds out by the answer.
    if let Some(versions) = variable(PROTOCOL_VERSIONS) {
        if !versions.split(',').any(|version| version.trim() == VERSION.to_string()) {
            return Err(Refusal::Version(versions));
        }
    }
    let certificate = variable(CLIENT_CERTIFICATE)
        .filter(|pem| !pem.is_empty())
        .ok_or(Refusal::NoCertificate)?;
    CertificateDer::from_pem_slice(certificate.as_bytes()).map_err(|_| Refusal::BadCertificate)
}

/// The line that tells Terraform where to connect, and whom to expect there.
pub(crate) fn line(network: &str, address: &str, certificate: &CertificateDer<'_>) -> String {
    let certificate = STANDARD_NO_PAD.encode(certificate);
    format!("{CORE_VERSION}|{VERSION}|{network}|{address}|grpc|{certificate}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |wanted| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    fn pem() -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        parameters.self_signed(&key).unwrap().pem()
    }

    #[test]
    fn only_terraforms_cookie_is_terraforms() {
        assert!(is_from_terraform(&environment(&[MAGIC_COOKIE])));
        assert!(!is_from_terraform(&environment(&[(MAGIC_COOKIE.0, "x")])));
        assert!(!is_from_terraform(&environment(&[])));
    }

    #[test]
    fn a_client_with_a_certificate_and_version_six_is_served() {
        let pem = pem();
        for versions in [None, Some("6"), Some("5,6"), Some("6, 7")] {
            let mut variables = vec![(CLIENT_CERTIFICATE, pem.as_str())];
            variables.extend(versions.map(|versions| (PROTOCOL_VERSIONS, versions)));
            assert!(client_certificate(&environment(&variables)).is_ok(), "{versions:?}");
        }
    }

    #[test]
    fn a_client_that_cannot_be_served_is_told_why() {
        let pem = pem();
        let cases: [(&[(&str, &str)], &str); 5] = [
            (&[(CLIENT_CERTIFICATE, &pem), (PROTOCOL_VERSIONS, "5")], "version 6"),
            (&[(CLIENT_CERTIFICATE, &pem), (PROTOCOL_VERSIONS, "")], "version 6"),
            (&[], "TF_DISABLE_PLUGIN_TLS"),
            (&[(CLIENT_CERTIFICATE, "")], "TF_DISABLE_PLUGIN_TLS"),
            (&[(CLIENT_CERTIFICATE, "-----BEGIN")], "not a certificate"),
        ];
        for (variables, words) in cases {
            let refusal = client_certificate(&environment(variables)).unwrap_err().to_string();
            assert!(refusal.contains(words), "{refusal}");
            // go-plugin shows a first line of other than four parts or more to the user, as it is.
            assert!(!refusal.contains(['|', '\n']), "{refusal}");
        }
    }
}
