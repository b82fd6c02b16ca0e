#!/bin/bash
# Every block of the README works as it is printed.
set -euo pipefail

[[ -n ${README_IN_NAMESPACE:-} ]] || README_IN_NAMESPACE=1 exec unshare --mount bash "${BASH_SOURCE[0]}"

# shellcheck source=blocks.sh
source "$(dirname "${BASH_SOURCE[0]}")/blocks.sh"
# shellcheck source=../support/shell/softhsm.sh
source "$support_dir/softhsm.sh"
# shellcheck source=../support/shell/swtpm.sh
source "$support_dir/swtpm.sh"

restart_daemon() {
  expect_equal "$1" "restart containerd" "what systemctl is told"
  stop_process "$containerd_pid"
  launch_containerd
}

gpg_here() {
  HOME=$TMP/home gpg --batch --quiet --passphrase '' "$@"
}

require_root
require_commands containerd ctr runc docker-registry skopeo jq cmake unshare ssh-keygen gpg swtpm tpm2_createprimary softhsm2-util
cover /usr/local
cover /etc
mkdir -p "$TMP/work" "$TMP/home/.ssh"
ssh-keygen -q -t ed25519 -N '' -f "$TMP/home/.ssh/id_ed25519"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$TMP/colleague"
cp "$TMP/colleague.pub" "$TMP/work/colleague.pub"
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
start_tpm tpm
use_tpm tpm
tpm2_createprimary -Q -C o -G ecc256 -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|decrypt|noda' -c "$TMP/context"
tpm2_evictcontrol -Q -C o -c "$TMP/context" 0x81010001
tpm2_flushcontext -Q --transient-object
cmake --install "$BUILD_DIR" --prefix /usr/local >/dev/null
ln -s "$repository/keys-example" "$TMP/work/keys-example"
start_registry "$TMP/registry"
make_image "$TMP/busybox" t --layers 3 --platforms linux/amd64,linux/arm64 --message "hello from the README" >/dev/null
skopeo copy --quiet --all --dest-tls-verify=false "oci:$TMP/busybox:t" "docker://$REGISTRY/library/busybox:latest"
skopeo copy --quiet "oci:$TMP/busybox:t" "docker-archive:$TMP/app.tar:app:latest"
start_containerd "$TMP/containerd" /usr/local/bin/ctd-decoder /etc/containerd/ocicrypt/keys
make_stand_ins
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
run_page README.md
expect_contains "$(cat "$TMP/ran")" "hello from the README"
expect_contains "$(containerd --config "$containerd_dir/config.toml" config dump 2>/dev/null)" "decoder.v1.tar.zstd"
