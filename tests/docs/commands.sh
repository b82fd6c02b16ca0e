#!/bin/bash
# Every command of ours in docs/commands-of-others.md exists with all of its options. Those that read and write layouts only
# run as well, one after the other.
# shellcheck source=../cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../cli/common.sh"

page=$(realpath "$cli_dir/../../docs/commands-of-others.md")
commands=$(realpath "$cli_dir/../docs/commands.py")

# expect_parsed LINE ARGUMENT...: help is given only for commands and options that exist, and never as JSON.
expect_parsed() {
  local -a words=("${@:2}")
  [[ ${words[*]} != *" -o json" ]] || words=("${words[@]:0:${#words[@]}-2}")
  imgcrypt "${words[@]}" --help >/dev/null 2>"$TMP/stderr" || fail "$page:$1: imgcrypt ${*:2}: $(cat "$TMP/stderr")"
}

# runs_here ARGUMENT...: needs neither a registry nor an archive
runs_here() {
  local argument
  for argument in "${@:2}"; do
    case $argument in
      docker://* | *archive:* | - | --*creds | --*tls-verify=* | --*cert-dir | --authfile | --retry-times) return 1 ;;
    esac
  done
  [[ $1 != login && $1 != logout ]]
}

cd "$TMP"
make_keys my P-256
mv my.pub.pem my.pem.pub
make_keys other P-256
mv other.pub.pem other.pem.pub
make_image app 1 --no-busybox --platforms linux/amd64,linux/arm64 --attestation >/dev/null
count=0
while read -r line command; do
  read -ra words <<<"$command"
  expect_parsed "$line" "${words[@]:1}"
  count=$((count + 1))
  runs_here "${words[@]:1}" || continue
  imgcrypt "${words[@]:1}" >/dev/null 2>"$TMP/stderr" || fail "$page:$line: $command: $(cat "$TMP/stderr")"
done < <(python3 "$commands" "$page")
((count > 50)) || fail "$page: only $count commands were found"
