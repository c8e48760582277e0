#!/usr/bin/env bash
# Installs the provider that was built, for this user: below ~/.terraform.d/plugins, where Terraform and OpenTofu look
# before they ask their registries.
#
#   install.sh BINARY
set -euo pipefail
cd "$(dirname "$0")/.."

# Each of the two has a registry of its own, whose name is part of the path.
readonly registries='registry.terraform.io registry.opentofu.org'

system=$(uname -s | tr '[:upper:]' '[:lower:]')
case $(uname -m) in
  x86_64 | amd64) processor=amd64 ;;
  aarch64 | arm64) processor=arm64 ;;
  *) processor=$(uname -m) ;;
esac

for registry in $registries; do
  folder=$HOME/.terraform.d/plugins/$registry/squadcast-kapacitor/squadcast
  RELEASE_FOLDER=$folder scripts/release.sh pack "${system}_$processor" "$1"
done
echo "Installed. A lock file (.terraform.lock.hcl) that names another build has to be removed before terraform init." >&2
