# shellcheck shell=bash
# PKCS#11 tokens by SoftHSM, in a directory of the test's own: never the machine's. Needs cleanup.sh and assert.sh.

for softhsm_command in softhsm2-util pkcs11-tool openssl; do
  command -v "$softhsm_command" >/dev/null || fail "$softhsm_command is missing: scripts/setup installs it"
done

# Modules of this system may be loaded.
export OCICRYPT_CONFIG=internal
softhsm_module=$(find /usr/lib/softhsm /usr/lib/*/softhsm -name libsofthsm2.so -print -quit 2>/dev/null)

# new_tokens DIR: a place for tokens, and the one that SOFTHSM2_CONF names from now on
new_tokens() {
  mkdir -p "$1/tokens"
  printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$1" >"$1/softhsm2.conf"
  export SOFTHSM2_CONF=$1/softhsm2.conf
}

# add_token LABEL PIN
add_token() {
  softhsm2-util --init-token --free --label "$1" --pin "$2" --so-pin 123456 >/dev/null
}

# add_key TOKEN PIN PEM LABEL ID: both halves of a key
add_key() {
  openssl pkcs8 -topk8 -nocrypt -in "$3" -out "$TMP/softhsm.p8"
  softhsm2-util --import "$TMP/softhsm.p8" --token "$1" --pin "$2" --label "$4" --id "$5" >/dev/null
  rm "$TMP/softhsm.p8"
}

# set_flag ATTRIBUTE 00|ff: of both halves of the key that was added last, in SoftHSM's files, as no tool sets all flags
set_flag() {
  python3 - "$SOFTHSM2_CONF" "$@" <<'END'
import pathlib, sys
tokens, attribute, value = pathlib.Path(sys.argv[1]).parent / "tokens", *sys.argv[2:]
objects = [file for file in tokens.glob("*/*.object") if file.name != "token.object"]
start = int(attribute, 16).to_bytes(8, "big") + (1).to_bytes(8, "big")  # its number, and that it is a flag
for file in sorted(objects, key=lambda file: file.stat().st_mtime_ns)[-2:]:
    data = file.read_bytes()
    if start in data:
        at = data.index(start) + len(start)
        file.write_bytes(data[:at] + bytes.fromhex(value) + data[at + 1:])
END
}

# token_tool TOKEN PIN ARG...: pkcs11-tool, logged in
token_tool() {
  pkcs11-tool --module "$softhsm_module" --token-label "$1" --login --pin "$2" "${@:3}"
}

# key_file FILE URI-WITH-QUERY: a YAML key file, which names the tokens too
key_file() {
  printf 'pkcs11:\n  uri: %s\nmodule:\n  env:\n    SOFTHSM2_CONF: %s\n' "$2" "$SOFTHSM2_CONF" >"$1"
  chmod 600 "$1"
}
