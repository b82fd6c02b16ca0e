#!/bin/bash
# unpack.sh DIR ROUNDS NAME...: containerd reads in and unpacks DIR/NAME (a plain layout) and DIR/NAME.encrypted in turns,
# each with unpigz and without; the keys are in DIR/keys. Prints one line for each measurement, with the two steps of an
# import in microseconds: NAME pigz|go plain|encrypted TAKING-IN UNPACKING
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

directory=$1
rounds=$2
names=("${@:3}")

# measure NAME UNPACKER KIND
measure() {
  local start taken_in root name=bench.local/$1
  start=${EPOCHREALTIME/./}
  ctr_here images import --no-unpack --snapshotter "$snapshotter" --base-name "$name" "$TMP/$1.$3.tar" >/dev/null
  taken_in=$((${EPOCHREALTIME/./} - start))
  root=$(ctr_here images ls "name==$name:t" | awk 'NR == 2 { print $3 }')
  start=${EPOCHREALTIME/./}
  ctr_here snapshots --snapshotter "$snapshotter" unpack "$root" >/dev/null
  echo "$1 $2 $3 $taken_in $((${EPOCHREALTIME/./} - start))"
  remove_images "$name:t"
}

# measure_all UNPACKER: on its own containerd
measure_all() {
  local round name kind
  start_containerd "$TMP/containerd.$1" "$CTD_DECODER" "$directory/keys"
  for ((round = 0; round < rounds; round++)); do
    for name in "${names[@]}"; do
      for kind in plain encrypted; do
        measure "$name" "$1" "$kind"
      done
    done
  done
  stop_containerd
}

require_root
require_commands containerd ctr unpigz jq
for name in "${names[@]}"; do
  tar -C "$directory/$name" -cf "$TMP/$name.plain.tar" .
  tar -C "$directory/$name.encrypted" -cf "$TMP/$name.encrypted.tar" .
done
measure_all pigz
# This is what containerd does if unpigz is not installed
export CONTAINERD_DISABLE_PIGZ=1
measure_all go
