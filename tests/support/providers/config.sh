# shellcheck shell=bash
# Configurations of key providers. Needs cleanup.sh and assert.sh.

providers_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export OCICRYPT_KEYPROVIDER_CONFIG=$TMP/providers.json
mark=$TMP/mark
mkdir "$mark"

# string_list STRING...: as a JSON list
string_list() {
  jq -cn '$ARGS.positional' --args -- "$@"
}

# configure NAME PROGRAM [ARGUMENT...]: as the only key provider, started for each request
configure() {
  jq -n --arg name "$1" --arg path "$2" --argjson args "$(string_list "${@:3}")" \
    '{"key-providers": {($name): {cmd: {path: $path, args: $args}}}}' >"$OCICRYPT_KEYPROVIDER_CONFIG"
}

# keep_open NAME ARGUMENT...: the provider NAME is started once, with these additional arguments
keep_open() {
  local changed
  changed=$(jq --arg name "$1" --argjson args "$(string_list "${@:2}")" \
    '."key-providers"[$name].cmd["serve-args"] = $args' "$OCICRYPT_KEYPROVIDER_CONFIG")
  printf '%s\n' "$changed" >"$OCICRYPT_KEYPROVIDER_CONFIG"
}

configure_toy() {
  configure demo python3 "$providers_dir/toy.py" "$TMP"
}

# configure_hostile HOW [ARGUMENT...]
configure_hostile() {
  configure demo bash "$providers_dir/hostile.sh" "$mark" "$@"
}

# configure_script FILE TEXT: a provider that is this shell script
configure_script() {
  printf '#!/bin/bash\n%s\n' "$2" >"$1"
  chmod +x "$1"
  configure demo "$1"
}

# expect_no_provider_left: nothing that the provider started is running
expect_no_provider_left() {
  expect_unused "$mark"
}
