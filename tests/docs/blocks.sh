# shellcheck shell=bash
# Runs the blocks of a page of the documentation as they are printed, one after the other, as a reader would type them: on programs
# that `cmake --install` put in place, with a registry, containerd and runc. Only names of hosts are replaced. The system's folders
# are covered, so whoever sources this file must be in a mount namespace of its own (unshare --mount).

# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"
# shellcheck source=../support/shell/cover.sh
source "$support_dir/cover.sh"

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# stand_in NAME: a program of that name, from stdin, that comes first in PATH
stand_in() {
  mkdir -p "$TMP/bin"
  cat >"$TMP/bin/$1"
  chmod +x "$TMP/bin/$1"
}

# docker.io and registry.example.com are the private registry, which has no TLS.
make_stand_ins() {
  stand_in sudo <<'SH'
#!/bin/bash
exec "$@"
SH
  stand_in imgcrypt <<SH
#!/bin/bash
arguments=("\${@/docker.io/$REGISTRY}")
exec /usr/local/bin/imgcrypt "\${arguments[@]/registry.example.com/$REGISTRY}"
SH
  stand_in systemctl <<SH
#!/bin/bash
echo "\$*" >"$TMP/restart"
SH
  stand_in ctr <<SH
#!/bin/bash
arguments=("\${@/registry.example.com/$REGISTRY}")
case "\$1 \$2" in
  "images pull") arguments=(images pull --plain-http --snapshotter $snapshotter "\${arguments[@]:2}") ;;
  "run --rm") arguments=(run --rm --snapshotter $snapshotter --runc-root $containerd_dir/runc --fifo-dir $containerd_dir/fifo
    --cgroup /imgcrypt-docs --cpu-shares 0 "\${arguments[@]:2}") ;;
esac
exec $(command -v ctr) --address $containerd_dir/grpc.sock "\${arguments[@]}"
SH
}

# Blocks that set up, build, install, test or demonstrate the whole project: that is what got us here, or has its own test.
runs_elsewhere() {
  ! grep -vE '^(sudo )?scripts/(demo|test)( |$)|^scripts/setup$|^cmake --preset release|^sudo cmake --install' "$1" | grep -q .
}

# run_shell_block FILE PLACE: in $TMP/work. If systemctl was called, restart_daemon is, with its arguments.
run_shell_block() {
  (cd "$TMP/work" && HOME="$TMP/home" XDG_RUNTIME_DIR="$TMP/run" PATH="$TMP/bin:$PATH" timeout 300 bash -euo pipefail "$1" </dev/null >"$TMP/out" 2>&1) || {
    cat "$TMP/out" >&2
    fail "$2: the block fails"
  }
  cat "$TMP/out" >>"$TMP/ran"
  [[ -e $TMP/restart ]] || return 0
  restart_daemon "$(<"$TMP/restart")"
  rm "$TMP/restart"
}

# A configuration of key providers names programs that do not exist here; it must be one that imgcrypt takes.
check_json_block() {
  OCICRYPT_KEYPROVIDER_CONFIG=$1 imgcrypt provider list >/dev/null || fail "$2: imgcrypt does not take the block"
}

# run_page PAGE: $TMP/ran is then what all blocks have said.
run_page() {
  local number language line
  rm -rf "$TMP/blocks" "$TMP/ran"
  mkdir -p "$TMP/blocks" "$TMP/run" "$TMP/home"
  while read -r number language line; do
    case $language in
      sh) runs_elsewhere "$TMP/blocks/$number" || run_shell_block "$TMP/blocks/$number" "$1 line $line" ;;
      json) check_json_block "$TMP/blocks/$number" "$1 line $line" ;;
      *) fail "$1 line $line: blocks are sh or json, not $language" ;;
    esac
  done < <(python3 "$repository/tests/docs/blocks.py" "$repository/$1" "$TMP/blocks")
}
