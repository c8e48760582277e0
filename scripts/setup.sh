#!/usr/bin/env bash
# Installs what the build and the tests need and this machine lacks: Rust, a C compiler, protoc, curl, and terraform or
# OpenTofu. Does nothing where all of it is there, so that every make target can begin with it.
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

package_lists_updated=no
install_package() { # names of the package: for Homebrew, for apt
  if have brew; then
    brew install "$1"
  elif have apt-get; then
    if [ "$package_lists_updated" = no ]; then
      as_root apt-get update -qq
      package_lists_updated=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"
  else
    echo "setup: this machine has neither apt-get nor Homebrew: install $2 by hand, then try again" >&2
    exit 1
  fi
}

ensure_rust() {
  if ! have cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then
    echo "setup: cargo is in $HOME/.cargo/bin, which is not on the PATH: add it, then try again" >&2
    exit 1
  fi
  have cargo && return
  echo "setup: installing Rust"
  install_package rustup rustup
  rustup default stable
}

# OpenTofu is in no Debian or Ubuntu release; where Go is there, it can be built from its module.
ensure_terraform() {
  if [ -n "${TERRAFORM_BINARY:-}" ] || have terraform || have tofu; then return; fi
  echo "setup: installing OpenTofu, since there is no terraform"
  if have brew; then
    brew install opentofu
  elif have snap; then
    as_root snap install --classic opentofu
  elif have go; then
    as_root env GOBIN=/usr/local/bin "$(command -v go)" install github.com/opentofu/opentofu/cmd/tofu@latest
  else
    echo "setup: install terraform (1.8 or newer) or OpenTofu, put it on the PATH, then try again" >&2
    exit 1
  fi
}

ensure_rust
have cc || install_package gcc build-essential
have protoc || { echo "setup: installing protoc"; install_package protobuf protobuf-compiler; }
have curl || install_package curl curl
ensure_terraform
