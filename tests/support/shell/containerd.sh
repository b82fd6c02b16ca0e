# shellcheck shell=bash
# A private containerd with its own root, state, sockets and configuration, and the decoder under test in its PATH.
# Needs root, cleanup.sh and assert.sh.

# VARIABLE=VALUE settings that containerd's configuration makes for the decoder only
decoder_environment=()
# a command that becomes containerd, for example in namespaces of its own
containerd_launcher=()
# a command that becomes ctr, where it has to see what containerd sees
ctr_launcher=()
# where containerd keeps what stays; empty: below its own directory
containerd_root=
# the key_model of containerd's CRI plugin: node, or none; empty: containerd runs without the plugin
cri_key_model=
cri_pulls_itself=true # or false: by the transfer service, where there is one

# start_containerd DIR DECODER KEYS [DECODER-ARGUMENT...]: DECODER is called with --decryption-keys-path KEYS.
start_containerd() {
  containerd_dir=$1
  mkdir -p "$containerd_dir/bin"
  ln -sfn "$2" "$containerd_dir/bin/ctd-decoder"
  snapshotter=$(choose_snapshotter)
  write_containerd_config "${@:3}" >"$containerd_dir/config.toml"
  launch_containerd
}

write_containerd_config() {
  local type=application/vnd.oci.image.layer.v1.tar arguments environment without_cri='"io.containerd.grpc.v1.cri",'
  arguments=$(toml_list --decryption-keys-path "$@")
  environment=$(toml_list "${decoder_environment[@]}")
  [[ -z $cri_key_model ]] || without_cri=
  # The gzip processor also takes zstd: containerd recognises what comes back by its magic number.
  cat <<TOML
version = 2
root = "${containerd_root:-$containerd_dir/root}"
state = "$containerd_dir/state"
disabled_plugins = [
  $without_cri "io.containerd.internal.v1.restart",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp",
]
[grpc]
  address = "$containerd_dir/grpc.sock"
[ttrpc]
  address = "$containerd_dir/ttrpc.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$containerd_dir/opt"
[stream_processors."io.containerd.ocicrypt.decoder.v1.tar"]
  accepts = ["$type+encrypted"]
  returns = "$type"
  path = "ctd-decoder"
  args = $arguments
  env = $environment
[stream_processors."io.containerd.ocicrypt.decoder.v1.tar.gzip"]
  accepts = ["$type+gzip+encrypted", "$type+zstd+encrypted"]
  returns = "$type+gzip"
  path = "ctd-decoder"
  args = $arguments
  env = $environment
TOML
  [[ -z $cri_key_model ]] || write_cri_config
}

# CRI has a choice of its own of snapshotter, and of where the keys of an image are: on the node, or nowhere, so that the
# decoder is sent no payload. 2.0 and later have both in the second half. Since 2.1 a payload is sent only if the transfer
# service does not pull for CRI.
write_cri_config() {
  local key_model=${cri_key_model/none/}
  cat <<TOML
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "$snapshotter"
[plugins."io.containerd.grpc.v1.cri".image_decryption]
  key_model = "$key_model"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "$snapshotter"
  use_local_image_pull = $cri_pulls_itself
[plugins."io.containerd.cri.v1.images".image_decryption]
  key_model = "$key_model"
TOML
}

# toml_list STRING...: a list of strings looks the same in JSON and TOML.
toml_list() {
  jq -cn '$ARGS.positional' --args -- "$@"
}

# It gets a death signal, because a test that is itself killed does not clean up.
launch_containerd() {
  PATH="$containerd_dir/bin:$PATH:/usr/sbin:/sbin" setsid setpriv --pdeathsig TERM \
    "${containerd_launcher[@]}" containerd --config "$containerd_dir/config.toml" >"$containerd_dir/log" 2>&1 </dev/null &
  containerd_pid=$!
  at_exit stop_containerd
  wait_for 60 containerd_has_answered || { cat "$containerd_dir/log" >&2; fail "containerd does not answer"; }
  ctr_here namespaces ls >/dev/null 2>&1 || { cat "$containerd_dir/log" >&2; fail "containerd does not start"; }
}

# An ended containerd counts as an answer, so that its log is shown at once.
containerd_has_answered() {
  ctr_here namespaces ls >/dev/null 2>&1 || process_is_gone "$containerd_pid"
}

# ctr_here ARGUMENT...: ctr on the private containerd
ctr_here() {
  timeout "${CTR_TIMEOUT:-60}" "${ctr_launcher[@]}" ctr --address "$containerd_dir/grpc.sock" "$@"
}

# A container over a native snapshot proves as much about the decoder, but nodes do not use it, so this is reported.
choose_snapshotter() {
  local probe=$containerd_dir/overlay
  mkdir -p "$probe"/{lower,upper,work,merged}
  if mount -t overlay overlay -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" "$probe/merged" 2>/dev/null; then
    umount "$probe/merged"
    echo overlayfs
  else
    echo "WARNING: overlayfs does not work in $containerd_dir; using the native snapshotter" >&2
    echo native
  fi
}

# import_image LAYOUT TAG NAME: imports and unpacks NAME:TAG through the decoder
import_image() {
  tar -C "$1" -cf - . | ctr_here images import --snapshotter "$snapshotter" --base-name "$3" -
}

# pull_image REFERENCE: pulls over plain http and unpacks
pull_image() {
  ctr_here images pull --plain-http --snapshotter "$snapshotter" "$1"
}

# run_image REFERENCE [COMMAND...]: the container's own output is on stdout. Its control group has only one level, so that
# runc removes all of it, and no CPU share, which a nested control group (v2) cannot have.
run_image() {
  local id="imgcrypt-$$"
  ctr_here run --rm --snapshotter "$snapshotter" --runc-root "$containerd_dir/runc" --fifo-dir "$containerd_dir/fifo" \
    --cgroup "/$id" --cpu-shares 0 "$1" "$id" "${@:2}"
}

# remove_images NAME...: also removes their snapshots and blobs
remove_images() {
  ctr_here images rm --sync "$@" >/dev/null
}

stop_containerd() {
  local pid task
  if ! process_is_gone "$containerd_pid"; then
    for task in $(ctr_here tasks ls -q); do
      ctr_here tasks rm --force "$task"
    done
    for task in $(ctr_here containers ls -q); do
      ctr_here containers rm "$task"
    done
  fi
  stop_process "$containerd_pid"
  for pid in $(processes_using "$containerd_dir"); do
    stop_process "$pid"
  done
  findmnt -rno TARGET | awk -v dir="$containerd_dir/" 'index($0, dir) == 1' | sort -r | xargs -r -n1 umount -l
  # The shims' sockets are in a fixed place, which other containerds may be using.
  rmdir /run/containerd/s /run/containerd 2>/dev/null || true
}
