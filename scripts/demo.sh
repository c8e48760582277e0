#!/usr/bin/env bash
# Walks through the life of an endpoint and an alert rule, against a sandbox that stands in for Kapacitor and Squadcast:
# apply, drift, repair, an alert and its recovery, destroy. Fails where anything is not as it says.
#
# `make demo` builds what this needs. TERRAFORM_BINARY names another binary than terraform (or else tofu) of the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${CARGO_TARGET_DIR:=target} in
  /*) readonly built=$CARGO_TARGET_DIR/debug ;;
  *) readonly built=$PWD/$CARGO_TARGET_DIR/debug ;;
esac
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
  for binary in ${TERRAFORM_BINARY:-terraform tofu}; do
    if command -v "$binary" >/dev/null 2>&1; then
      printf '%s\n' "$binary"
      return
    fi
  done
  fail "there is no ${TERRAFORM_BINARY:-terraform or tofu} on the PATH"
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
  # Nothing of the caller's own settings for terraform may have a say here.
  # shellcheck disable=SC2086
  unset ${!TF_*}
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

# Starts the sandbox, and takes from its ready file where its servers listen.
start_sandbox() {
  "$built/sandbox" --ready-file "$workspace/ready" >"$workspace/sandbox.log" 2>&1 &
  sandbox_pid=$!
  wait_until sandbox_is_ready || fail "the sandbox did not start: $(cat "$workspace/sandbox.log")"
  # shellcheck disable=SC1091
  source "$workspace/ready"
}

sandbox_is_ready() {
  kill -0 "$sandbox_pid" 2>/dev/null || fail "the sandbox ended: $(cat "$workspace/sandbox.log")"
  [ -f "$workspace/ready" ]
}

# The text in the member of that name of the JSON on standard input, still with JSON's escapes.
json_text() { sed -nE "s/.*\"$1\": *\"(([^\"\\]|\\\\.)*)\".*/\1/p" | head -n 1; }

# The same without the escapes that occur here.
unescaped() { sed -e 's/\\"/"/g' -e 's/\\u003c/</g' -e 's/\\u003e/>/g' -e 's/\\n/\'$'\n''/g'; }

# Talks to Kapacitor as somebody does who does not use Terraform.
kapacitor() { # method, path below /kapacitor/v1, body
  local arguments=(--noproxy '*' --silent --show-error --fail --request "$1")
  if [ $# -gt 2 ]; then arguments+=(--data-binary "$3"); fi
  curl "${arguments[@]}" "$KAPACITOR_URL/kapacitor/v1$2"
}

write_point() { kapacitor POST "/write?db=telegraf&rp=autogen" "$1"; }

# An hour of points, a minute apart, of which two spells are over the threshold.
write_an_hour() {
  local now minute value lines=
  now=$(date +%s)
  for minute in $(seq 55 -1 2); do
    case $minute in
      4[0-4] | 1[5-7]) value=96 ;;
      *) value=20 ;;
    esac
    lines+="cpu,host=web01 usage_user=$value $((now - 60 * minute))"$'\n'
  done
  kapacitor POST "/write?db=telegraf&rp=autogen&precision=s" "$lines"
}

# Waits until an alert of this level has arrived at the webhook, and shows it.
expect_post() { # level
  local post body
  post=$(curl --noproxy '*' --silent --show-error --fail --get "$SANDBOX_CONTROL_URL/posts/wait" \
    --data-urlencode "level=$1" --data-urlencode "path=$webhook_path" --data "seconds=$patience_seconds") ||
    fail "no alert of the level $1 reached the webhook within $patience_seconds seconds"
  body=$(json_text body <<<"$post" | unescaped)
  printf '\n'
  note "arrived at the webhook:"
  for member in id level previousLevel message; do
    note "  $member = $(json_text "$member" <<<"$body")"
  done
}

# --- The walk ---------------------------------------------------------------------------------------------------------

printf '%s\n' \
  "This demo runs the provider that was just built against a sandbox: one process that behaves as Kapacitor does, and" \
  "that receives webhooks in Squadcast's place. It is not Kapacitor. Nothing outside of this machine is touched."

