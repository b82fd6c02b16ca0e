#!/bin/bash
# recipients add and replace change who can open an image, and no layer except with --rotate.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

jwe=org.opencontainers.image.enc.keys.jwe

# fresh_image: makes $TMP/in:t, for alice
fresh_image() {
  rm -rf "$TMP/in" "$TMP/out"
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$TMP/alice.pub.pem" >/dev/null 2>&1
}

# change VERB DESTINATION OPTION...: for bob, with alice's key
change() {
  imgcrypt recipients "$1" "oci:$TMP/in:t" "oci:$2:t" -r "jwe:$TMP/bob.pub.pem" -k "$TMP/alice.pem" "${@:3}"
}

layer_digests() {
  layers_of "$1" t | cut -d' ' -f2
}

# expect_result LAYOUT
expect_result() {
  expect_equal "$stdout" "oci:$1:t@$(root_of "$1" t)" "stdout"
  expect_no_temporary_files "$1"
}

added_recipients_open_it_beside_the_old_ones() {
  fresh_image
  expect_exit 0 change add "$TMP/out"
  expect_result "$TMP/out"
  expect_opens "$TMP/out" "$plain" alice bob
  expect_opens_not "$TMP/out" stranger
}

recipients_that_replace_others_open_it_alone() {
  fresh_image
  expect_exit 0 change replace "$TMP/out"
  expect_result "$TMP/out"
  expect_opens "$TMP/out" "$plain" bob
  expect_opens_not "$TMP/out" alice
}

no_layer_changes() {
  local verb
  for verb in add replace; do
    rm -rf "$TMP/out"
    expect_exit 0 change "$verb" "$TMP/out"
    expect_equal "$(layer_digests "$TMP/out")" "$(layer_digests "$TMP/in")" "the layers after $verb"
  done
}

rotation_encrypts_every_layer_afresh() {
  local digest
  fresh_image
  expect_exit 0 change replace "$TMP/out" --rotate
  expect_result "$TMP/out"
  for digest in $(layer_digests "$TMP/in"); do
    expect_absent "$(blob "$TMP/out" "$digest")"
  done
  for digest in $(layers_of "$TMP/plain" t | cut -d' ' -f2); do
    expect_absent "$(blob "$TMP/out" "$digest")"
  done
  expect_encrypted "$TMP/out" t
  expect_opens "$TMP/out" "$plain" bob
  expect_opens_not "$TMP/out" alice
}

# layer_bytes_read COMMAND ARG...: of the layers of $TMP/in, by whatever call.
layer_bytes_read() {
  strace -ff -qq -y -e trace=read,pread64,sendfile,copy_file_range,mmap -o "$TMP/reads" "$@" >/dev/null 2>&1 ||
    fail "exit $?: $*"
  # A file for each thread: in one for all, a call that another thread interrupts is on two lines.
  cat "$TMP/reads".* >"$TMP/all_reads"
  rm "$TMP/reads".*
  layer_digests "$TMP/in" | sed 's/^sha256://' | grep -Ff - "$TMP/all_reads" | sed -n 's/.* = \([0-9][0-9]*\)$/\1/p' |
    awk '{ sum += $1 } END { print sum + 0 }'
}

layer_bytes() {
  layer_digests "$TMP/in" | while read -r digest; do stat -c %s "$(blob "$TMP/in" "$digest")"; done |
    awk '{ sum += $1 } END { print sum }'
}

in_place_a_layer_is_read_once_or_not_at_all() {
  local bob=("oci:$TMP/in:t" -r "jwe:$TMP/bob.pub.pem" -j 1)  # calls side by side would be split in the trace
  fresh_image
  expect_equal "$(layer_bytes_read "$IMGCRYPT" recipients add "${bob[@]}" -k "$TMP/alice.pem")" "$(layer_bytes)" \
    "bytes that add reads"
  expect_equal "$(layer_bytes_read "$IMGCRYPT" recipients remove "${bob[@]}")" 0 "bytes that remove reads"
  expect_equal "$(layer_bytes_read "$IMGCRYPT" recipients add "${bob[@]}" -k "$TMP/alice.pem" --no-verify)" 0 \
    "bytes that add --no-verify reads"
  expect_equal "$(layer_bytes_read "$IMGCRYPT" recipients replace "${bob[@]}" -k "$TMP/alice.pem" --no-verify)" 0 \
    "bytes that replace --no-verify reads"
}

without_a_destination_it_is_done_in_place() {
  local old
  fresh_image
  old=$(root_of "$TMP/in" t)
  expect_exit 0 imgcrypt recipients add "oci:$TMP/in" -r "jwe:$TMP/bob.pub.pem" -k "$TMP/alice.pem"
  expect_result "$TMP/in"
  expect_contains "$stderr" "replaced $old"
  expect_equal "$(jq '.manifests | length' "$TMP/in/index.json")" 1 "the number of images"
  expect_opens "$TMP/in" "$plain" alice bob
}

