#!/bin/bash
# deploy/kubernetes on a node: a containerd with the configuration of Debian's package, whose CRI is asked for what a kubelet asks
# for. It runs the pods of the manifests, from the image that the Containerfile makes; after that it pulls encrypted images,
# follows the Secret, and has everything as it was before when the pods have taken it away again.
set -euo pipefail

# What the pods write is written to a private view of the system's folders.
[[ -n ${KUBERNETES_IN_NAMESPACE:-} ]] || KUBERNETES_IN_NAMESPACE=1 exec unshare --mount bash "${BASH_SOURCE[0]}"

# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"
# shellcheck source=../support/shell/cover.sh
source "$support_dir/cover.sh"

manifests=${SOURCE_DIR:-$(dirname "${BASH_SOURCE[0]}")/../..}/deploy/kubernetes
cri=$support_dir/../cri
node_image=localhost/imgcrypt-node:test
pause_image=localhost/pause:test
k3s=/var/lib/rancher/k3s/agent/etc/containerd
keys=/etc/containerd/ocicrypt/keys

buildah_here() {
  buildah --log-level error --root "$TMP/buildah" --runroot "$TMP/buildah-run" --storage-driver vfs "$@"
}

# add_program ROOT FILE [NAME]: with the libraries that it needs
add_program() {
  local library
  install -D "$2" "$1/usr/local/bin/${3:-$(basename "$2")}"
  while read -r library; do
    install -D "$library" "$1$library"
  done < <(ldd "$2" 2>/dev/null | grep -o '/[^ ]*')
}

# In place of Debian's image, which cannot be had without a network: a shell, and the libraries of the programs. The image of
# the pod itself is also what holds its namespaces.
make_images() {
  local root=$TMP/root context=$TMP/context container
  mkdir -p "$root/tmp" "$context/cli" "$context/streamproc"
  for program in sh sleep; do
    install -D /bin/busybox "$root/bin/$program"
  done
  add_program "$root" "$IMGCRYPT" imgcrypt
  add_program "$root" "$CTD_DECODER" ctd-decoder
  rm -r "$root/usr/local/bin"
  cp "$IMGCRYPT" "$context/cli/imgcrypt"
  cp "$CTD_DECODER" "$context/streamproc/ctd-decoder"
  container=$(buildah_here from scratch)
  buildah_here add --quiet "$container" "$root" / >/dev/null
  buildah_here config --entrypoint '["/bin/sleep", "infinity"]' --env PATH=/usr/local/bin:/bin "$container"
  buildah_here commit --quiet "$container" "$pause_image" >/dev/null
  buildah_here build --quiet --isolation chroot --build-arg "BASE=$pause_image" --tag "$node_image" \
    --file "$manifests/Containerfile" "$context" >/dev/null
  for name in "$node_image" "$pause_image"; do
    buildah_here push --quiet "$name" "oci-archive:$TMP/image.tar:$name"
    ctr_here --namespace k8s.io images import --snapshotter "$snapshotter" --index-name "$name" "$TMP/image.tar" >/dev/null
    rm "$TMP/image.tar"
  done
}

# As the package has it, but for the places that containerd must not share with another one.
write_node_config() {
  cat <<TOML
# kept as it is
version = 2
root = "$containerd_dir/root"
state = "$containerd_dir/state"
[grpc]
  address = "$containerd_dir/grpc.sock"
[ttrpc]
  address = "$containerd_dir/ttrpc.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$containerd_dir/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$pause_image"
  disable_cgroup = true
  disable_apparmor = true
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "$snapshotter"
[plugins."io.containerd.grpc.v1.cri".cni]
  conf_dir = "$containerd_dir/cni"
TOML
}

start_node() {
  containerd_dir=$TMP/containerd
  mkdir -p "$containerd_dir" /etc/containerd /etc/crio "$k3s"
  snapshotter=$(choose_snapshotter)
  write_node_config >/etc/containerd/config.toml
  chmod 640 /etc/containerd/config.toml
  # What k3s has written at its last start.
  { echo "imports = [\"$k3s/config.toml.d/*.toml\"]"; write_node_config; } >"$k3s/config.toml"
  ln -s /etc/containerd/config.toml "$containerd_dir/config.toml"
  launch_containerd
}

restart_node() {
  stop_process "$containerd_pid"
  launch_containerd
}

# run_pod MANIFEST ACTION: says what its containers say
run_pod() {
  rm -rf "$TMP/logs"
  mkdir "$TMP/logs"
  /usr/bin/python3 -B "$cri/run_pod.py" "$containerd_dir/grpc.sock" "$manifests/$1.yaml" "$node_image" "$TMP/secret/" "$2" "$TMP/logs"
}

# expect_run MANIFEST ACTION WORDS: the pod runs, and says so
expect_run() {
  expect_exit 0 run_pod "$1" "$2"
  expect_contains "$stdout" "$3"
}

