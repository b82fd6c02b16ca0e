# shellcheck shell=bash
# A private Docker daemon without networks, with its own root, state and socket, and the containerd that it starts itself.
# Needs root, cleanup.sh and assert.sh.

# start_docker DIR: docker_here then speaks to it.
start_docker() {
  docker_dir=$1
  mkdir -p "$docker_dir"
  echo '{"deprecated-key-path": "'"$docker_dir"'/key.json"}' >"$docker_dir/daemon.json"
  PATH="$PATH:/usr/sbin:/sbin" setsid setpriv --pdeathsig TERM \
    dockerd --config-file "$docker_dir/daemon.json" --host "unix://$docker_dir/sock" --data-root "$docker_dir/root" \
    --exec-root "$docker_dir/exec" --pidfile "$docker_dir/pid" \
    --bridge none --iptables=false --ip6tables=false --storage-driver vfs >"$docker_dir/log" 2>&1 </dev/null &
  docker_pid=$!
  at_exit stop_docker
  wait_for 30 docker_has_answered || { cat "$docker_dir/log" >&2; fail "dockerd does not answer"; }
  docker_here version >/dev/null 2>&1 || { cat "$docker_dir/log" >&2; fail "dockerd does not start"; }
}

# docker_here ARGUMENT...: docker on the private daemon, without the user's configuration
docker_here() {
  DOCKER_CONFIG=$docker_dir timeout 60 docker --host "unix://$docker_dir/sock" "$@"
}

# An ended daemon counts as an answer, so that its log is shown at once.
docker_has_answered() {
  docker_here version >/dev/null 2>&1 || process_is_gone "$docker_pid"
}

stop_docker() {
  local pid
  stop_process "$docker_pid"
  for pid in $(processes_using "$docker_dir"); do
    stop_process "$pid"
  done
  # Plugins' sockets have a fixed place, which another daemon may be using.
  rmdir /run/docker/plugins /run/docker 2>/dev/null || true
}
