# shellcheck shell=bash
# The registry of tests/support/registry, one at a time. Needs cleanup.sh and assert.sh.

registry_program=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../registry/registry.py
registry_dir=$TMP/registry
registry_pid=
at_exit stop_faulty_registry

# start_faulty_registry OPTION...: sets what the port file says: $REGISTRY, $HONEST and so on. Stops the one before.
start_faulty_registry() {
  stop_faulty_registry
  rm -rf "$registry_dir"
  mkdir "$registry_dir"
  python3 -B "$registry_program" --folder "$registry_dir" --port-file "$registry_dir/ports" --log "$registry_dir/log" "$@" \
    >"$registry_dir/output" 2>&1 </dev/null &
  registry_pid=$!
  wait_for 30 registry_has_started || true
  [[ -e $registry_dir/ports ]] || { cat "$registry_dir/output" >&2; fail "the registry does not start: $*"; }
  # shellcheck disable=SC1091 # made just now
  source "$registry_dir/ports"
}

registry_has_started() {
  [[ -e $registry_dir/ports ]] || process_is_gone "$registry_pid"
}

stop_faulty_registry() {
  [[ -z $registry_pid ]] || stop_process "$registry_pid"
  registry_pid=
}

# log_in: $TMP/auth.json has the credentials of the registry that runs.
log_in() {
  jq -n --arg host "$REGISTRY" --arg auth "$(printf '%s' "$REGISTRY_USER:$REGISTRY_PASSWORD" | base64)" \
    '{auths: {($host): {auth: $auth}}}' >"$TMP/auth.json"
}

# log_of FILTER: what jq's FILTER makes of the list of requests, lines of the registry's log
log_of() {
  jq -rs "$1" "$registry_dir/log"
}

# digest_in_registry REPOSITORY TAG: empty when there is no such image
digest_in_registry() {
  curl -s --head "http://$HONEST/v2/$1/manifests/$2" | tr -d '\r' | sed -n 's/^Docker-Content-Digest: //p'
}

# move_tag REPOSITORY FROM TO: TO names what FROM names
move_tag() {
  curl -sf -X POST "http://$HONEST/tags?repository=$1&from=$2&to=$3"
}

expect_no_open_uploads() {
  expect_equal "$(curl -sf "http://$HONEST/uploads")" "[]" "the uploads that are left open"
}

# Another host gets them only as the token server, and nobody without TLS where the registry has it.
expect_credentials_at_home() {
  expect_equal "$(log_of '.[] | select((.port == "elsewhere" and .kind != "token" or .port == "plain")
    and .authorization != "none") | "\(.port) \(.method) \(.path)"')" "" "credentials that went to another host"
}
