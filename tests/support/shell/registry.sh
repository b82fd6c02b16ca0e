# shellcheck shell=bash
# A private docker-registry on a free loopback port. Needs cleanup.sh and assert.sh.

# start_registry DIR [HTPASSWD]: sets $REGISTRY to HOST:PORT. With a file of htpasswd(1) it wants a login (Basic).
start_registry() {
  local log=$1/registry.log pid
  mkdir -p "$1"
  write_registry_config "$@" >"$1/registry.yml"
  setsid setpriv --pdeathsig TERM docker-registry serve "$1/registry.yml" >"$log" 2>&1 </dev/null &
  pid=$!
  at_exit stop_process "$pid"
  wait_for 60 registry_has_answered "$log" "$pid" || true
  REGISTRY=$(registry_address "$log") || { cat "$log" >&2; fail "docker-registry does not start"; }
  export REGISTRY
}

# The registry picks the port itself and writes it to its log, so no other program can take it in between.
write_registry_config() {
  cat <<YAML
version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $1/storage}}
http: {addr: "127.0.0.1:0"}
YAML
  [[ -z ${2:-} ]] || echo "auth: {htpasswd: {realm: test, path: $2}}"
}

registry_address() {
  sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$1" | grep .
}

registry_has_answered() {
  registry_address "$1" >/dev/null || process_is_gone "$2"
}
