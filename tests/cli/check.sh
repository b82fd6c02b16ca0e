#!/bin/bash
# `imgcrypt check` says whether an image is complete and whether keys open it, and writes nothing.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# state_of LAYOUT TAG OPTION...: "STATE STATE..." of the layers
state_of() {
  expect_exit 0 imgcrypt check "oci:$1:$2" "${@:3}" -o json
  jq -r '[.layers[].state] | join(" ")' <<<"$stdout"
}

# fingerprint LAYOUT: its content, and when it was written
fingerprint() {
  (cd "$1" && find . -printf '%p %T@ %s\n' | sort && cat index.json)
}

keys_open_or_not() {
  expect_exit 0 imgcrypt check "oci:$image:t" -k "$TMP/key.pem"
  expect_contains "$stdout" "oci:$image:t@$(root_of "$image" t): encrypted; the keys open every encrypted layer"
  expect_contains "$stdout" "layer 2 of linux/amd64: encrypted, a key opens it"
  expect_contains "$stdout" "layer 0 of linux/arm64: encrypted, a key opens it"
  expect_exit 6 imgcrypt check "oci:$image:t" -k "$TMP/other.pem"
  expect_contains "$stdout" "layer 0 of linux/amd64: encrypted, locked: no key opens it"
  expect_contains "$stderr" "no key opens it"
  expect_exit 6 imgcrypt check "oci:$image:t" -k "$TMP/other.pem" -o json
  expect_equal "$(jq -c '[.opens, .encryption, .error.code, (.layers | length), (.problems | length)]' <<<"$stdout")" \
    '[false,"full",6,8,6]' "the result"
  expect_equal "$(state_of "$image" t --platform arm64 --layer -1 -k "$TMP/key.pem")" opens "the selected layer"
}

what_is_known_without_a_key() {
  expect_exit 0 imgcrypt check "oci:$image:t" --require-encrypted
  expect_contains "$stderr" "no key was given"
  expect_contains "$stdout" "layer 0 of linux/amd64: encrypted"
  [[ $stdout != *opens* ]] || fail "it cannot know: $stdout"
  expect_equal "$(state_of "$image" t --platform amd64 --full)" "encrypted encrypted encrypted not-a-layer" "the states"
}

plain_images_are_a_word_of_their_own() {
  expect_exit 0 imgcrypt check "oci:$TMP/plain:t"
  expect_contains "$stdout" ": not encrypted"
  expect_exit 0 imgcrypt check "oci:$TMP/plain:t" -k "$TMP/key.pem" --full
  expect_exit 8 imgcrypt check "oci:$TMP/plain:t" --require-encrypted
  expect_contains "$stderr" "not encrypted: layer 0 of linux/amd64, layer 1 of linux/amd64"
}

partly_encrypted_images_are_told() {
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/partly:t" -r "jwe:$TMP/key.pub.pem" --layer -1
  expect_exit 0 imgcrypt check "oci:$TMP/partly:t" -k "$TMP/key.pem" --full
  expect_contains "$stdout" "partly encrypted, 4 of 6 layers readable by everyone; the keys open every encrypted layer"
  expect_exit 8 imgcrypt check "oci:$TMP/partly:t" -k "$TMP/key.pem" --require-encrypted
  expect_contains "$stderr" "layer 1 of linux/arm64"
  # What is not looked at counts as well: one layer in the clear gives the image away.
  expect_exit 8 imgcrypt check "oci:$TMP/partly:t" --layer -1 --require-encrypted
}

# damaged NAME: a copy of the encrypted image; prints the path of the blob of its first layer
damaged() {
  cp -r "$image" "$TMP/$1"
  blob "$TMP/$1" "$(layers_of "$TMP/$1" t | head -n 1 | cut -d' ' -f2)"
}

