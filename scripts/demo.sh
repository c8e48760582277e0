#!/usr/bin/env bash
# Walks through the life of an endpoint and an alert rule, against a sandbox that stands in for Kapacitor and Squadcast:
# apply, drift, repair, an alert and its recovery, destroy. Fails where anything is not as it says.
#
# `make demo` builds what this needs. TERRAFORM_BINARY names another binary than terraform (or else tofu) of the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly built=$PWD/${CARGO_TARGET_DIR:-target}/debug
readonly patience_seconds=30

if [ -t 1 ]; then
  readonly bold=$'\e[1m' plain=$'\e[0m'
else
  readonly bold='' plain=''
fi

step_number=0
step() {
  step_number=$((step_number + 1))
  printf '\n%s== %d. %s%s\n' "$bold" "$step_number" "$1" "$plain"
  shift
  if [ $# -gt 0 ]; then printf '   %s\n' "$@"; fi
}

note() { printf '   %s\n' "$@"; }

show_command() { printf '\n%s$ %s%s\n' "$bold" "$*" "$plain"; }

fail() {
  printf '\ndemo: FAILED in step %d: %s\n' "$step_number" "$*" >&2
  exit 1
}

# --- Setting and cleaning up ------------------------------------------------------------------------------------------

workspace=$(mktemp -d)
sandbox_pid=
clean_up() {
  if [ -n "$sandbox_pid" ]; then
    kill "$sandbox_pid" 2>/dev/null || true
    wait "$sandbox_pid" 2>/dev/null || true
  fi
  rm -rf "$workspace"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
trap 'fail "the command in line $LINENO did not succeed"' ERR
set -E

find_terraform() {
  local binary
  for binary in "${TERRAFORM_BINARY:-}" terraform tofu; do
    if [ -n "$binary" ] && command -v "$binary" >/dev/null 2>&1; then
      printf '%s\n' "$binary"
      return
    fi
  done
  fail "there is neither terraform nor tofu on the PATH"
}

terraform=$(find_terraform)
readonly terraform

# The workspace has the example's files, and a CLI configuration by which terraform takes the provider that was built.
prepare_workspace() {
  cp examples/quickstart/*.tf "$workspace"
  cat >"$workspace/cli.tfrc" <<CONFIGURATION
provider_installation {
  dev_overrides {
    "squadcast-kapacitor/squadcast" = "$built"
  }
  direct {}
}
CONFIGURATION
  export TF_CLI_CONFIG_FILE=$workspace/cli.tfrc
  export TF_IN_AUTOMATION=1
}

# Runs terraform in the workspace, without the warning that it is a development build, and returns its exit code.
run_terraform() {
  local code=0
  show_command "$(basename "$terraform") $*"
  "$terraform" -chdir="$workspace" "$@" -input=false -no-color >"$workspace/output" 2>&1 || code=$?
  sed '/^Warning: Provider development overrides/,/releases\.$/d' "$workspace/output" | cat -s
  return "$code"
}

apply() { run_terraform apply -auto-approve; }

# Plans, and checks whether it finds what it should: 0 for no changes, 2 for changes.
plan_finds() {
  local wanted=$1 code=0
  run_terraform plan -detailed-exitcode || code=$?
  [ "$code" -eq "$wanted" ] || fail "terraform plan ended with exit code $code instead of $wanted"
}

plan_shows() {
  grep -qF -- "$1" "$workspace/output" || fail "the plan does not show: $1"
}

plan_hides() {
  if grep -qF -- "$1" "$workspace/output"; then fail "the plan shows a secret: $1"; fi
}

# --- The sandbox ------------------------------------------------------------------------------------------------------

# Waits until the command succeeds.
wait_until() {
  local deadline=$((SECONDS + patience_seconds))
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

# Starts the sandbox, and reads from its ready file where its servers listen.
start_sandbox() {
  "$built/sandbox" --ready-file "$workspace/ready.json" >"$workspace/sandbox.log" 2>&1 &
  sandbox_pid=$!
  wait_until test -s "$workspace/ready.json" || fail "the sandbox did not start: $(cat "$workspace/sandbox.log")"
  kapacitor_url=$(json_text kapacitor_url <"$workspace/ready.json")
  receiver_url=$(json_text receiver_url <"$workspace/ready.json")
  control_url=$(json_text control_url <"$workspace/ready.json")
  readonly kapacitor_url receiver_url control_url
}

# The value of the first member of that name in the JSON on standard input, still escaped: a text without its quotes.
json_text() { sed -nE "s/.*\"$1\": *\"(([^\"\\]|\\\\.)*)\".*/\1/p" | head -n 1; }

# Talks to Kapacitor as somebody does who does not use Terraform.
kapacitor() { # method, path below /kapacitor/v1, body
  local arguments=(--silent --show-error --fail --request "$1")
  if [ $# -gt 2 ]; then arguments+=(--data-binary "$3"); fi
  curl "${arguments[@]}" "$kapacitor_url/kapacitor/v1$2"
}

write_point() { kapacitor POST "/write?db=telegraf&rp=autogen" "$1"; }

# Whether an alert of this level has arrived at the webhook.
has_arrived() { curl --silent --fail "$control_url/posts" | grep -q "level.*$1"; }
