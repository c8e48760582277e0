//! The webhooks of a rule.

use super::*;

#[test]
fn posts_need_a_url_that_works() {
    let url = |url: &str| {
        with_post(PostSpec {
            url: url.into(),
            ..PostSpec::default()
        })
    };
    assert_error(with_post(PostSpec::default()), "post[0].url", "needs a url");
    assert_error(url("api.squadcast.com/v2/s3cret"), "post[0].url", "https://host/path");
    assert_error(url("ftp://host/s3cret"), "post[0].url", "http://");
    assert_error(
        with_post(PostSpec {
            endpoint: "".into(),
            ..PostSpec::default()
        }),
        "post[0].endpoint",
        "empty",
    );
    for written in ["ftp://host/s3cret", "s3cret", "https://"] {
        assert!(!format!("{:?}", url(written).check()).contains("s3cret"));
    }
}

#[test]
fn headers_that_kapacitor_refuses_or_cannot_send_are_refused() {
    let post = |headers, sensitive_headers| {
        with_post(PostSpec {
            url: "https://host".into(),
            headers,
            sensitive_headers,
            ..PostSpec::default()
        })
    };
    let none = || Field::Absent;
    assert_error(
        post(texts(&[("authenticate", "x")]), none()),
        "post[0].headers[\"authenticate\"]",
        "Authorization",
    );
    assert_error(
        post(none(), texts(&[("AUTHENTICATE", "x")])),
        "post[0].sensitive_headers[\"AUTHENTICATE\"]",
        "refuses",
    );
    assert_error(
        post(texts(&[("X Key", "x")]), none()),
        "post[0].headers[\"X Key\"]",
        "no name of an HTTP header",
    );
    assert_error(
        post(texts(&[("X", "a\nb")]), none()),
        "post[0].headers[\"X\"]",
        "line breaks",
    );
    assert_error(
        post(texts(&[("X-Key", "x")]), texts(&[("x-key", "y")])),
        "post[0].sensitive_headers[\"x-key\"]",
        "twice",
    );
}

#[test]
fn a_post_says_url_and_endpoint() {
    let post = PostSpec {
        url: "https://host/a".into(),
        endpoint: "squadcast".into(),
        ..PostSpec::default()
    };
    let script = Rule::try_from(with_post(post)).unwrap().to_tickscript();
    assert!(
        script.contains("\n        .post('https://host/a')\n        .endpoint('squadcast')\n"),
        "{script}"
    );
    let post = PostSpec {
        endpoint: "squadcast".into(),
        ..PostSpec::default()
    };
    let script = Rule::try_from(with_post(post)).unwrap().to_tickscript();
    assert!(
        script.contains("\n        .post()\n        .endpoint('squadcast')\n"),
        "{script}"
    );
}
