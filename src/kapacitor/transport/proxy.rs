//! Which proxy a request goes through, by the environment: the variables as Go's programs and curl read them.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use crate::kapacitor::config::is_loopback;
use crate::secret::Secret;

/// A proxy that the environment names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::kapacitor) struct Proxy {
    /// The variable that names it.
    pub variable: &'static str,
    /// Its URL, with the credentials that it may carry.
    pub url: Secret,
}

impl Proxy {
    /// The variables of the environment that name one.
    pub(crate) const VARIABLES: [&'static str; 6] = [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];

    /// The URL that such a variable means, which may leave out the scheme.
    pub(crate) fn with_scheme(value: String) -> String {
        if value.contains("://") {
            value
        } else {
            format!("http://{value}")
        }
    }

    /// The proxy for requests to `url`; `None` if they go straight to the server.
    ///
    /// As in Go (golang.org/x/net/http/httpproxy), this machine's own addresses are never asked for through a proxy. As in
    /// curl, `ALL_PROXY` counts too.
    pub(crate) fn of(url: &Url, environment: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &'static str| {
            environment(name)
                .filter(|value| !value.is_empty())
                .map(|value| (name, value))
        };
        let scheme = match url.scheme() {
            "https" => ["HTTPS_PROXY", "https_proxy"],
            // A request's header `Proxy` becomes HTTP_PROXY in a CGI program (httpoxy).
            _ if environment("REQUEST_METHOD").is_some() => ["http_proxy", "http_proxy"],
            _ => ["HTTP_PROXY", "http_proxy"],
        };
        let (variable, proxy) = scheme.into_iter().chain(["ALL_PROXY", "all_proxy"]).find_map(set)?;
        let exceptions = ["NO_PROXY", "no_proxy"].into_iter().find_map(set);
        if is_loopback(url) || exceptions.is_some_and(|(_, exceptions)| is_excepted(url, &exceptions)) {
            return None;
        }
        Some(Proxy {
            variable,
            url: Secret::new(Proxy::with_scheme(proxy)),
        })
    }

    /// Scheme, host and port, and the variable that says so.
    pub(crate) fn address(&self) -> String {
        match Url::parse(self.url.expose()) {
            Ok(url) => format!("{} ({})", url.origin().ascii_serialization(), self.variable),
            Err(_) => self.variable.to_owned(),
        }
    }
}

/// Whether an entry of `NO_PROXY` speaks of the host of `url`.
fn is_excepted(url: &Url, exceptions: &str) -> bool {
    exceptions
        .split([',', ' ', '\t', '\n', '\r'])
        .filter(|entry| !entry.is_empty())
        .any(|entry| speaks_of(&entry.to_lowercase(), url))
}

fn speaks_of(entry: &str, url: &Url) -> bool {
    if entry == "*" {
        return true;
    }
    if let Ok(net) = entry.parse::<IpNet>() {
        return address_of(url).is_some_and(|address| net.contains(&address));
    }
    let (host, port) = host_and_port(entry);
    if port.is_some_and(|port| Some(port) != url.port_or_known_default()) {
        return false;
    }
    if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return address_of(url) == Some(address);
    }
    match (url.host(), domain_of(host)) {
        (Some(Host::Domain(name)), Some((domain, only_below))) => is_or_is_below(name, &domain, only_below),
        _ => false,
    }
}

fn address_of(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}

