#!/usr/bin/env bash
# Makes what the Terraform Registry wants of a release, in the folder dist/ (or RELEASE_FOLDER).
#
#   release.sh build PLATFORM           builds for linux_amd64, linux_arm64, darwin_amd64, darwin_arm64 or windows_amd64,
#                                       and packs the archive
#   release.sh pack PLATFORM BINARY     packs a program that is built already
#   release.sh finish                   adds the manifest and the checksums over all that is there
#   release.sh sign                     signs the checksums with gpg's default key, or GPG_KEY
#   release.sh dry-run                  all of it for what this machine can build, with a key that is thrown away
set -euo pipefail
cd "$(dirname "$0")/.."

readonly name=terraform-provider-squadcast
readonly platforms='linux_amd64 linux_arm64 darwin_amd64 darwin_arm64 windows_amd64'
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
readonly version
readonly dist=${RELEASE_FOLDER:-dist}

say() { printf 'release: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

# On Linux with musl, since a program that is linked with glibc needs the glibc of the machine that it runs on.
target_of() { # platform
  case $1 in
    linux_amd64) echo x86_64-unknown-linux-musl ;;
    linux_arm64) echo aarch64-unknown-linux-musl ;;
    darwin_amd64) echo x86_64-apple-darwin ;;
    darwin_arm64) echo aarch64-apple-darwin ;;
    windows_amd64) echo x86_64-pc-windows-msvc ;;
    *) fail "there is no platform $1; there are: $platforms" ;;
  esac
}

host() { rustc -vV | sed -n 's/^host: //p'; }

# Why this machine cannot build for a platform; nothing where it can. The system's libraries come with the system, so that
# each one builds for itself, and macOS for both of its processors.
obstacle() { # platform
  case $1/$(host) in
    linux_amd64/x86_64-*-linux-* | linux_arm64/aarch64-*-linux-*)
      command -v musl-gcc >/dev/null || echo "there is no musl-gcc (the package musl-tools)"
      ;;
    darwin_*/*-apple-darwin | windows_amd64/x86_64-*-windows-msvc) ;;
    *) echo "it is built on a machine of that system" ;;
  esac
}

build() { # platform
  local target compiler built=${CARGO_TARGET_DIR:-target} why suffix=
  target=$(target_of "$1")
  why=$(obstacle "$1")
  [ -z "$why" ] || fail "$1 cannot be built here: $why"
  [ -d "$(rustc --print target-libdir --target "$target")" ] || rustup target add "$target"
  compiler=CC_${target//-/_}
  case $1 in
    linux_*) export "$compiler=musl-gcc" ;;
    windows_*) suffix=.exe ;;
  esac
  cargo build --release --locked --bin "$name" --target "$target"
  pack "$1" "$built/$target/release/$name$suffix"
}

# An archive with the program under the name by which Terraform looks for it.
pack() { # platform, binary
  local folder archive program=${name}_v$version
  case $1 in windows_*) program=$program.exe ;; esac
  mkdir -p "$dist"
  archive=$(cd "$dist" && pwd)/${name}_${version}_$1.zip
  folder=$(mktemp -d)
  install -m 755 "$2" "$folder/$program"
  rm -f "$archive"
  if command -v zip >/dev/null; then
    (cd "$folder" && zip -q -X "$archive" "$program")
  else
    (cd "$folder" && 7z a -tzip "$archive" "$program" >/dev/null)
  fi
  rm -r "$folder"
  say "packed $archive"
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

finish() {
  local manifest=${name}_${version}_manifest.json
  cp terraform-registry-manifest.json "$dist/$manifest"
  (cd "$dist" && sha256 "${name}_${version}"_*.zip "$manifest" >"${name}_${version}_SHA256SUMS")
}

# The Registry wants a detached signature that is not armored.
sign() {
  local sums=$dist/${name}_${version}_SHA256SUMS
  gpg --batch --yes ${GPG_KEY:+--local-user "$GPG_KEY"} --output "$sums.sig" --detach-sign "$sums"
}

sign_with_a_key_for_once() {
  local home
  home=$(mktemp -d)
  GNUPGHOME=$home gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key dry-run rsa3072 sign 1d
  GNUPGHOME=$home GPG_KEY=dry-run sign
  GNUPGHOME=$home gpg --batch --quiet --verify "$dist/${name}_${version}_SHA256SUMS.sig" "$dist/${name}_${version}_SHA256SUMS"
  GNUPGHOME=$home gpgconf --kill all
  rm -r "$home"
}

dry_run() {
  local platform why built=0
  rm -rf "$dist"
  for platform in $platforms; do
    why=$(obstacle "$platform")
    if [ -n "$why" ]; then
      say "$platform: left out: $why"
      continue
    fi
    build "$platform"
    built=$((built + 1))
  done
  [ "$built" -gt 0 ] || fail "this machine can build for no platform"
  finish
  sign_with_a_key_for_once
  say "$built of the five platforms are in $dist"
}

case ${1:-} in
  build) build "$2" ;;
  pack) pack "$2" "$3" ;;
  finish) finish ;;
  sign) sign ;;
  dry-run) dry_run ;;
  *) fail "say build PLATFORM, pack PLATFORM BINARY, finish, sign or dry-run" ;;
esac