missing_content_is_found() {
  local layer config
  layer=$(damaged missing)
  rm "$layer"
  expect_exit 2 imgcrypt check "oci:$TMP/missing:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "layer 0 of linux/amd64: blob sha256:"
  layer=$(damaged no-config)
  config=$(jq -r .config.digest "$(blob "$TMP/no-config" "$(manifests_of "$TMP/no-config" "$(root_of "$TMP/no-config" t)" | head -n 1)")")
  rm "$(blob "$TMP/no-config" "$config")"
  expect_exit 2 imgcrypt check "oci:$TMP/no-config:t" -k "$TMP/key.pem"
  layer=$(damaged no-platform)
  rm "$(blob "$TMP/no-platform" "$(manifests_of "$image" "$(root_of "$image" t)" | tail -n 1)")"
  expect_exit 2 imgcrypt check "oci:$TMP/no-platform:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "--platform"
  expect_exit 0 imgcrypt check "oci:$TMP/no-platform:t" -k "$TMP/key.pem" --platform linux/amd64
}

# copy_with NAME CHANGE: a copy of the encrypted image, with this change to its first layer's blob
copy_with() {
  local layer
  rm -rf "${TMP:?}/$1"
  layer=$(damaged "$1")
  case $2 in
    damage) head -c 16 /dev/zero | tr '\0' '~' | dd of="$layer" bs=1 seek=20 conv=notrunc status=none ;;
    loss) rm "$layer" ;;
  esac
}

# The exit status is that of the worst finding: missing, damaged, a failed provider, locked, plain.
the_worst_is_the_status() {
  copy_with worst damage
  expect_exit 7 imgcrypt check "oci:$TMP/worst:t" -k "$TMP/other.pem" --full
  expect_exit 6 imgcrypt check "oci:$TMP/partly:t" -k "$TMP/other.pem" --require-encrypted
  copy_with worst loss
  expect_exit 2 imgcrypt check "oci:$TMP/worst:t" -k "$TMP/other.pem" --full
}

a_failed_provider_leaves_the_rest_to_be_checked() {
  expect_exit 0 imgcrypt key generate sodium "$TMP/sodium"
  expect_exit 0 imgcrypt key generate sodium "$TMP/another"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/provided:t" -r "provider:sodium:$TMP/sodium.pub"
  expect_exit 0 imgcrypt check "oci:$TMP/provided:t" -k "provider:sodium:$TMP/sodium"
  expect_exit 6 imgcrypt check "oci:$TMP/provided:t" -k "provider:sodium:$TMP/another"
  expect_contains "$stdout" "layer 0 of linux/amd64: encrypted, locked"
  expect_exit 3 imgcrypt check "oci:$TMP/provided:t" -k "provider:sodium:$TMP/absent" -o json
  expect_equal "$(jq -c '[.opens, .error.code]' <<<"$stdout")" '[null,3]' "the result"
  rm "$(blob "$TMP/provided" "$(layers_of "$TMP/provided" t | head -n 1 | cut -d' ' -f2)")"
  expect_exit 2 imgcrypt check "oci:$TMP/provided:t" -k "provider:sodium:$TMP/another"
}

damage_is_found() {
  local layer
  layer=$(damaged short)
  truncate -s -1 "$layer"
  expect_exit 7 imgcrypt check "oci:$TMP/short:t"
  expect_contains "$stdout" "is damaged"
  layer=$(damaged flipped)
  printf 'another content.' | dd of="$layer" bs=1 seek=100 conv=notrunc status=none
  expect_exit 0 imgcrypt check "oci:$TMP/flipped:t" -k "$TMP/key.pem"
  expect_exit 7 imgcrypt check "oci:$TMP/flipped:t" -k "$TMP/key.pem" --full
  expect_contains "$stdout" "layer 0 of linux/amd64: encrypted: blob sha256:"
  expect_exit 7 imgcrypt check "oci:$TMP/flipped:t" -k "$TMP/key.pem" --full --platform amd64 --layer 0 -o json
  expect_equal "$(jq -c '[.opens, .layers[0].state]' <<<"$stdout")" '[false,"encrypted"]' "a damaged layer"
  # A store finds nothing wrong with this one, but its HMAC does not match.
  make_image "$TMP/one" t --no-busybox --layers 2 >/dev/null
  expect_exit 0 imgcrypt encrypt "oci:$TMP/one:t" "oci:$TMP/forged:t" -r "jwe:$TMP/key.pub.pem"
  python3 "$support_dir/damage_layer.py" "$TMP/forged" t 1 flip
  expect_exit 0 imgcrypt check "oci:$TMP/forged:t" -k "$TMP/key.pem"
  expect_exit 7 imgcrypt check "oci:$TMP/forged:t" -k "$TMP/key.pem" --full
  expect_contains "$stdout" "layer 0 of the image: encrypted, a key opens it"$'\n'
  expect_contains "$stdout" "layer 1 of the image: encrypted: layer authentication failed"
  [[ $stdout != *"open every"* ]] || fail "they do not: $stdout"
}