/// An address of IPv6 without brackets has colons and no port.
fn host_and_port(entry: &str) -> (&str, Option<u16>) {
    match entry.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

/// The domain that an entry names, as it stands in a URL, and whether only names below it are meant: Go reads `*.corp` so,
/// while curl takes `.corp` for `corp` as well.
fn domain_of(host: &str) -> Option<(String, bool)> {
    let (domain, only_below) = match host.strip_prefix("*.") {
        Some(domain) => (domain, true),
        None => (host.strip_prefix('.').unwrap_or(host), false),
    };
    let domain = Host::parse(domain.trim_end_matches('.')).ok()?;
    Some((domain.to_string(), only_below))
}

fn is_or_is_below(name: &str, domain: &str, only_below: bool) -> bool {
    match name.trim_end_matches('.').strip_suffix(domain) {
        Some("") => !only_below,
        Some(rest) => rest.ends_with('.'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy_for(url: &str, environment: &[(&str, &str)]) -> Option<Proxy> {
        Proxy::of(&Url::parse(url).unwrap(), |name| {
            environment
                .iter()
                .find(|(set, _)| *set == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn is_asked_directly(url: &str, exceptions: &str) -> bool {
        proxy_for(url, &[("HTTP_PROXY", "http://proxy:3128"), ("NO_PROXY", exceptions)]).is_none()
    }

    /// The cases of Go's own test (golang.org/x/net/http/httpproxy, `UseProxyTests` and `proxyForURL`), and curl's.
    #[test]
    fn no_proxy_is_read_as_go_and_curl_read_it() {
        let list =
            "foobar.com, .barbaz.net,*.corp, kapacitor:9092,192.168.1.1,192.168.1.2:81,192.168.3.0/24,10.0.0.1/8,\
                    2001:db8::52:0:1,[2001:db8::52:0:2]:443,[2001:db8::52:0:3]:80,2002:db8:a::45/64,bücher.example";
        for (url, directly) in [
            ("http://foobar.com", true),
            ("http://www.foobar.com", true),
            ("http://FOOBAR.COM", true),
            ("http://foofoobar.com", false),
            ("http://www.barbaz.net", true),
            ("http://barbaz.net", true),
            ("http://foobarbaz.net", false),
            ("http://kapacitor.corp:9092", true),
            ("http://corp", false),
            ("http://notcorp", false),
            ("http://kapacitor:9092", true),
            ("http://kapacitor:9093", false),
            ("http://www.kapacitor:9092", true),
            ("http://kapacitor", false),
            ("http://192.168.1.1", true),
            ("http://192.168.1.2", false),
            ("http://192.168.1.2:81", true),
            ("http://192.168.1.3", false),
            ("http://192.168.3.77", true),
            ("http://192.168.4.77", false),
            ("http://10.200.0.1:9092", true),
            ("http://[2001:db8::52:0:1]", true),
            ("http://[2001:db8::52:0:2]:443", true),
            ("http://[2001:db8::52:0:2]", false),
            ("http://[2001:db8::52:0:3]", true),
            ("http://[2002:db8:a::123]", true),
            ("http://[fe80::424b:c8be:1643:a1b6]", false),
            ("http://xn--bcher-kva.example", true),
            ("http://local.localhost", true),
            ("http://127.0.0.2", true),
            ("http://[::1]:9092", true),
            ("http://localhost.example.com", false),
        ] {
            assert_eq!(is_asked_directly(url, list), directly, "{url}");
        }
        for everything in ["*", " * ", "other, *"] {
            assert!(is_asked_directly("http://kapacitor:9092", everything), "{everything:?}");
        }
        assert!(
            is_asked_directly("http://kapacitor:9092", "a.example kapacitor"),
            "curl takes blanks"
        );
        assert!(!is_asked_directly("http://kapacitor:9092", ""));
    }

    #[test]
    fn each_scheme_has_its_own_variable() {
        let environment = [
            ("HTTP_PROXY", "http://plain:3128"),
            ("https_proxy", "me:hunter2@secure:3128"),
            ("ALL_PROXY", "http://all:3128"),
        ];
        let address = |url| proxy_for(url, &environment).unwrap().address();
        assert_eq!(address("http://kapacitor:9092"), "http://plain:3128 (HTTP_PROXY)");
        assert_eq!(address("https://kapacitor:9092"), "http://secure:3128 (https_proxy)");
        let only_all = &environment[2..];
        assert_eq!(proxy_for("http://kapacitor", only_all).unwrap().variable, "ALL_PROXY");
        assert_eq!(proxy_for("http://kapacitor", &[]), None);
        let cgi = [("HTTP_PROXY", "http://attacker"), ("REQUEST_METHOD", "GET")];
        assert_eq!(proxy_for("http://kapacitor", &cgi), None);
    }
}
