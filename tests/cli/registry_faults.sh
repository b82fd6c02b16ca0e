#!/bin/bash
# Each row of tests/support/registry/faults.py: imgcrypt does right, or says clearly and in time what is wrong. Whatever
# happens, nothing wrong is accepted, no credential is shown or sent elsewhere, and no upload stays open.
# usage: registry_faults.sh [NAME...]: only these rows
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/faulty_registry.sh
source "$cli_dir/../support/shell/faulty_registry.sh"

inputs=$TMP # each row has a $TMP of its own, below this one
most_at_once=6

make_inputs() {
  local name
  for name in alice bob; do
    make_keys "$TMP/$name" P-256
  done
  plain=$(make_image "$TMP/plain" t --no-busybox --layer-size 600000)
  large=$(make_image "$TMP/large" t --no-busybox --layers 1 --layer-size $((9 << 20)))
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/alice.pub.pem" >/dev/null 2>&1
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:other" -r "jwe:$TMP/alice.pub.pem" >/dev/null 2>&1
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=registry \
    -addext "subjectAltName=IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3" -keyout "$TMP/tls.key" -out "$TMP/tls.crt" 2>/dev/null
}

# start FAULT NEEDS
start() {
  local options=(--fault "$1" --image "app:t=$inputs/plain:t" --image "enc:t=$inputs/encrypted:t" --image "enc:moved=$inputs/encrypted:other")
  trust=()
  if [[ $2 == *tls* ]]; then
    options+=(--certificate "$inputs/tls.crt" --key "$inputs/tls.key")
    trust=(--ca-file "$inputs/tls.crt")
  fi
  start_faulty_registry "${options[@]}"
  rm -f "$TMP/auth.json"
  [[ $2 != *login* ]] || log_in
}

# run RUN: does what the word of the table says; sets $code, $stdout and $stderr.
run() {
  local to_bob=(-r "jwe:$inputs/bob.pub.pem" -k "$inputs/alice.pem") to_alice=(-r "jwe:$inputs/alice.pub.pem") command
  case $1 in
    pull) command=(encrypt "docker://$REGISTRY/app:t" "oci:$TMP/out:t" "${to_alice[@]}") ;;
    push) command=(encrypt "oci:$inputs/plain:t" "docker://$REGISTRY/new:t" "${to_alice[@]}") ;;
    push-large) command=(encrypt "oci:$inputs/large:t" "docker://$REGISTRY/new:t" "${to_alice[@]}") ;;
    recipients) command=(recipients add "docker://$REGISTRY/enc:t" "${to_bob[@]}") ;;
    mount) command=(recipients add "docker://$REGISTRY/enc:t" "docker://$REGISTRY/other:t" "${to_bob[@]}") ;;
    raw) command=(inspect --raw "docker://$REGISTRY/app:t") ;;
    tags) command=(tags "docker://$REGISTRY/enc") ;;
    missing-tag) command=(inspect "docker://$REGISTRY/app:absent") ;;
    missing-repository) command=(inspect "docker://$REGISTRY/absent:t") ;;
  esac
  code=0
  REGISTRY_AUTH_FILE=$TMP/auth.json HOME=$TMP imgcrypt "${command[@]}" "${trust[@]}" --debug --network-timeout 6 \
    --retry-times 2 >"$TMP/stdout" 2>"$TMP/stderr" || code=$?
  stdout=$(tr -d '\0' <"$TMP/stdout")
  stderr=$(tr -d '\0' <"$TMP/stderr")
}

# expect_image REFERENCE KEY [DIGEST]: it decrypts to the plain image, or to that one.
expect_image() {
  rm -rf "$TMP/back"
  imgcrypt decrypt "$1" "oci:$TMP/back:t" -k "$inputs/$2.pem" >/dev/null 2>"$TMP/decrypt" || fail "$1: $(cat "$TMP/decrypt")"
  expect_equal "$(root_of "$TMP/back" t)" "${3:-$plain}" "the digest of $1, decrypted"
}

