#!/bin/bash
# Every path on which containerd asks for a layer: one row each, with Debian's containerd or the one that CONTAINERD names.
# ROWS: the rows to run (all)
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

store=io.containerd.content.v1.content
containers=0
message="unpacked on every path"
layers=3

# with_containerd [DECODER-ARGUMENT...]: a fresh one, in a directory of its own
with_containerd() {
  containers=$((containers + 1))
  start_containerd "$TMP/containerd$containers" "$decoder" "$TMP/keys" --spool-dir "$TMP/spool" "$@"
}

# expect_imported
expect_imported() {
  import_image "$TMP/encrypted" t test.local/path >/dev/null
  expect_it_runs test.local/path:t
}

# expect_unpacked: where nothing can be run
expect_unpacked() {
  import_image "$TMP/encrypted" t test.local/path >/dev/null
  expect_equal "$(ctr_here snapshots --snapshotter "$snapshotter" ls | grep -c Committed)" "$layers" "the number of snapshots"
  remove_images test.local/path:t
  expect_nothing_left
}

# expect_it_runs REFERENCE
expect_it_runs() {
  expect_equal "$(run_image "$1")" "$(printed_by "$message" "$layers")" "what the container printed"
  remove_images "$1"
  expect_nothing_left
}

# expect_pulled_by_cri: as a kubelet would, into its namespace; by the Python that Debian's packages are for
expect_pulled_by_cri() {
  /usr/bin/python3 -B "$support_dir/../cri/image.py" "$containerd_dir/grpc.sock" pull "$REGISTRY/secret:t"
  CONTAINERD_NAMESPACE=k8s.io expect_it_runs "$REGISTRY/secret:t"
}

# through_a_shell: the decoder's parent is a shell, not containerd, so that there is no open blob to be found by.
through_a_shell() {
  printf '#!/bin/sh\n%q "$@"\n' "$CTD_DECODER" >"$TMP/ctd-decoder"
  chmod 755 "$TMP/ctd-decoder"
  decoder=$TMP/ctd-decoder
}

import() {
  with_containerd
  expect_imported
}

pull() {
  with_containerd
  pull_image "$REGISTRY/secret:t" >/dev/null
  expect_it_runs "$REGISTRY/secret:t"
}

cri_by_transfer_service() {
  cri_key_model=node
  cri_pulls_itself=false
  with_containerd
  expect_pulled_by_cri
}

cri_with_keys_of_the_node() {
  cri_key_model=node
  with_containerd
  expect_pulled_by_cri
}

cri_without_key_model() {
  cri_key_model=none
  with_containerd
  expect_pulled_by_cri
}

content_root_alone() {
  through_a_shell
  with_containerd --content-root "$TMP/elsewhere" --content-root "$TMP/containerd$((containers + 1))/root/$store"
  expect_imported
}

# Only a payload says what the layer is, and only its spool has it. Not with containerd 2.0, whose CRI makes none.
spool_with_payload() {
  cri_key_model=node
  through_a_shell
  with_containerd --content-root "$TMP/elsewhere"
  expect_pulled_by_cri
}

stream_with_payload() {
  cri_key_model=node
  through_a_shell
  with_containerd --content-root "$TMP/elsewhere" --stream
  expect_pulled_by_cri
}

two_containerds() {
  with_containerd
  local first=$containerd_dir
  with_containerd
  import_image "$TMP/encrypted" t test.local/path >/dev/null &
  (containerd_dir=$first && import_image "$TMP/encrypted" t test.local/path >/dev/null) || fail "the first one's import failed"
  wait "$!" || fail "the second one's import failed"
  expect_it_runs test.local/path:t
  containerd_dir=$first
  expect_it_runs test.local/path:t
}

# Its root is a mount that nobody outside sees.
own_mount_namespace() {
  mkdir -p "$TMP/private"
  # shellcheck disable=SC2016 # the other shell expands it
  containerd_launcher=(unshare --mount bash -c 'mount -t tmpfs none "$0" && exec "$@"' "$TMP/private")
  containerd_root=$TMP/private
  with_containerd
  ctr_launcher=(nsenter --mount --target "$containerd_pid")
  expect_imported
}

own_pid_namespace() {
  containerd_launcher=(unshare --pid --fork --kill-child=TERM --mount-proc)
  with_containerd
  expect_imported
}

# /proc still lists the processes outside, so that the parent's number there is somebody else's. runc cannot run like that.
own_pid_namespace_without_proc() {
  containerd_launcher=(unshare --pid --fork --kill-child=TERM)
  with_containerd --content-root "$TMP/containerd$((containers + 1))/root/$store"
  expect_unpacked
}

# at_root PATH: containerd's root is that of another product's containerd, which the decoder knows by itself.
at_root() {
  # shellcheck disable=SC2016 # the other shell expands it
  containerd_launcher=(unshare --mount bash -c 'mount -t tmpfs none /var/lib && mkdir -p "$0" && exec "$@"' "$1")
  containerd_root=$1
  through_a_shell
  with_containerd
  ctr_launcher=(nsenter --mount --target "$containerd_pid")
  expect_imported
}

k3s_root() { at_root /var/lib/rancher/k3s/agent/containerd; }
rke2_root() { at_root /var/lib/rancher/rke2/agent/containerd; }
docker_root() { at_root /var/lib/docker/containerd/daemon; }
default_root() { at_root /var/lib/containerd; }

# In a user namespace of somebody who is not root, with a /run of its own, as rootlesskit makes it. The keys are theirs,
# and the decoder lies where they may look, as the tree that it is built in need not.
rootless() {
  local directory=$TMP/containerd$((containers + 1))
  mkdir "$directory"
  chmod 755 "$TMP"
  decoder=$TMP/ctd-decoder-for-all
  install -m 755 "$CTD_DECODER" "$decoder"
  chown -R 4321:4321 "$directory" "$TMP/keys" "$TMP/spool"
  # shellcheck disable=SC2016 # the other shell expands it
  containerd_launcher=(setpriv --reuid=4321 --regid=4321 --clear-groups unshare --user --map-root-user --mount
    bash -c 'mount -t tmpfs none /run && exec "$0" "$@"')
  with_containerd
  expect_unpacked
}

all_rows=(import pull cri_with_keys_of_the_node cri_without_key_model cri_by_transfer_service content_root_alone spool_with_payload
  stream_with_payload two_containerds own_mount_namespace own_pid_namespace own_pid_namespace_without_proc default_root
  k3s_root rke2_root docker_root rootless)

require_root
require_commands containerd ctr runc docker-registry skopeo zstd jq openssl
mkdir "$TMP/spool"
make_keys "$TMP/key" rsa
make_image "$TMP/plain" t --layers "$layers" --compression tar,zstd,gzip --message "$message" >/dev/null
encrypt "$TMP/plain" t "$TMP/key" >/dev/null
use_keys "$TMP/key"
start_registry "$TMP/registry"
imgcrypt copy "oci:$TMP/encrypted:t" "docker://$REGISTRY/secret:t"
read -ra rows <<<"${ROWS:-${all_rows[*]}}"
for row in "${rows[@]}"; do
  decoder=$CTD_DECODER
  cri_key_model=
  cri_pulls_itself=true
  containerd_launcher=()
  ctr_launcher=()
  containerd_root=
  "$row"
  stop_containerd
  echo "$(containerd --version | cut -d' ' -f3) $row"
done
