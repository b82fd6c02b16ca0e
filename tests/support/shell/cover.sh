# shellcheck shell=bash
# For tests that install into the system's folders: changes there are seen by the test alone. It must run in a mount namespace
# of its own (unshare --mount). Needs cleanup.sh.

# cover DIR: changes below DIR are seen by this test only
cover() {
  local name=${1//\//_}
  mkdir -p "$1" "$TMP/cover/$name/"{upper,work}
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$TMP/cover/$name/upper,workdir=$TMP/cover/$name/work" "$1"
}