# set_secret KEY...: as the kubelet mounts it
set_secret() {
  local key
  rm -rf "$TMP/secret"
  mkdir -p "$TMP/secret/..1"
  ln -s ..1 "$TMP/secret/..data"
  for key in "$@"; do
    install -m 400 "$TMP/$key.pem" "$TMP/secret/..1/"
    ln -s "..data/$key.pem" "$TMP/secret/$key.pem"
  done
}

# image pull|remove NAME: as a kubelet
image() {
  /usr/bin/python3 -B "$cri/image.py" "$containerd_dir/grpc.sock" "$1" "$REGISTRY/$2:t"
}

# expect_pulled NAME: and removed, with its snapshots, which would let every other pull succeed
expect_pulled() {
  image pull "$1" || fail "$1 is not pulled"
  expect_equal "$(CONTAINERD_NAMESPACE=k8s.io run_image "$REGISTRY/$1:t")" "$(printed_by "$1" 2)" "what the container printed"
  image remove "$1"
}

expect_not_pulled() {
  expect_exit 1 image pull "$1"
  expect_contains "$stderr" "$2"
}

# all that the pods may change, with modes
snapshot() {
  find /etc/containerd /etc/crio /usr/local/bin "$k3s" -printf '%p %y %m %u\n' | sort
  find /etc/containerd /etc/crio /usr/local/bin "$k3s" -type f -print0 | sort -z | xargs -0r sha256sum
}

# Before the restart, what containerd's defaults say holds: they have a decoder for tar and gzip, and none for zstd.
a_pod_makes_the_node_ready() {
  expect_not_pulled gzip "ctd-decoder"
  set_secret old
  expect_run containerd install "node is asked: ok"
  expect_equal "$(stat -c '%a %a' $keys $keys/old.pem | tr '\n' ' ')" "700 700 600 600 " "the modes"
  cmp "$CTD_DECODER" /usr/local/bin/ctd-decoder
  expect_pulled gzip
  expect_not_pulled zstd "invalid tar header"
  restart_node
  expect_pulled zstd
  expect_run containerd install "nothing to do"
}

# The old key goes when the Secret no longer has it; that of the administrator stays.
the_keys_follow_the_secret() {
  install -m 600 "$TMP/admin.pem" $keys/
  set_secret old new
  run_pod containerd install >/dev/null
  expect_equal "$(ls $keys)" $'admin.pem\nnew.pem\nold.pem' "both keys"
  set_secret new
  expect_run containerd install "removed /host$keys/old.pem"
  expect_not_pulled gzip "$keys/new.pem"
  set_secret old
  run_pod containerd install >/dev/null
  expect_equal "$(ls $keys)" $'admin.pem\nold.pem' "the keys"
  expect_pulled gzip
  rm $keys/admin.pem
}

# A pod that cannot do its work fails, and is not ready.
faults_are_seen() {
  set_secret
  expect_exit 1 run_pod containerd install
  expect_contains "$stdout" "there is no key in /keys"
  set_secret old
  chmod 666 /usr/local/bin/ctd-decoder
  run_pod containerd install >/dev/null
  expect_equal "$(stat -c %a /usr/local/bin/ctd-decoder)" 755 "the mode of the decoder"
}

everything_is_taken_away() {
  run_pod containerd uninstall >/dev/null
  expect_equal "$(snapshot)" "$before" "what the pods leave"
  restart_node
  expect_not_pulled gzip "ctd-decoder"
}

# Their daemons are not here, so what is written for them is looked at.
the_other_manifests_run() {
  set_secret old
  expect_run k3s install "node is asked: ok"
  expect_contains "$(<"$k3s/config.toml.d/imgcrypt.toml")" /usr/local/bin/ctd-decoder
  run_pod k3s uninstall >/dev/null
  expect_equal "$(snapshot)" "$before" "what the pods of k3s leave"
  expect_run crio install "node is asked: ok     CRI-O: it decrypts by itself, with the keys in /etc/crio/keys"
  cmp "$TMP/old.pem" /etc/crio/keys/old.pem
  expect_contains "$(</etc/crio/crio.conf.d/50-imgcrypt.conf)" /etc/crio/keys
  run_pod crio uninstall >/dev/null
  expect_equal "$(snapshot)" "$before" "what the pods of CRI-O leave"
}

require_root
require_commands containerd ctr runc docker-registry buildah busybox zstd jq openssl unshare
cover /etc
cover /usr/local
cover /var/lib
rm -rf /etc/containerd /etc/crio /usr/local/bin "$k3s"
mkdir /usr/local/bin
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
for key in old new admin; do
  make_keys "$TMP/$key" P-256
done
start_registry "$TMP/registry"
for compression in gzip zstd; do
  make_image "$TMP/$compression" t --layers 2 --compression "$compression" --message "$compression" >/dev/null
  imgcrypt encrypt "oci:$TMP/$compression:t" "docker://$REGISTRY/$compression:t" -r "jwe:$TMP/old.pub.pem" >/dev/null
done
start_node
make_images
before=$(snapshot)
a_pod_makes_the_node_ready
the_keys_follow_the_secret
faults_are_seen
everything_is_taken_away
the_other_manifests_run
