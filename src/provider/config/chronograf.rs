//! How Kapacitor is reached through Chronograf.

use super::configuration::{bearer_token, wrong, Configuration, ConfigurationError, Sources};
use super::settings::{
    CHRONOGRAF, CHRONOGRAF_COOKIE, CHRONOGRAF_KAPACITOR, CHRONOGRAF_PASSWORD, CHRONOGRAF_SOURCE, CHRONOGRAF_TOKEN,
    CHRONOGRAF_URL, CHRONOGRAF_USERNAME, PASSWORD, SETTINGS, SHARED_SECRET, SUPERADMIN_PRIVATE_KEY, TOKEN, USERNAME,
};
use crate::kapacitor::{ChronografAuth, ChronografConfig, PemSource, Secret, TransportConfig};
use tf_provider::AttributePath;

/// Whether the configuration sets anything of Chronograf's.
pub(super) fn sets_anything(configuration: &Configuration) -> bool {
    let mut settings = SETTINGS.into_iter().filter(|setting| setting.of_chronograf);
    settings.any(|setting| configuration.sets(setting))
}

/// The way through Chronograf. It does not pass credentials on, so those for Kapacitor would be lost without a word.
///
/// # Errors
/// A setting is missing, or contradicts another one.
pub(super) fn transport(sources: Sources<'_>) -> Result<TransportConfig, ConfigurationError> {
    let mut of_kapacitor = [&USERNAME, &PASSWORD, &SHARED_SECRET, &TOKEN].into_iter();
    if let Some(setting) = of_kapacitor.find(|setting| sources.configuration.sets(setting)) {
        let name = setting.name;
        return Err(wrong(
            setting,
            format!(
                "`{name}` outside of `chronograf` is for Kapacitor itself, but requests go through Chronograf, which uses the \
                 credentials of its own connection to Kapacitor instead. Remove `{name}`; what Chronograf wants, such as \
                 `username` and `password`, is set in `chronograf`."
            ),
        ));
    }
    let Some(url) = sources.text(&CHRONOGRAF_URL) else {
        return Err(wrong(
            &CHRONOGRAF_URL,
            "`chronograf` has no `url`, and CHRONOGRAF_URL is not in the environment. Set one of them to Chronograf's base \
             URL, such as http://chronograf:8888.",
        ));
    };
    Ok(TransportConfig::Chronograf(ChronografConfig {
        url,
        source: sources.text(&CHRONOGRAF_SOURCE),
        kapacitor: sources.text(&CHRONOGRAF_KAPACITOR),
        auth: auth(sources)?,
    }))
}

fn auth(sources: Sources<'_>) -> Result<ChronografAuth, ConfigurationError> {
    // A way that the configuration names is not mixed with another one of the environment.
    let sets = |setting| sources.configuration.sets(setting);
    let by_token = sets(&SUPERADMIN_PRIVATE_KEY) || sets(&CHRONOGRAF_TOKEN) || sets(&CHRONOGRAF_COOKIE);
    let by_password = sets(&CHRONOGRAF_USERNAME) || sets(&CHRONOGRAF_PASSWORD);
    let passwords = sources.without_environment_if(by_token);
    let username = passwords.text(&CHRONOGRAF_USERNAME);
    let password = passwords.text(&CHRONOGRAF_PASSWORD).map(Secret::new);
    let tokens = sources.without_environment_if(by_token || by_password);
    let key = tokens.text(&SUPERADMIN_PRIVATE_KEY);
    let token = tokens.text(&CHRONOGRAF_TOKEN).map(|token| bearer_token(&token));
    let cookie = tokens.text(&CHRONOGRAF_COOKIE).map(|cookie| Secret::new(cookie.trim()));
    match (username, password, key, token, cookie) {
        (None, None, None, None, None) => Ok(ChronografAuth::None),
        (Some(username), Some(password), None, None, None) => Ok(ChronografAuth::Basic { username, password }),
        (None, None, Some(key), None, None) => Ok(ChronografAuth::SuperadminToken {
            private_key: PemSource::from_setting(&key),
        }),
        (None, None, None, Some(token), None) => Ok(ChronografAuth::Bearer(token)),
        (None, None, None, None, Some(cookie)) => Ok(ChronografAuth::Cookie(cookie)),
        (Some(_), None, ..) => Err(wrong(
            &CHRONOGRAF_PASSWORD,
            "`username` is set without `password`. Set both, or neither.",
        )),
        (None, Some(_), ..) => Err(wrong(
            &CHRONOGRAF_USERNAME,
            "`password` is set without `username`. Set both, or neither.",
        )),
        _ => Err(ConfigurationError {
            attribute: AttributePath::new(CHRONOGRAF),
            detail: "More than one way of authenticating is set, in `chronograf` or as CHRONOGRAF_… in the environment. Set \
                     one of `username` with `password`, `superadmin_private_key`, `token` and `cookie`."
                .into(),
        }),
    }
}
