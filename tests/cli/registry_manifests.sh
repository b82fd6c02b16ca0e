#!/bin/bash
# On a registry, commands that need no layer move none: recipients fetch and put the documents once, inspect and check fetch
# them once. A tag that somebody else moved is not overwritten.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/faulty_registry.sh
source "$cli_dir/../support/shell/faulty_registry.sh"

beside=$((64 << 10)) # bytes that may move besides the documents

# Two platforms that share two of three layers, in an index; enc:t is for alice.
make_inputs() {
  local name
  for name in alice bob; do
    make_keys "$TMP/$name" P-256
  done
  plain=$(make_image "$TMP/plain" t --no-busybox --layer-size 300000 --layers 3 --platforms linux/amd64,linux/arm64)
  for name in t other; do
    imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:$name" -r "jwe:$TMP/alice.pub.pem" >/dev/null 2>&1
  done
  encrypted=$(root_of "$TMP/encrypted" t)
  documents=$(for name in "$encrypted" $(manifests_of "$TMP/encrypted" "$encrypted"); do cat "$(blob "$TMP/encrypted" "$name")"; done | wc -c)
  layer_digests=$(layers_of "$TMP/encrypted" t | cut -d' ' -f2 | sort -u)
}

# start OPTION...
start() {
  start_faulty_registry --image "enc:t=$TMP/encrypted:t" --image "enc:moved=$TMP/encrypted:other" "$@"
}

to_bob=(-r "jwe:$TMP/bob.pub.pem" -k "$TMP/alice.pem")

expect_no_layer_moved() {
  local moved
  moved=$(log_of '[.[] | select(.kind == "blob" or .kind == "upload" or .kind == "start") | .up + .down] | add // 0')
  ((moved <= beside)) || fail "$moved bytes of blobs were moved"
}

# expect_documents_once METHOD BYTES: that many bytes, and no document twice
expect_documents_once() {
  local requests="[.[] | select(.kind == \"manifest\" and .method == \"$1\" and .status < 300)]"
  expect_equal "$(log_of "$requests | length")" 3 "the number of documents with $1"
  expect_equal "$(log_of "$requests | [.[].name] | unique | length")" 3 "the number of different documents with $1"
}

# expect_cheap COMMAND ARG...: as `recipients` must be on a registry
expect_cheap() {
  local bytes
  expect_exit 0 imgcrypt "$@"
  expect_no_layer_moved
  expect_documents_once GET
  expect_documents_once PUT
  bytes=$(log_of '[.[] | .up + .down] | add')
  ((bytes <= 2 * documents + 2 * beside)) || fail "$bytes bytes were moved for documents of $documents"
  expect_no_open_uploads
}

# expect_opened_by NAME REFERENCE
expect_opened_by() {
  rm -rf "$TMP/back"
  expect_exit 0 imgcrypt decrypt "$2" "oci:$TMP/back:t" -k "$TMP/$1.pem"
  expect_equal "$(root_of "$TMP/back" t)" "$plain" "the digest of what $1 got"
}

adding_moves_no_layer() {
  start
  expect_cheap recipients add "docker://$REGISTRY/enc:t" "${to_bob[@]}"
  expect_opened_by bob "docker://$HONEST/enc:t"
  expect_opened_by alice "docker://$HONEST/enc:t"
}

replacing_moves_no_layer() {
  start
  expect_cheap recipients replace "docker://$REGISTRY/enc:t" "${to_bob[@]}"
  expect_opened_by bob "docker://$HONEST/enc:t"
  expect_exit 6 imgcrypt check "docker://$HONEST/enc:t" -k "$TMP/alice.pem"
}

removing_moves_no_layer() {
  start
  expect_exit 0 imgcrypt recipients add "docker://$HONEST/enc:t" "${to_bob[@]}"
  : >"$registry_dir/log"
  expect_cheap recipients remove "docker://$REGISTRY/enc:t" -r "jwe:$TMP/alice.pub.pem"
  expect_opened_by bob "docker://$HONEST/enc:t"
  expect_exit 6 imgcrypt check "docker://$HONEST/enc:t" -k "$TMP/alice.pem"
}

another_tag_or_repository_needs_no_layer() {
  local target
  for target in enc:new other/place:t; do
    start
    expect_cheap recipients add "docker://$REGISTRY/enc:t" "docker://$REGISTRY/$target" "${to_bob[@]}"
    expect_opened_by bob "docker://$HONEST/$target"
    expect_equal "$(digest_in_registry enc t)" "$encrypted" "the digest of the source"
  done
}

inspecting_and_checking_move_no_layer() {
  start
  expect_exit 0 imgcrypt recipients list "docker://$REGISTRY/enc:t"
  expect_no_layer_moved
  expect_documents_once GET
  start
  expect_exit 0 imgcrypt check "docker://$REGISTRY/enc:t" -k "$TMP/alice.pem"
  expect_no_layer_moved
  expect_documents_once GET
  start
  expect_exit 0 imgcrypt inspect "docker://$REGISTRY/enc:t"
  expect_no_layer_moved
  expect_documents_once GET
}

# layers_fetched: digest and number of bytes of each layer, as sent
layers_fetched() {
  log_of '.[] | select(.kind == "blob" and .method == "GET" and .down > 100000) | "\(.name) \(.down)"' | sort
}

expect_each_layer_fetched_once() {
  local digest expected
  expected=$(for digest in $layer_digests; do echo "$digest $(stat -c %s "$(blob "$TMP/encrypted" "$digest")")"; done | sort)
  expect_equal "$(layers_fetched)" "$expected" "the layers that were fetched"
}

