//! Every way of logging in: it works with the right credentials, from the configuration and from the environment, and the
//! error of the wrong ones names the setting and no secret.

use crate::harness::{block_on, provider, quoted, rule, Server, Workspace, RULE};
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::Engine;
use hmac::{Hmac, Mac};
use ring::signature::{KeyPair, RsaKeyPair};
use sandbox::{Auth, ChronografAuth, ChronografConf, Fault, KapacitorConf, Kind, Options, User};
use sha2::Sha256;

const WHY: &str = "it chooses how the server wants its clients to log in";

/// What no output may ever hold, right or wrong.
const SECRET: &str = "s3cret-of-the-right-one";
const WRONG: &str = "s3cret-of-another-one";

/// A setting of the provider: the attribute, the variable of the environment that stands in for it, and its value.
type Setting = (&'static str, &'static str, String);

/// A way of logging in.
struct Login {
    options: Options,
    /// Whether the settings stand in the block `chronograf`.
    in_chronograf: bool,
    right: Vec<Setting>,
    wrong: Vec<Setting>,
    /// What the error has to say; nothing where no credentials are wrong.
    says: &'static [&'static str],
}

fn kapacitor(auth: Auth) -> Options {
    Options {
        conf: KapacitorConf {
            auth,
            ..KapacitorConf::default()
        },
        ..Options::default()
    }
}

fn chronograf(auth: ChronografAuth) -> Options {
    Options {
        chronograf: Some(ChronografConf {
            auth,
            ..ChronografConf::default()
        }),
        ..Options::default()
    }
}

fn provider_with(server: &Server, in_chronograf: bool, settings: &[Setting]) -> String {
    let url = match in_chronograf {
        false => server.kapacitor_url(),
        true => server.insides().chronograf_url().unwrap(),
    };
    let lines = settings
        .iter()
        .map(|(name, _, value)| format!("{name} = {}", quoted(value)));
    let lines: Vec<String> = [format!("url = {}", quoted(&url))].into_iter().chain(lines).collect();
    let lines = lines.join("\n  ");
    provider(&match in_chronograf {
        false => lines,
        true => format!("chronograf = {{\n  {lines}\n  }}"),
    })
}

fn works_right_and_fails_clearly(login: &Login) {
    let Some(server) = Server::sandbox(login.options.clone(), WHY) else {
        return;
    };
    let workspace =
        |settings: &[Setting]| Workspace::with_provider(provider_with(&server, login.in_chronograf, settings));
    let mut hidden: Vec<&str> = vec![SECRET, WRONG];
    hidden.extend(
        login
            .right
            .iter()
            .chain(&login.wrong)
            .map(|(_, _, value)| value.as_str()),
    );
    hidden.retain(|value| value.len() > "username".len());

    if !login.says.is_empty() {
        let refused = workspace(&login.wrong);
        let run = refused.apply_resource(&rule(&server));
        run.fails_once().mentions(login.says);
        assert_eq!(refused.state().find(RULE), None);
        for secret in &hidden {
            assert!(!run.to_string().contains(secret), "a secret is shown: {run}");
        }
    }

    let configured = workspace(&login.right);
    let run = configured.apply_resource(&rule(&server)).succeeds();
    for secret in &hidden {
        assert!(!run.to_string().contains(secret), "a secret is shown: {run}");
    }
    configured.plan().is_empty();
    configured.destroy().succeeds();

    let environment = login
        .right
        .iter()
        .fold(workspace(&[]), |workspace, (_, variable, value)| {
            workspace.env(variable, value)
        });
    environment.apply_resource(&rule(&server)).succeeds();
    environment.plan().is_empty();
}

fn password(names: [&'static str; 2], variables: [&'static str; 2], password: &str) -> Vec<Setting> {
    vec![
        (names[0], variables[0], "sre".to_owned()),
        (names[1], variables[1], password.to_owned()),
    ]
}

const OF_KAPACITOR: [&str; 2] = ["SQUADCAST_KAPACITOR_USERNAME", "SQUADCAST_KAPACITOR_PASSWORD"];
const OF_CHRONOGRAF: [&str; 2] = ["CHRONOGRAF_USERNAME", "CHRONOGRAF_PASSWORD"];

#[test]
fn kapacitor_that_wants_none() {
    works_right_and_fails_clearly(&Login {
        options: Options::default(),
        in_chronograf: false,
        right: vec![],
        wrong: vec![],
        says: &[],
    });
}