prepare_workspace
start_sandbox
webhook_path=/v2/incidents/kapacitor/demo-webhook-key
export TF_VAR_kapacitor_url=$KAPACITOR_URL TF_VAR_squadcast_webhook_url=$SANDBOX_RECEIVER_URL$webhook_path
tasks_before=$(kapacitor GET '/tasks?fields=id&limit=-1')
endpoint_before=$(kapacitor GET /config/httppost/squadcast)
note "Kapacitor (sandbox)       $KAPACITOR_URL" "webhook receiver          $SANDBOX_RECEIVER_URL"

step "Ask how often the rule would have fired" \
  "It does not exist yet. Kapacitor replays the data of the last hour through a copy of it that sends nothing, and the plan" \
  "says what came of it."
write_an_hour
cp scripts/demo/backtest.tf "$workspace"
run_terraform plan
plan_shows 'This rule would have fired twice in the last hour.'
rm "$workspace/backtest.tf"
[ "$(kapacitor GET '/tasks?fields=id&limit=-1')" = "$tasks_before" ] || fail "the back-test has left a task"

step "Apply the configuration" \
  "examples/quickstart declares an endpoint, which holds the webhook URL, and a rule: usage_user of cpu above 90 is" \
  "critical. The plan shows the TICKscript in full, with a hash in place of the webhook URL, which is a secret."
apply
plan_hides "$webhook_path"
rule_id=$("$terraform" -chdir="$workspace" output -raw rule_id)

step "Look at what Kapacitor has now" \
  "A task whose script is the one that Chronograf's Alert Rule Builder would store, so that Chronograf shows the rule."
show_command "curl $KAPACITOR_URL/kapacitor/v1/tasks/$rule_id"
task=$(kapacitor GET "/tasks/$rule_id")
script=$(json_text script <<<"$task")
unescaped <<<"$script"
[ "$(json_text status <<<"$task")" = enabled ] || fail "the rule's task is not enabled"

step "Plan again" "Nothing has changed, so nothing is to be done."
plan_finds 0

step "Change both behind Terraform's back" \
  "Somebody raises the threshold to 99 and lets the endpoint post elsewhere, with Kapacitor's API."
case $script in
  *'var crit = 90'*) ;;
  *) fail "the rule's script has no threshold of 90" ;;
esac
other_script=${script/var crit = 90/var crit = 99}
show_command "curl --request PATCH $KAPACITOR_URL/kapacitor/v1/tasks/$rule_id --data '{\"script\": …}'"
kapacitor PATCH "/tasks/$rule_id" "{\"script\":\"$other_script\",\"status\":\"disabled\"}" >/dev/null
kapacitor PATCH "/tasks/$rule_id" '{"status":"enabled"}' >/dev/null
show_command "curl $KAPACITOR_URL/kapacitor/v1/config/httppost/squadcast --data '{\"set\": {\"url\": …}}'"
kapacitor POST /config/httppost/squadcast "{\"set\":{\"url\":\"$SANDBOX_RECEIVER_URL/somewhere-else\"}}"

step "See the drift" "The plan shows both changes: the threshold in clear, the webhook URL only as changed."
plan_finds 2
plan_shows 'squadcast_kapacitor_endpoint.squadcast will be updated in-place'
plan_shows 'squadcast_kapacitor_alert_rule.cpu will be updated in-place'
plan_shows '"99" -> "90"'
plan_hides "$webhook_path"
plan_hides somewhere-else

step "Repair it" "One apply puts everything back. The rule is changed in place: its alerts keep their state."
apply
step "Plan again" "All is as the configuration says."
plan_finds 0

step "Let an alert open an incident" \
  "A point over the threshold reaches Kapacitor, and the alert reaches the webhook."
send_point() {
  show_command "curl '$KAPACITOR_URL/kapacitor/v1/write?db=telegraf&rp=autogen' --data '$1'"
  write_point "$1"
}
send_point 'cpu,host=web01 usage_user=97.5'
expect_post CRITICAL

step "Let it recover" "A point below the threshold: the same alert is OK again, and Squadcast resolves the incident."
send_point 'cpu,host=web01 usage_user=12.5'
expect_post OK

step "Destroy" "The task goes, and the endpoint has the values of kapacitor.conf again."
run_terraform destroy -auto-approve
[ "$(kapacitor GET '/tasks?fields=id&limit=-1')" = "$tasks_before" ] || fail "the tasks are not those from before"
[ "$(kapacitor GET /config/httppost/squadcast)" = "$endpoint_before" ] || fail "the endpoint is not as it was before"
note "Kapacitor is as it was before."

printf '\n%sThe demo is over, and all was as it said.%s\n' "$bold" "$plain"
