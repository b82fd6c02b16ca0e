#!/bin/bash
# How often key providers are started; several layers ask at once.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"

# expect_starts NUMBER COMMAND ARG...
expect_starts() {
  : >"$TMP/starts"
  expect_exit 0 "${@:2}"
  expect_equal "$(wc -l <"$TMP/starts")" "$1" "how often the provider was started"
}

# configure_counted NAME PROGRAM ARG...
configure_counted() {
  configure_script "$TMP/counted" "echo >>$TMP/starts; exec \"\$@\""
  configure "$1" "$TMP/counted" "${@:2}"
}

starts_are_few() {
  make_image "$TMP/sixty" t --no-busybox --layers 60 --layer-size 100 >/dev/null
  imgcrypt key generate sodium "$TMP/sodium" >/dev/null
  configure_counted sodium "$(sodium_program)"
  keep_open sodium --serve
  expect_starts 1 imgcrypt encrypt "oci:$TMP/sixty:t" "oci:$TMP/kept:t" -r "provider:sodium:$TMP/sodium.pub"
  expect_starts 1 imgcrypt decrypt "oci:$TMP/kept:t" "oci:$TMP/kept.out:t" -k "provider:sodium:$TMP/sodium"
  configure_counted sodium "$(sodium_program)"
  expect_starts 60 imgcrypt encrypt "oci:$TMP/sixty:t" "oci:$TMP/each:t" -r "provider:sodium:$TMP/sodium.pub"
  expect_starts 60 imgcrypt decrypt "oci:$TMP/each:t" "oci:$TMP/each.out:t" -k "provider:sodium:$TMP/sodium"
}

sodium_program() {
  env -u OCICRYPT_KEYPROVIDER_CONFIG "$IMGCRYPT" provider list | sed -n 's/^sodium: \([^ ]*\).*/\1/p'
}

# Two layers with different digests and the same packet
equal_packets_are_asked_once() {
  local manifest
  configure_toy
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r provider:demo >/dev/null 2>&1
  manifest=$(blob "$TMP/encrypted" "$(root_of "$TMP/encrypted" t)")
  jq -cj '.layers[1].annotations = .layers[0].annotations' "$manifest" >"$TMP/manifest"
  put_manifest "$TMP/encrypted" "$TMP/manifest"
  configure_counted demo python3 "$providers_dir/toy.py" "$TMP"
  : >"$TMP/starts"
  expect_exit 7 imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" -k provider:demo -j2
  expect_contains "$stderr" "authentication failed"
  expect_equal "$(wc -l <"$TMP/starts")" 1 "how often the provider was started"
}

# put_manifest LAYOUT FILE: makes it what the tag t names
put_manifest() {
  local digest index=$1/index.json
  digest=$(sha256sum <"$2" | cut -d' ' -f1)
  cp "$2" "$1/blobs/sha256/$digest"
  jq -c --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$2")" \
    '.manifests[0] += {digest: $digest, size: $size}' "$index" >"$TMP/index"
  cp "$TMP/index" "$index"
}

# Neither of the two continues before the other has been started.
layers_ask_side_by_side() {
  configure_script "$TMP/pair" "echo >>$TMP/waiting
    until ((\$(wc -l <$TMP/waiting) >= 2)); do sleep 0.01; done
    exec python3 $providers_dir/toy.py $TMP"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/side:t" -r provider:demo -j2
  rm "$TMP/waiting"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/side:t" "oci:$TMP/side.out:t" -k provider:demo -j2
  expect_same_layers "$TMP/side.out" t "$TMP/plain" t
}

make_image "$TMP/plain" t --no-busybox --layers 2 --layer-size 5000 >/dev/null

starts_are_few
equal_packets_are_asked_once
layers_ask_side_by_side
