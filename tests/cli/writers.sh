#!/bin/bash
# Several writers of one store lose nothing, and a writer that is killed at any moment leaves a complete image or none.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

writers=20
# encrypt_to LAYOUT TAG
encrypt_to() {
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$1:$2" -r "jwe:$TMP/key.pub.pem" -j 2
}

# expect_decrypts LAYOUT TAG: the result is the original
expect_decrypts() {
  expect_exit 0 imgcrypt decrypt "oci:$1:$2" "oci:$TMP/out:t" -k "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/out" t)" "$digest" "the digest of $1:$2"
  rm -rf "$TMP/out"
}

many_writers_lose_no_tag() {
  local number pids=()
  for ((number = 0; number < writers; number++)); do
    encrypt_to "$TMP/shared" "tag$number" >/dev/null 2>"$TMP/writer$number" &
    pids+=("$!")
  done
  for number in "${!pids[@]}"; do
    wait "${pids[number]}" || fail "writer $number failed: $(cat "$TMP/writer$number")"
  done
  expect_equal "$(jq '.manifests | length' "$TMP/shared/index.json")" "$writers" "the number of tags"
  for ((number = 0; number < writers; number++)); do
    expect_decrypts "$TMP/shared" "tag$number"
  done
  expect_no_temporary_files "$TMP/shared"
}

# in_parallel COUNT COMMAND ARG...: {} in an argument is the number of the writer. $succeeded: how many did; the
# others were told what was in their way.
in_parallel() {
  local number pids=() code arguments=("${@:2}")
  succeeded=0
  for ((number = 0; number < $1; number++)); do
    imgcrypt "${arguments[@]//\{\}/$number}" >/dev/null 2>"$TMP/writer$number" &
    pids+=("$!")
  done
  for number in "${!pids[@]}"; do
    code=0
    wait "${pids[number]}" || code=$?
    if ((code == 0)); then
      succeeded=$((succeeded + 1))
    else
      grep -qE "another program changed|already encrypted|no such|missing|not empty|no image in" "$TMP/writer$number" ||
        fail "writer $number failed with $code: $(cat "$TMP/writer$number")"
    fi
  done
  ((succeeded > 0)) || fail "no writer succeeded: $(cat "$TMP"/writer*)"
}

writers_of_a_directory_leave_it_whole() {
  local round number
  for ((round = 0; round < 5; round++)); do
    rm -rf "$TMP/dir"
    in_parallel 4 copy "oci:$TMP/many:n{}" "dir:$TMP/dir"
    expect_exit 0 imgcrypt check "dir:$TMP/dir" --full
    in_parallel 4 encrypt "dir:$TMP/dir" "dir:$TMP/dir" -r "jwe:$TMP/key.pub.pem"
    expect_exit 0 imgcrypt check "dir:$TMP/dir" --full -k "$TMP/key.pem"
    expect_no_temporary_files "$TMP/dir"
  done
}

writers_of_an_archive_lose_no_image() {
  local round number
  for ((round = 0; round < 3; round++)); do
    rm -f "$TMP/a.tar"
    in_parallel 6 copy "oci:$TMP/plain:t" "oci-archive:$TMP/a.tar:n{}"
    expect_equal "$succeeded" 6 "how many added an image"
    expect_equal "$(imgcrypt tags "oci-archive:$TMP/a.tar" | sort | paste -sd ' ')" "n0 n1 n2 n3 n4 n5" "the tags"
  done
  for number in 0 1 2; do make_keys "$TMP/key$number" P-256; done
  expect_exit 0 imgcrypt encrypt "oci-archive:$TMP/a.tar:n0" "oci-archive:$TMP/a.tar:n0" -r "jwe:$TMP/key.pub.pem"
  in_parallel 3 recipients add "oci-archive:$TMP/a.tar:n0" -k "$TMP/key.pem" -r "jwe:$TMP/key{}.pub.pem"
  local opened=0
  for number in 0 1 2; do
    ! imgcrypt check "oci-archive:$TMP/a.tar:n0" --full -k "$TMP/key$number.pem" >/dev/null 2>&1 || opened=$((opened + 1))
  done
  expect_equal "$opened" "$succeeded" "how many of those who were added can open it"
  expect_equal "$(find "$TMP" -maxdepth 1 -name '.imgcrypt-*')" "" "what is left beside the archive"
}

# encrypt_killed_at SYSCALL N LAYOUT: false if it ended before that call. strace dies like the program that it traces; the
# inner shell keeps the report of this out of the test's output.
encrypt_killed_at() {
  local code=0
  # shellcheck disable=SC2016
  timeout 120 bash -c '"$@"; exit $?' - strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:signal=KILL:when=$2" \
    "$IMGCRYPT" encrypt "oci:$TMP/plain:t" "oci:$3:t" -r "jwe:$TMP/key.pub.pem" -j 1 >/dev/null 2>"$TMP/strace" || code=$?
  ((code != 0)) || return 1
  ((code == 137)) || fail "exit $code at $1 $2: $(cat "$TMP/strace")"
}

# killed_writers SYSCALL STEP: killed at every STEPth call, writing to a layout that already has the tag
killed_writers() {
  local moment killed=0 layout=$TMP/killed
  for ((moment = 1; ; moment += $2)); do
    rm -rf "$layout"
    cp -r "$TMP/before" "$layout"
    encrypt_killed_at "$1" "$moment" "$layout" || break
    killed=$((killed + 1))
    expect_decrypts "$layout" t
    encrypt_to "$layout" t >/dev/null 2>&1 || fail "no run succeeds after a kill at $1 $moment"
    expect_no_temporary_files "$layout"
    expect_decrypts "$layout" t
  done
  ((killed > 0)) || fail "no writer was killed at $1"
  echo "$killed killed at $1"
}

# failed_writer CALL: a call of the commit fails, and what it had already linked is removed
failed_writer() {
  local before layout=$TMP/failed
  rm -rf "$layout"
  cp -r "$TMP/before" "$layout"
  before=$(state_of "$layout")
  expect_exit 1 strace -f -qq -o /dev/null -e "trace=${1%%:*}" -e "inject=$1" \
    "$IMGCRYPT" encrypt "oci:$TMP/plain:t" "oci:$layout:t" -r "jwe:$TMP/key.pub.pem" -j 1
  expect_equal "$(state_of "$layout")" "$before" "what is in the layout after $1"
}

command -v strace >/dev/null || fail "strace is not installed: run scripts/setup"
make_keys "$TMP/key" P-256
digest=$(make_image "$TMP/plain" t --no-busybox --layers 3 --layer-size 5000)
many_writers_lose_no_tag
for number in 0 1 2 3; do
  make_image "$TMP/many" "n$number" --no-busybox --layers 3 --layer-size $((4000 + number)) >/dev/null
done
writers_of_a_directory_leave_it_whole
writers_of_an_archive_lose_no_image
encrypt_to "$TMP/before" t >/dev/null 2>&1
killed_writers fsync 1
killed_writers linkat 1
killed_writers renameat,renameat2,rename 1
killed_writers openat 10
killed_writers write 1
failed_writer linkat:error=ENOSPC:when=3
failed_writer renameat:error=EIO:when=1
failed_writer fsync:error=EIO:when=1
