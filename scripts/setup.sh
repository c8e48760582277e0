#!/usr/bin/env bash
# Installs what the build and the tests need and this machine lacks: Rust, a C compiler, protoc, curl, zip, and terraform
# or OpenTofu; with the word release also what a release needs. Does nothing where all of it is there, so that every make
# target can begin with it.
#
# On macOS everything comes from Homebrew. On Debian and Ubuntu everything comes from apt but two: rustup where apt has
# none (before Debian 13 and Ubuntu 24.04), and OpenTofu, from the places where their projects publish them.
set -euo pipefail

# The release of OpenTofu to install where there is neither terraform nor tofu.
readonly opentofu_version=${OPENTOFU_VERSION:-1.12.6}

# Where rustup puts cargo.
export PATH=$PATH:$HOME/.cargo/bin

have() { command -v "$1" >/dev/null 2>&1; }

say() { printf 'setup: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    fail "this needs root, and there is no sudo: $*"
  fi
}

package_lists_updated=no
update_package_lists() {
  if [ "$package_lists_updated" = no ]; then
    as_root apt-get update -qq
    package_lists_updated=yes
  fi
}

apt_install() {
  update_package_lists
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_package() { # its name for Homebrew, its names for apt
  local homebrew=$1
  shift
  say "installing $*"
  if have brew; then
    brew install --quiet "$homebrew"
  elif have apt-get; then
    apt_install ca-certificates "$@"
  else
    fail "this machine has neither Homebrew nor apt-get: install $* by hand, then try again"
  fi
}

apt_has() {
  update_package_lists
  apt-cache show "$1" >/dev/null 2>&1
}

ensure_rust() {
  have cargo && return
  say "installing Rust"
  if have brew; then
    brew install --quiet rust
  elif have apt-get && apt_has rustup; then
    apt_install ca-certificates rustup
    rustup default stable
  else
    curl --proto '=https' --tlsv1.2 -fsSL https://sh.rustup.rs | sh -s -- -y --profile minimal --component rustfmt,clippy
  fi
  have cargo || fail "cargo is not on the PATH after the installation"
}

# Some distributions package these apart from cargo.
ensure_lints() {
  if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then return; fi
  have rustup || return 0
  say "installing rustfmt and clippy"
  rustup component add rustfmt clippy
}

# No Debian or Ubuntu release has OpenTofu.
ensure_terraform() {
  if [ -n "${TERRAFORM_BINARY:-}" ] || have terraform || have tofu; then return; fi
  say "installing OpenTofu, since there is neither terraform nor tofu"
  if have brew; then
    brew install --quiet opentofu
  elif have apt-get; then
    install_opentofu_package
  else
    fail "install terraform (1.8 or newer) or OpenTofu, put it on the PATH, then try again"
  fi
}

install_opentofu_package() {
  local folder releases package
  folder=$(mktemp -d)
  releases=https://github.com/opentofu/opentofu/releases/download/v$opentofu_version
  package=tofu_${opentofu_version}_$(dpkg --print-architecture).deb
  curl -fsSL --output "$folder/$package" "$releases/$package"
  curl -fsSL --output "$folder/SHA256SUMS" "$releases/tofu_${opentofu_version}_SHA256SUMS"
  (cd "$folder" && grep " $package\$" SHA256SUMS | sha256sum --check --quiet --strict)
  # Unpacking as another user needs read access.
  chmod 755 "$folder"
  apt_install "$folder/$package"
  rm -r "$folder"
}

# Debian packages the compiler apart from the files that the protocol of plugins imports.
protoc_works() {
  local folder code=0
  have protoc || return 1
  folder=$(mktemp -d)
  printf 'syntax = "proto3";\nimport "google/protobuf/empty.proto";\n' >"$folder/probe.proto"
  protoc --proto_path="$folder" --descriptor_set_out=/dev/null probe.proto 2>/dev/null || code=1
  rm -r "$folder"
  return "$code"
}

have curl || install_package curl curl
have zip || install_package zip zip
have unzip || install_package unzip unzip
have cc || install_package gcc build-essential
protoc_works || install_package protobuf protobuf-compiler libprotobuf-dev
ensure_rust
ensure_lints
ensure_terraform

# A static program for Linux is linked with musl, and its checksums are signed.
if [ "${1:-}" = release ]; then
  have gpg || install_package gnupg gnupg
  if have apt-get; then have musl-gcc || install_package musl-cross musl-tools; fi
fi
