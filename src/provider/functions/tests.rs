//! The functions, called as Terraform calls them.

use crate::protocol::tests::call_function;
use crate::provider::SquadcastProvider;
use serde_json::{json, Value};

async fn call(name: &str, script: &str) -> Result<Value, (String, Option<i64>)> {
    call_function(SquadcastProvider::default(), name, json!(script)).await
}

#[tokio::test]
async fn a_script_is_formatted_as_kapacitor_prints_it_and_then_stays() {
    let formatted = call("tickscript_format", "var a=1\nstream|from( ).measurement('cpu')").await;
    let expected = "var a = 1\n\nstream\n    |from()\n        .measurement('cpu')\n";
    assert_eq!(formatted.unwrap(), expected);
    assert_eq!(call("tickscript_format", expected).await.unwrap(), expected);
}

#[tokio::test]
async fn a_script_that_breaks_is_an_error_at_the_argument_with_the_place_and_without_its_texts() {
    for name in ["tickscript_format", "tickscript_vars"] {
        let (text, argument) = call(name, "var a = 1\nvar b = 'planted' )").await.unwrap_err();
        assert_eq!(argument, Some(0));
        assert!(text.contains("line 2, column 19"), "{text}");
        assert!(text.contains("\n2 | var b = … …\n  |           ^"), "{text}");
        assert!(!text.contains("planted"), "{text}");
    }
}

#[tokio::test]
async fn vars_have_types_values_and_descriptions() {
    let script = "// How much is too much\nvar crit = 90.5\nvar low = -5\nvar every = 10m\nvar host string\n\
                  var tags = ['a', *]\nvar where = lambda: \"cpu\" == 'total'\nvar data = stream|from()\n";
    let var = |kind: &str, value: Value, description: &str| json!({ "type": kind, "value": value, "description": description });
    assert_eq!(
        call("tickscript_vars", script).await.unwrap(),
        json!({
            "crit": var("float", json!("90.5"), "How much is too much"),
            "low": var("int", json!("-5"), ""),
            "every": var("duration", json!("10m"), ""),
            "host": var("string", json!(null), ""),
            "tags": var("list", json!("['a', *]"), ""),
            "where": var("lambda", json!("lambda: \"cpu\" == 'total'"), ""),
        })
    );
}

#[tokio::test]
async fn a_var_that_is_declared_twice_is_named() {
    let (text, argument) = call("tickscript_vars", "var a = 1\nvar a = 2").await.unwrap_err();
    assert_eq!(argument, Some(0));
    assert!(text.contains("var a is declared twice"), "{text}");
}