schemes_may_be_mixed() {
  fresh_image
  expect_exit 0 imgcrypt recipients add "oci:$TMP/in:t" "oci:$TMP/out:t" -r "pkcs7:$TMP/carol.cert.pem" -k "$TMP/alice.pem"
  expect_opens "$TMP/out" "$plain" alice carol
  expect_exit 0 imgcrypt recipients replace "oci:$TMP/in:t" "oci:$TMP/out:t" -r "pkcs7:$TMP/carol.cert.pem" -k "$TMP/alice.pem"
  expect_opens "$TMP/out" "$plain" carol
  expect_opens_not "$TMP/out" alice
  expect_equal "$(jq "[.layers[].annotations | has(\"$jwe\")] | any" "$(manifest_of "$TMP/out" t)")" false "whether JWEs are left"
}

unknown_schemes_survive_add_and_go_with_replace() {
  local future='[.layers[].annotations["org.opencontainers.image.enc.keys.future"]]'
  fresh_image
  edit_root "$TMP/in" t '.layers[].annotations["org.opencontainers.image.enc.keys.future"] = "AAAA"'
  expect_exit 0 change add "$TMP/out"
  expect_equal "$(jq -c "$future" "$(manifest_of "$TMP/out" t)")" '["AAAA","AAAA"]' "the unknown packets after add"
  expect_exit 0 change replace "$TMP/out"
  expect_equal "$(jq -c "$future" "$(manifest_of "$TMP/out" t)")" '[null,null]' "the unknown packets after replace"
}

a_wrong_key_changes_nothing() {
  local verb
  fresh_image
  for verb in add replace; do
    expect_refused 6 imgcrypt recipients "$verb" "oci:$TMP/in:t" -r "jwe:$TMP/bob.pub.pem" -k "$TMP/stranger.pem"
    expect_refused 6 imgcrypt recipients "$verb" "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/bob.pub.pem" \
      -k "$TMP/stranger.pem"
  done
}

what_is_not_encrypted_is_refused() {
  rm -rf "$TMP/in"
  cp -r "$TMP/plain" "$TMP/in"
  expect_refused 8 change add "$TMP/out"
  expect_contains "$stderr" "the image has no encrypted layer"
  expect_refused 8 change replace "$TMP/out" --rotate
}

# A blob has the right digest but is not what the key's owner encrypted: wrapping its key again would vouch for it.
forge_layer() {
  local layer forged digest
  layer=$(layer_digests "$TMP/in" | head -n1)
  forged=$TMP/forged
  cp "$(blob "$TMP/in" "$layer")" "$forged"
  printf 'another content.' | dd of="$forged" bs=1 seek=50 conv=notrunc status=none
  digest=$(sha256sum <"$forged" | cut -d' ' -f1)
  mv "$forged" "$TMP/in/blobs/sha256/$digest"
  edit_root "$TMP/in" t ".layers[0].digest = \"sha256:$digest\""
}

layers_are_checked_first() {
  local verb
  fresh_image
  forge_layer
  for verb in add replace "replace --rotate"; do
    # shellcheck disable=SC2086 # two words
    expect_refused 7 imgcrypt recipients $verb "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/bob.pub.pem" -k "$TMP/alice.pem"
    expect_contains "$stderr" "layer authentication failed"
    # shellcheck disable=SC2086
    expect_refused 7 imgcrypt recipients $verb "oci:$TMP/in:t" -r "jwe:$TMP/bob.pub.pem" -k "$TMP/alice.pem"
  done
}

no_verify_reads_no_layer() {
  expect_refused 7 change add "$TMP/out" --verify
  expect_exit 0 change add "$TMP/out" --no-verify
  rm -rf "$TMP/out"
  expect_exit 0 imgcrypt recipients add "oci:$TMP/in:t" -r "jwe:$TMP/bob.pub.pem" -k "$TMP/alice.pem" --no-verify
}

a_layer_has_at_most_64_packets() {
  local packet
  fresh_image
  packet=$(jq -r ".layers[0].annotations[\"$jwe\"]" "$(manifest_of "$TMP/in" t)")
  edit_root "$TMP/in" t "(.layers[0].annotations[\"$jwe\"]) |= ([range(63) as \$i | .] | join(\",\"))"
  expect_exit 0 change add "$TMP/out"
  rm -rf "$TMP/out"
  edit_root "$TMP/in" t "(.layers[0].annotations[\"$jwe\"]) |= (. + \",$packet\")"
  expect_refused 8 change add "$TMP/out"
  expect_contains "$stderr" "more than 64 wrapped keys"
}

usage_is_checked() {
  fresh_image
  expect_refused 3 change add "$TMP/out" --verify --no-verify
  expect_refused 3 imgcrypt recipients
  expect_refused 3 imgcrypt recipients add "oci:$TMP/in:t" -k "$TMP/alice.pem"
  expect_refused 3 imgcrypt recipients add "oci:$TMP/in:t" -r "jwe:$TMP/absent" -k "$TMP/alice.pem"
  expect_refused 2 imgcrypt recipients add "oci:$TMP/in:absent" -r "jwe:$TMP/bob.pub.pem" -k "$TMP/alice.pem"
}

for name in alice bob stranger; do
  make_keys "$TMP/$name" P-256
done
make_certificate "$TMP/carol" carol
# Large enough to be worth a thread
plain=$(make_image "$TMP/plain" t --no-busybox --layers 2 --layer-size 5000000)
added_recipients_open_it_beside_the_old_ones
recipients_that_replace_others_open_it_alone
no_layer_changes
rotation_encrypts_every_layer_afresh
in_place_a_layer_is_read_once_or_not_at_all
without_a_destination_it_is_done_in_place
schemes_may_be_mixed
unknown_schemes_survive_add_and_go_with_replace
a_wrong_key_changes_nothing
what_is_not_encrypted_is_refused
layers_are_checked_first
no_verify_reads_no_layer
a_layer_has_at_most_64_packets
usage_is_checked
