#!/bin/bash
# Every block of the pages about products works as it is printed, from a fresh node to one that is as before. What Debian does not
# have (k3s, nerdctl, crictl, a Docker Engine that keeps its images in containerd) is stood in for by the part that
# decrypts: a containerd with its own defaults that is started as that product starts it, or the library of CRI-O.
set -euo pipefail

[[ -n ${PAGES_IN_NAMESPACE:-} ]] || PAGES_IN_NAMESPACE=1 exec unshare --mount bash "${BASH_SOURCE[0]}"

# shellcheck source=blocks.sh
source "$(dirname "${BASH_SOURCE[0]}")/blocks.sh"

k3s=/var/lib/rancher/k3s/agent/etc/containerd
cgroup=/imgcrypt-pages-$$
message="hello from an encrypted image"

# The places that containerd must not share with another one; the processors are those of its defaults.
write_config() {
  cat <<TOML
version = 2
root = "$containerd_dir/root"
state = "$containerd_dir/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$containerd_dir/grpc.sock"
[ttrpc]
  address = "$containerd_dir/ttrpc.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$containerd_dir/opt"
TOML
}

# restart_daemon WORDS: k3s first writes the configuration of its containerd, from its template.
restart_daemon() {
  case $1 in
    "restart containerd" | "restart docker" | "restart crio") ;;
    "restart k3s")
      { write_config; [[ ! -e $k3s/config.toml.tmpl ]] || tail -n +2 "$k3s/config.toml.tmpl"; } >"$k3s/config.toml"
      cp "$k3s/config.toml" "$containerd_dir/config.toml"
      ;;
    *) fail "systemctl $1" ;;
  esac
  stop_process "$containerd_pid"
  launch_containerd
}

stand_in_for_clients() {
  local client
  stand_in k3s <<'SH'
#!/bin/bash
exec "$@"
SH
  for client in docker nerdctl; do
    stand_in "$client" <<'SH'
#!/bin/bash
case $1 in
  pull) exec ctr images pull "$2" ;;
  run) exec ctr run --rm "$3" try ;;
esac
exit 1
SH
  done
  # CRI-O tries all files of its directory, with the library of skopeo.
  stand_in crictl <<SH
#!/bin/bash
keys=(/etc/crio/keys/*)
skopeo copy --quiet --src-tls-verify=false "\${keys[@]/#/--decryption-key=}" \
  "docker://\${2/registry.example.com/$REGISTRY}" "dir:$TMP/pulled" && ! grep -q encrypted "$TMP/pulled/manifest.json" && echo pulled
SH
}

# Containers of podman leave their control groups.
remove_cgroups() {
  find /sys/fs/cgroup -depth -type d -path "*$cgroup*" -exec rmdir {} +
}

stand_in_for_builders() {
  local storage="--root $TMP/storage --runroot $TMP/storage-run --storage-driver vfs"
  # The base image cannot be had without a network.
  stand_in buildah <<SH
#!/bin/bash
arguments=("\${@/registry.example.com/$REGISTRY}")
case \$1 in
  build) more="--isolation chroot --build-arg BASE=scratch" ;;
  push | pull) more=--tls-verify=false ;;
esac
exec $(command -v buildah) --log-level error $storage \$1 \$more "\${arguments[@]:1}"
SH
  stand_in podman <<SH
#!/bin/bash
arguments=("\${@/registry.example.com/$REGISTRY}")
[[ \$1 != run ]] || more="--network none --log-driver none --pull never --cgroup-parent $cgroup --ulimit nofile=1024:1024 --ulimit nproc=1024:1024"
exec $(command -v podman) --cgroup-manager cgroupfs --events-backend none $storage --tmpdir $TMP/podman \$1 \$more "\${arguments[@]:1}"
SH
}

# That the objects do on a node what they are to do is tested in tests/e2e/kubernetes.sh; here, that the page names what there is.
stand_in_for_kubectl() {
  stand_in kubectl <<SH
#!/bin/bash
set -euo pipefail
check() { /usr/bin/python3 -B $repository/tests/docs/check_manifests.py "\$@"; }
case "\$*" in
  "apply -f -") cat >$TMP/applied.yaml; check $TMP/applied.yaml ;;
  "apply -f "*) check "\$3" ;;
  "apply -k "* | "delete -k "*)
    check "\$3"/*.yaml
    grep -oP '^  - \K.*\.pem$' "\$3/kustomization.yaml" | while read -r key; do cat "\$3/\$key" >/dev/null; done
    grep -oP 'action=\w+' "\$3/kustomization.yaml"
    ;;
  *" create secret "*) cat "\${@: -1}" >/dev/null ;;
esac
SH
}

# fresh_node: nothing is configured, nor unpacked, which would let every pull succeed
fresh_node() {
  local -a images
  mapfile -t images < <(ctr_here images ls -q)
  ((${#images[@]} == 0)) || remove_images "${images[@]}"
  rm -rf "$TMP/work" /etc/containerd /etc/crio /etc/docker "$k3s"
  mkdir -p "$TMP/work/build" /etc/containerd "$k3s"
  ln -s "$repository/deploy" "$TMP/work/deploy"
  ln -s "$BUILD_DIR" "$TMP/work/build/release"
  write_config >"$containerd_dir/config.toml"
  cp "$containerd_dir/config.toml" "$k3s/config.toml"
  before=$(snapshot)
}

# the files that a page may leave on the node
snapshot() {
  find /etc "$k3s" "$containerd_dir" -path "$containerd_dir/*" ! -path "$containerd_dir/conf*" -prune -o \
    -type f -printf '%p %m %u %s\n' | sort
}

# use_image COMPRESSIONS: what docker.io has
use_image() {
  rm -rf "$TMP/busybox"
  make_image "$TMP/busybox" t --layers 3 --compression "$1" --message "$message" >/dev/null
  imgcrypt copy "oci:$TMP/busybox:t" "docker://$REGISTRY/library/busybox:latest" >/dev/null 2>&1
}

# page NAME WORDS: all of it, which leaves nothing on the node; what was said contains the words
page() {
  fresh_node
  run_page "docs/$1.md"
  expect_contains "$(<"$TMP/ran")" "$2"
  expect_equal "$(snapshot)" "$before" "what docs/$1.md leaves on the node"
}

require_root
require_commands containerd ctr runc docker-registry skopeo buildah podman jq cmake unshare
cover /usr/local
cover /etc
cover /var/lib
cmake --install "$BUILD_DIR" --prefix /usr/local >/dev/null
start_registry "$TMP/registry"
containerd_dir=$TMP/containerd
mkdir -p "$containerd_dir"
snapshotter=$(choose_snapshotter)
write_config >"$containerd_dir/config.toml"
launch_containerd
at_exit remove_cgroups
make_stand_ins
stand_in_for_clients
stand_in_for_builders
stand_in_for_kubectl
podman network ls >/dev/null # the first that is ever run here makes a lock for all
use_image gzip,tar
page docker "$message"
use_image gzip,zstd,tar
page nerdctl "$message"
page k3s "$message"
page cri-o pulled
page podman "$message"
page kubernetes action=uninstall
