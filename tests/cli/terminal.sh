#!/bin/bash
# No text of an image, whichever command prints it, commands the terminal: it is shown as escapes.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# expect_harmless WHAT: neither $stdout nor $stderr has a control character, one of C1, or one that is invisible
expect_harmless() {
  local found
  found=$(printf '%s\n%s' "$stdout" "$stderr" |
    python3 -c 'import sys, unicodedata
for c in sys.stdin.buffer.read().decode():
    if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp"): print(hex(ord(c)))') || fail "$1: not UTF-8"
  [[ -z $found ]] || fail "$1: $found in $stdout $stderr"
}

# expect_shown CODE ARGUMENT...: it prints the texts of the image, as escapes
expect_shown() {
  expect_exit "$1" imgcrypt "${@:2}"
  expect_harmless "${*:2}"
  expect_contains "$stdout$stderr" '\x1b'
}

make_keys "$TMP/key" P-256
make_image "$TMP/plain" t --no-busybox --layers 3 --layer-size 500 >/dev/null
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/hostile:t" -r "jwe:$TMP/key.pub.pem" >/dev/null 2>&1
python3 "$cli_dir/hostile_texts.py" "$TMP/hostile"
cp -r "$TMP/plain" "$TMP/platform"
# A platform that is not that of the config
python3 - "$TMP/platform/index.json" <<'END'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    index = json.load(file)
evil = "\x1b]0;evil\x07\n\u009b2J\u202e"
index["manifests"][0]["platform"] = {"os": evil, "architecture": evil}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(index, file)
END

expect_shown 0 inspect "oci:$TMP/hostile:t"
expect_shown 0 inspect --layers "oci:$TMP/hostile:t"
expect_shown 0 recipients list "oci:$TMP/hostile:t"
expect_shown 7 check "oci:$TMP/hostile:t" -k "$TMP/key.pem"
expect_shown 7 decrypt "oci:$TMP/hostile:t" "oci:$TMP/new:t" -k "$TMP/key.pem"
expect_shown 0 inspect "oci:$TMP/platform:t"
expect_shown 2 inspect "oci:$TMP/platform:t" --platform windows
for command in encrypt "encrypt --dry-run" "encrypt --progress plain"; do
  # shellcheck disable=SC2086
  expect_exit 0 imgcrypt $command "oci:$TMP/platform:t" "oci:$TMP/new:t" -r "jwe:$TMP/key.pub.pem"
  expect_harmless "$command"
done
# What the user wrote stays readable.
expect_exit 2 imgcrypt inspect "oci:$TMP/bücher:t"
expect_contains "$stderr" "no OCI image layout at $TMP/bücher"
expect_exit 2 imgcrypt inspect "oci:$TMP/"$'a\xff\xc2\x9b\xe2\x80\xae:t'
expect_contains "$stderr" "no OCI image layout at $TMP/a\\xff\\u{9b}\\u{202e}"