who_wants_every_layer_verified_says_so() {
  start
  expect_exit 0 imgcrypt recipients add "docker://$REGISTRY/enc:t" "${to_bob[@]}" --verify
  expect_each_layer_fetched_once
  start
  expect_exit 0 imgcrypt check --full "docker://$REGISTRY/enc:t" -k "$TMP/alice.pem"
  expect_each_layer_fetched_once
}

a_dry_run_changes_nothing() {
  start
  expect_exit 0 imgcrypt recipients add "docker://$REGISTRY/enc:t" "${to_bob[@]}" --dry-run
  expect_no_layer_moved
  # It may open an upload, to see whether it could push.
  expect_equal "$(log_of '[.[] | .up] | add')" 0 "the bytes that were sent"
  expect_no_open_uploads
  expect_equal "$(digest_in_registry enc t)" "$encrypted" "what the tag names"
}

# documents_of_the_former: how many can still be fetched
documents_of_the_former() {
  local digest count=0
  for digest in "$encrypted" $(manifests_of "$TMP/encrypted" "$encrypted"); do
    [[ -z $(digest_in_registry enc "$digest") ]] || count=$((count + 1))
  done
  echo "$count"
}

what_stays_readable_is_said() {
  start
  expect_exit 0 imgcrypt recipients replace "docker://$REGISTRY/enc:t" "${to_bob[@]}"
  expect_contains "$stderr" "imgcrypt: warning: the former image can still be read from most registries by its digest, $encrypted"
  expect_equal "$(documents_of_the_former)" 3 "the documents of the former image"
}

the_former_image_is_deleted_with_all_that_no_tag_needs() {
  start --fault tokens
  log_in
  expect_exit 0 imgcrypt recipients replace "docker://$REGISTRY/enc:t" "${to_bob[@]}" --delete-old --authfile "$TMP/auth.json"
  expect_contains "$stderr" "deleted the former image $encrypted"
  expect_equal "$(documents_of_the_former)" 0 "the documents of the former image"
  expect_opened_by bob "docker://$HONEST/enc:t"
  expect_opened_by alice "docker://$HONEST/enc:moved"
}

what_another_tag_needs_is_not_deleted() {
  start --image "enc:also=$TMP/encrypted:t"
  expect_exit 0 imgcrypt recipients replace "docker://$REGISTRY/enc:t" "${to_bob[@]}" --delete-old
  expect_contains "$stderr" "was not deleted: it is needed by docker://$REGISTRY/enc:also"
  expect_opened_by alice "docker://$HONEST/enc:also"
  expect_opened_by bob "docker://$HONEST/enc:t"
}

a_registry_that_does_not_delete_is_named() {
  start --fault no-deletes
  expect_exit 4 imgcrypt recipients replace "docker://$REGISTRY/enc:t" "${to_bob[@]}" --delete-old
  expect_contains "$stderr" "imgcrypt: error: the new image is written, but the former one is not deleted: $REGISTRY does not let us delete"
  expect_contains "$stderr" "hint: have its administrator allow it"
  expect_equal "$(grep -c "the operation is unsupported" <<<"$stderr")" 1 "how often it is said"
  expect_contains "$stdout" "docker://$REGISTRY/enc:t@"
  expect_opened_by bob "docker://$HONEST/enc:t"
  expect_exit 3 imgcrypt recipients replace "oci:$TMP/encrypted:t" "${to_bob[@]}" --delete-old
  expect_contains "$stderr" "there is --prune"
}

a_tag_that_moved_is_not_overwritten() {
  local fault
  for fault in tag-moves tag-moves-late; do
    start --fault "$fault"
    expect_exit 1 imgcrypt recipients add "docker://$REGISTRY/enc:t" "${to_bob[@]}"
    expect_contains "$stderr" "$REGISTRY/enc:t"
    expect_equal "$(digest_in_registry enc t)" "$(root_of "$TMP/encrypted" other)" "what the tag names"
  done
}

# As in BuildKit's caches: to a registry such a layer is a blob, not a manifest.
layers_that_an_index_lists_are_sent_as_blobs() {
  local layer
  cp -R "$TMP/plain" "$TMP/cache"
  printf 'a layer that no manifest has' >"$TMP/layer"
  layer=$(sha256sum <"$TMP/layer" | cut -d' ' -f1)
  cp "$TMP/layer" "$TMP/cache/blobs/sha256/$layer"
  edit_root "$TMP/cache" t ".manifests += [{\"mediaType\": \"application/vnd.oci.image.layer.v1.tar\",
    \"digest\": \"sha256:$layer\", \"size\": $(wc -c <"$TMP/layer")}]"
  start
  expect_exit 0 imgcrypt copy "oci:$TMP/cache:t" "docker://$HONEST/cache:t"
  expect_exit 0 imgcrypt copy "docker://$HONEST/cache:t" "oci:$TMP/fetched:t"
  expect_equal "$(cat "$TMP/fetched/blobs/sha256/$layer")" "$(cat "$TMP/layer")" "the layer"
}

make_inputs
adding_moves_no_layer
replacing_moves_no_layer
removing_moves_no_layer
another_tag_or_repository_needs_no_layer
inspecting_and_checking_move_no_layer
who_wants_every_layer_verified_says_so
a_dry_run_changes_nothing
what_stays_readable_is_said
the_former_image_is_deleted_with_all_that_no_tag_needs
what_another_tag_needs_is_not_deleted
a_registry_that_does_not_delete_is_named
a_tag_that_moved_is_not_overwritten
layers_that_an_index_lists_are_sent_as_blobs