# An authentic layer takes the place of another, in a plain image and in an encrypted one.
layers_of_other_images_are_found() {
  python3 "$cli_dir/edit_layers.py" "$TMP/one" t reverse --list
  expect_exit 7 imgcrypt check "oci:$TMP/one:t" --full
  expect_contains "$stderr" "the layer does not belong to this image"
  make_image "$TMP/two" t --no-busybox --layers 2 >/dev/null
  expect_exit 0 imgcrypt encrypt "oci:$TMP/two:t" "oci:$TMP/swapped:t" -r "jwe:$TMP/key.pub.pem"
  python3 "$cli_dir/edit_layers.py" "$TMP/swapped" t reverse --list
  expect_exit 0 imgcrypt check "oci:$TMP/swapped:t" -k "$TMP/key.pem"
  expect_exit 7 imgcrypt check "oci:$TMP/swapped:t" -k "$TMP/key.pem" --full
  expect_contains "$stderr" "the layer does not belong to this image"
  expect_exit 7 imgcrypt decrypt "oci:$TMP/swapped:t" "oci:$TMP/out:t" -k "$TMP/key.pem"
  expect_absent "$TMP/out"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/swapped:t" "oci:$TMP/out:t" -k "$TMP/key.pem" --diff-ids=never
  expect_contains "$stderr" "not exact"
}

annotations_and_types_must_fit() {
  cp -r "$image" "$TMP/types"
  python3 "$cli_dir/edit_layers.py" "$TMP/types" t '.mediaType |= rtrimstr("+encrypted")'
  expect_exit 7 imgcrypt check "oci:$TMP/types:t" -k "$TMP/key.pem"
  expect_contains "$stdout" "not encrypted: a layer of type"
  expect_exit 7 imgcrypt decrypt "oci:$TMP/types:t" "oci:$TMP/none:t" -k "$TMP/key.pem"
  cp -r "$image" "$TMP/dropped"
  python3 "$cli_dir/edit_layers.py" "$TMP/dropped" t 'del(.annotations)'
  expect_exit 7 imgcrypt check "oci:$TMP/dropped:t"
  expect_contains "$stderr" "the annotations of its encryption are missing"
  expect_contains "$stderr" "hint: a builder may have dropped them"
  expect_exit 7 imgcrypt decrypt "oci:$TMP/dropped:t" "oci:$TMP/none:t" -k "$TMP/key.pem" --partial
  expect_absent "$TMP/none"
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
image=$TMP/encrypted
make_image "$TMP/plain" t --no-busybox --layers 3 --compression gzip,zstd,tar --platforms linux/amd64,linux/arm64 \
  --attestation >/dev/null
expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$image:t" -r "jwe:$TMP/key.pub.pem"
before=$(fingerprint "$image")
keys_open_or_not
what_is_known_without_a_key
expect_exit 0 imgcrypt check "oci:$image:t" -k "$TMP/key.pem" --full
plain_images_are_a_word_of_their_own
partly_encrypted_images_are_told
missing_content_is_found
the_worst_is_the_status
a_failed_provider_leaves_the_rest_to_be_checked
damage_is_found
layers_of_other_images_are_found
annotations_and_types_must_fit
expect_equal "$(fingerprint "$image")" "$before" "the image after all checks"