expect_done() {
  case $1 in
    pull) expect_image "oci:$TMP/out:t" alice ;;
    push) expect_image "docker://$HONEST/new:t" alice ;;
    push-large) expect_image "docker://$HONEST/new:t" alice "$large" ;;
    recipients) expect_image "docker://$HONEST/enc:t" bob ;;
    mount) expect_image "docker://$HONEST/other:t" bob ;;
    raw) expect_equal "sha256:$(sha256sum <"$TMP/stdout" | cut -d' ' -f1)" "$plain" "the digest of what is printed" ;;
    tags) expect_equal "$stdout" $'moved\nt' "stdout" ;;
  esac
}

expect_not_done() {
  expect_equal "$stdout" "" "stdout"
  expect_absent "$TMP/out"
  expect_equal "$(digest_in_registry new t)$(digest_in_registry other t)" "" "what was pushed"
  [[ $(digest_in_registry enc t) =~ ^("$encrypted"|"$other")$ ]] || fail "the tag was overwritten"
}

# error_lines: what it says to users who do not debug
error_lines() {
  grep -E '^imgcrypt: (error|hint): ' "$TMP/stderr" || true
}

expect_words() {
  local word errors
  errors=$(error_lines)
  expect_contains "$errors" "imgcrypt: error: "
  expect_contains "$errors" "imgcrypt: hint: "
  while IFS= read -r -d '|' word; do
    word=${word/HOST/$REGISTRY}
    case $word in
      PLAIN | TOKENS | ELSEWHERE) word=${!word} ;;
      -) continue ;;
    esac
    expect_contains "$errors" "$word"
  done <<<"$1|"
}

# Each secret contains the word; Basic credentials are looked for as they are sent.
expect_no_secrets() {
  ! grep -qE "SECRET|$(printf '%s' "$REGISTRY_USER:$REGISTRY_PASSWORD" | base64)" "$TMP/stdout" "$TMP/stderr" ||
    fail "a secret is shown: $(cat "$TMP/stdout" "$TMP/stderr")"
  ! grep -q "$(printf '[\a\e]')" "$TMP/stdout" "$TMP/stderr" || fail "control characters are shown"
}

# check_row NAME RUN EXITS WORDS NEEDS FILTER
check_row() {
  start "$1" "$5"
  run "$2"
  [[ " $3 " == *" $code "* ]] || fail "exit $code, not $3"$'\n'"$stderr"
  if ((code == 0)); then
    expect_done "$2"
  else
    expect_words "$4"
    expect_not_done
  fi
  expect_no_secrets
  [[ $5 == *leaves-upload* ]] || expect_no_open_uploads
  expect_credentials_at_home
  expect_equal "$(log_of "$6")" "true" "$6"
}

is_chosen() {
  (($# == 1)) || [[ " ${*:2} " == *" $1 "* ]]
}

make_inputs
encrypted=$(root_of "$TMP/encrypted" t)
other=$(root_of "$TMP/encrypted" other)
python3 -B "$registry_program" --list >"$inputs/table"
declare -A running=() # process: row
failed=()

# In a process of its own, so that all rows are seen when one fails.
begin_row() {
  (
    # shellcheck disable=SC2030,SC2034 # a row's own
    TMP=$inputs/rows/$1.$2
    registry_dir=$TMP/registry
    mkdir -p "$TMP"
    trap stop_faulty_registry EXIT
    check_row "$@" >"$TMP/output" 2>&1
  ) &
  running[$!]=$1.$2
}

end_row() {
  local pid
  if wait -n -p pid; then
    remove_tree "$inputs/rows/${running[$pid]}"
  else
    failed+=("${running[$pid]}")
  fi
  unset "running[$pid]"
}

stop_rows() {
  local pid
  for pid in "${!running[@]}"; do
    stop_process "$pid"
  done
}

# Most of them wait most of the time.
at_exit stop_rows
while IFS=$'\t' read -r name action exits words needs filter <&3; do
  is_chosen "$name" "$@" || continue
  ((${#running[@]} < most_at_once)) || end_row
  begin_row "$name" "$action" "$exits" "$words" "$needs" "$filter"
done 3<"$inputs/table"
while ((${#running[@]} > 0)); do
  end_row
done
for row in "${failed[@]}"; do
  sed "s#^#$row: #" "$inputs/rows/$row/output" >&2
done
((${#failed[@]} == 0)) || fail "${#failed[@]} rows: ${failed[*]}"
