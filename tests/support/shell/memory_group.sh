# shellcheck shell=bash
# A control group that bounds memory. Needs root and cleanup.sh.

# make_memory_group MEBIBYTES: $memory_group is its directory; whoever writes its number into cgroup.procs is in it.
make_memory_group() {
  local bytes=$(($1 << 20))
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    grep -qw memory /sys/fs/cgroup/cgroup.subtree_control || echo +memory >/sys/fs/cgroup/cgroup.subtree_control
    memory_group=/sys/fs/cgroup/imgcrypt-$$
    mkdir "$memory_group"
    echo "$bytes" >"$memory_group/memory.max"
    echo 0 >"$memory_group/memory.swap.max" 2>/dev/null || true # absent without swap
  else
    memory_group=/sys/fs/cgroup/memory/imgcrypt-$$
    mkdir "$memory_group"
    echo "$bytes" >"$memory_group/memory.limit_in_bytes"
  fi
  at_exit rmdir "$memory_group"
}
