#!/usr/bin/env bash
# Checks docs/ with tfplugindocs, as the Terraform Registry does, against the schema of the provider that was built.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly tool=github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs@v0.25.0

command -v go >/dev/null || {
  echo "tfplugindocs is a Go module: install Go, then try again" >&2
  exit 1
}
terraform=${TERRAFORM_BINARY:-$(command -v terraform || command -v tofu)}
case ${CARGO_TARGET_DIR:=target} in
  /*) built=$CARGO_TARGET_DIR/debug ;;
  *) built=$PWD/$CARGO_TARGET_DIR/debug ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cp examples/provider/provider.tf "$folder"
printf 'provider_installation {\n  dev_overrides {\n    "squadcast-kapacitor/squadcast" = "%s"\n  }\n  direct {}\n}\n' \
  "$built" >"$folder/cli.tfrc"
# tfplugindocs looks for the provider's last name alone.
TF_CLI_CONFIG_FILE=$folder/cli.tfrc "$terraform" -chdir="$folder" providers schema -json |
  sed -E 's|"[^"]*/squadcast-kapacitor/squadcast"|"squadcast"|' >"$folder/schema.json"
go run "$tool" validate --provider-name squadcast --providers-schema "$folder/schema.json"