#[test]
fn kapacitor_with_a_password() {
    works_right_and_fails_clearly(&Login {
        options: kapacitor(Auth::users([User::admin("sre", SECRET)])),
        in_chronograf: false,
        right: password(["username", "password"], OF_KAPACITOR, SECRET),
        wrong: password(["username", "password"], OF_KAPACITOR, WRONG),
        says: &["401", "`username` and `password`"],
    });
}

#[test]
fn kapacitor_with_its_shared_secret() {
    let names = ["username", "shared_secret"];
    let variables = ["SQUADCAST_KAPACITOR_USERNAME", "SQUADCAST_KAPACITOR_SHARED_SECRET"];
    works_right_and_fails_clearly(&Login {
        options: kapacitor(Auth::shared_secret(SECRET)),
        in_chronograf: false,
        right: password(names, variables, SECRET),
        wrong: password(names, variables, WRONG),
        says: &["401", "`shared_secret`", "clock"],
    });
}

/// A JSON web token for the user `sre`, valid until 2100.
fn token(secret: &str) -> String {
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let signed = format!(
        "{}.{}",
        part(r#"{"alg":"HS256","typ":"JWT"}"#),
        part(r#"{"username":"sre","exp":4102444800}"#)
    );
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[test]
fn kapacitor_with_a_ready_token() {
    works_right_and_fails_clearly(&Login {
        options: kapacitor(Auth::shared_secret(SECRET)),
        in_chronograf: false,
        right: vec![("token", "SQUADCAST_KAPACITOR_TOKEN", token(SECRET))],
        wrong: vec![("token", "SQUADCAST_KAPACITOR_TOKEN", token(WRONG))],
        says: &["401", "`token`"],
    });
}

#[test]
fn kapacitor_without_the_credentials_that_it_wants() {
    let Some(server) = Server::sandbox(kapacitor(Auth::users([User::admin("sre", SECRET)])), WHY) else {
        return;
    };
    let workspace = Workspace::with_provider(provider_with(&server, false, &[]));
    let error = workspace.apply_resource(&rule(&server)).fails_once();
    error.mentions(&["401", "`username`", "`password`", "`shared_secret`", "`token`"]);
}

#[test]
fn chronograf_that_wants_none() {
    works_right_and_fails_clearly(&Login {
        options: chronograf(ChronografAuth::None),
        in_chronograf: true,
        right: vec![],
        wrong: vec![],
        says: &[],
    });
}

#[test]
fn chronograf_with_a_password() {
    works_right_and_fails_clearly(&Login {
        options: Options {
            chronograf: Some(ChronografConf::htpasswd("sre", SECRET)),
            ..Options::default()
        },
        in_chronograf: true,
        right: password(["username", "password"], OF_CHRONOGRAF, SECRET),
        wrong: password(["username", "password"], OF_CHRONOGRAF, WRONG),
        says: &["401", "`username` and `password` under `chronograf`"],
    });
}

/// A key that only these tests know, of 2048 bits.
const PRIVATE_KEY: &str = include_str!("../../src/kapacitor/tests/keys/rsa-pkcs8.pem");

/// The public half of [`PRIVATE_KEY`], or of none that anybody has, as Chronograf takes it.
fn public_key(of_another: bool) -> String {
    let body: String = PRIVATE_KEY.lines().filter(|line| !line.starts_with("-----")).collect();
    let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(body).unwrap()).unwrap();
    let mut public = pair.public_key().as_ref().to_vec();
    if of_another {
        // A byte of the modulus.
        public[40] ^= 1;
    }
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(public)
    )
}

fn superadmin(of_another: bool) -> Options {
    Options {
        chronograf: Some(ChronografConf::superadmin(&public_key(of_another))),
        ..Options::default()
    }
}

fn signing() -> Vec<Setting> {
    vec![(
        "superadmin_private_key",
        "CHRONOGRAF_SUPERADMIN_PRIVATE_KEY",
        PRIVATE_KEY.to_owned(),
    )]
}

#[test]
fn chronograf_with_a_superadmins_key() {
    works_right_and_fails_clearly(&Login {
        options: superadmin(false),
        in_chronograf: true,
        right: signing(),
        wrong: vec![],
        says: &["403", "`superadmin_private_key`", "`username`", "`token`", "`cookie`"],
    });
}

#[test]
fn chronograf_with_the_key_of_another() {
    let Some(server) = Server::sandbox(superadmin(true), WHY) else {
        return;
    };
    let workspace = Workspace::with_provider(provider_with(&server, true, &signing()));
    let run = workspace.apply_resource(&rule(&server));
    run.fails_once()
        .mentions(&["403", "`superadmin_private_key`", "--pub-key-file"]);
    let line = PRIVATE_KEY.lines().nth(3).unwrap();
    assert!(!run.to_string().contains(line), "the key is shown: {run}");
}

#[test]
fn an_unusable_superadmins_key_is_named() {
    let Some(server) = Server::sandbox(superadmin(false), WHY) else {
        return;
    };
    let unusable = [
        ("no-such-file.pem", "nor the path of a file that can be read"),
        (
            "-----BEGIN PRIVATE KEY-----\nbm9uZQ==\n-----END PRIVATE KEY-----\n",
            "cannot be used",
        ),
    ];
    for (key, why) in unusable {
        let settings = [("superadmin_private_key", "", key.to_owned())];
        let workspace = Workspace::with_provider(provider_with(&server, true, &settings));
        let run = workspace.apply_resource(&rule(&server));
        run.fails_once().mentions(&["superadmin_private_key", why]);
        assert!(!run.to_string().contains("bm9uZQ"), "the key is shown: {run}");
    }
}

#[test]
fn chronograf_with_a_ready_token_for_the_proxy_in_front() {
    works_right_and_fails_clearly(&Login {
        options: chronograf(ChronografAuth::BehindProxy {
            token: SECRET.to_owned(),
        }),
        in_chronograf: true,
        right: vec![("token", "CHRONOGRAF_TOKEN", SECRET.to_owned())],
        wrong: vec![("token", "CHRONOGRAF_TOKEN", WRONG.to_owned())],
        says: &["401", "`token`"],
    });
}

#[test]
fn chronograf_with_a_sessions_cookie() {
    works_right_and_fails_clearly(&Login {
        options: chronograf(ChronografAuth::Session {
            value: SECRET.to_owned(),
        }),
        in_chronograf: true,
        right: vec![("cookie", "CHRONOGRAF_COOKIE", format!("session={SECRET}"))],
        wrong: vec![("cookie", "CHRONOGRAF_COOKIE", format!("session={WRONG}"))],
        says: &["403", "`cookie`"],
    });
}

fn is_creation(request: &sandbox::SeenRequest) -> bool {
    request.method == "POST" && request.path == "/kapacitor/v1/tasks"
}

#[test]
fn a_nonce_that_expires_during_an_apply_is_renewed() {
    let Some(server) = Server::sandbox(superadmin(false), WHY) else {
        return;
    };
    let workspace = Workspace::with_provider(provider_with(&server, true, &signing()));
    workspace.write(&rule(&server).hcl());
    // The creation waits for its answer while the nonce expires.
    let creation = Fault::new(Kind::Slow { millis: 1_000 }).on("POST", "/kapacitor/v1/tasks");
    server.fails_with(creation.times(1));
    std::thread::scope(|scope| {
        let apply = scope.spawn(|| workspace.apply_again());
        let created = |requests: &[sandbox::SeenRequest]| requests.iter().any(is_creation);
        block_on(server.insides().wait_for_requests(created));
        server.insides().expire_chronograf_nonce();
        apply.join().unwrap().succeeds();
    });
    // The lease may be looked at just then, so that two requests meet the old nonce; one new nonce serves both.
    let mut seen = server.insides().chronograf_requests();
    let created = seen
        .iter()
        .position(|request| request.method == "POST" && request.path.ends_with("tasks"));
    seen.drain(..created.unwrap());
    let is_refused = |request: &&sandbox::SeenRequest| request.outcome == sandbox::Outcome::Answered(403);
    assert!((1..=2).contains(&seen.iter().filter(is_refused).count()), "{seen:#?}");
    let nonces = seen.iter().filter(|request| request.path == "/nonce");
    assert_eq!(nonces.count(), 1, "{seen:#?}");
    workspace.plan().is_empty();

    let posts = server.insides().requests();
    let posts = posts.iter().filter(|request| is_creation(request));
    assert_eq!(posts.count(), 1, "the creation was sent twice");
}
