#!/bin/bash
# Every block of the README works as it is printed: the commands run one after the other, as a reader would type them, on
# programs that `cmake --install` put in place, with a registry, containerd and runc. Only names of hosts are replaced.
set -euo pipefail

# What the README installs goes into a private view of the system's folders.
[[ -n ${README_IN_NAMESPACE:-} ]] || README_IN_NAMESPACE=1 exec unshare --mount bash "${BASH_SOURCE[0]}"

# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

require_root
require_commands containerd ctr runc docker-registry skopeo jq cmake unshare ssh-keygen gpg

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# cover DIR: changes below DIR are seen by this test only
cover() {
  local name=${1//\//_}
  mkdir -p "$1" "$TMP/cover/$name/"{upper,work}
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$TMP/cover/$name/upper,workdir=$TMP/cover/$name/work" "$1"
}

# stand_in NAME: a program of that name, from stdin, that comes first in PATH
stand_in() {
  cat >"$TMP/bin/$1"
  chmod +x "$TMP/bin/$1"
}

make_stand_ins() {
  mkdir "$TMP/bin"
  stand_in sudo <<'SH'
#!/bin/bash
exec "$@"
SH
  # docker.io and registry.example.com are the private registry, which has no TLS.
  stand_in imgcrypt <<SH
#!/bin/bash
arguments=("\${@/docker.io/$REGISTRY}")
exec /usr/local/bin/imgcrypt "\${arguments[@]/registry.example.com/$REGISTRY}"
SH
  stand_in docker <<SH
#!/bin/bash
cat $TMP/app.tar
SH
  stand_in skopeo <<SH
#!/bin/bash
arguments=("\${@/docker.io/$REGISTRY}")
arguments=("\${arguments[@]/registry.example.com/$REGISTRY}")
exec $(command -v skopeo) "\${arguments[0]}" --src-tls-verify=false --dest-tls-verify=false "\${arguments[@]:1}"
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
    --cgroup /imgcrypt-readme --cpu-shares 0 "\${arguments[@]:2}") ;;
esac
exec $(command -v ctr) --address $containerd_dir/grpc.sock "\${arguments[@]}"
SH
}

# Blocks that set up, build, install, test or demonstrate the whole project: that is what got us here, or has its own test.
runs_elsewhere() {
  ! grep -vE '^(sudo )?scripts/(demo|test)( |$)|^scripts/setup$|^cmake --preset release|^sudo cmake --install' "$1" | grep -q .
}

run_shell_block() {
  (cd "$TMP/work" && HOME="$TMP/home" XDG_RUNTIME_DIR="$TMP/run" PATH="$TMP/bin:$PATH" timeout 300 bash -euo pipefail "$1" </dev/null >"$TMP/out" 2>&1) || {
    cat "$TMP/out" >&2
    fail "README.md line $2: the block fails"
  }
  cat "$TMP/out" >>"$TMP/ran"
  [[ ! -e $TMP/restart ]] || restart_containerd
}

restart_containerd() {
  expect_equal "$(<"$TMP/restart")" "restart containerd" "what systemctl is told"
  rm "$TMP/restart"
  stop_process "$containerd_pid"
  launch_containerd
}

# A configuration of key providers names programs that do not exist here; it must be one that imgcrypt takes.
check_json_block() {
  OCICRYPT_KEYPROVIDER_CONFIG=$1 imgcrypt provider list >/dev/null || fail "README.md line $2: imgcrypt does not take the block"
}

run_blocks() {
  local number language line
  while read -r number language line; do
    case $language in
      sh) runs_elsewhere "$TMP/blocks/$number" || run_shell_block "$TMP/blocks/$number" "$line" ;;
      json) check_json_block "$TMP/blocks/$number" "$line" ;;
      *) fail "README.md line $line: blocks are sh or json, not $language" ;;
    esac
  done < <(python3 "$(dirname "${BASH_SOURCE[0]}")/blocks.py" "$repository/README.md" "$TMP/blocks")
}

# shellcheck source=../support/shell/softhsm.sh
source "$repository/tests/support/shell/softhsm.sh"
cover /usr/local
cover /etc
mkdir -p "$TMP/blocks" "$TMP/work" "$TMP/run" "$TMP/home/.ssh"
ssh-keygen -q -t ed25519 -N '' -f "$TMP/home/.ssh/id_ed25519"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$TMP/colleague"
cp "$TMP/colleague.pub" "$TMP/work/colleague.pub"
gpg_here() {
  HOME=$TMP/home gpg --batch --quiet --passphrase '' "$@"
}
gpg_here --quick-generate-key alice@example.org future-default default never
at_exit gpgconf --homedir "$TMP/home/.gnupg" --kill all
gpg_here --export alice@example.org >"$TMP/work/bob.pgp"
new_tokens "$TMP/softhsm"
add_token team 1234
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$TMP/images.pem"
add_key team 1234 "$TMP/images.pem" images 01
echo 1234 >"$TMP/work/pin"
unset OCICRYPT_CONFIG # the README says how to set it
echo "a password" >"$TMP/work/password.txt"
cmake --install "$BUILD_DIR" --prefix /usr/local >/dev/null
ln -s "$repository/keys-example" "$TMP/work/keys-example"
start_registry "$TMP/registry"
make_image "$TMP/busybox" t --layers 3 --platforms linux/amd64,linux/arm64 --message "hello from the README" >/dev/null
skopeo copy --quiet --all --dest-tls-verify=false "oci:$TMP/busybox:t" "docker://$REGISTRY/library/busybox:latest"
skopeo copy --quiet "oci:$TMP/busybox:t" "docker-archive:$TMP/app.tar:app:latest"
start_containerd "$TMP/containerd" /usr/local/bin/ctd-decoder /etc/containerd/ocicrypt/keys
make_stand_ins
run_blocks
expect_contains "$(cat "$TMP/ran")" "hello from the README"
expect_contains "$(containerd --config "$containerd_dir/config.toml" config dump 2>/dev/null)" "decoder.v1.tar.zstd"
