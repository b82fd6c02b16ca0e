#!/bin/bash
# Layouts of several images: which entry of index.json a command reads and replaces, and what else lies beside it.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

tag_name='org.opencontainers.image.ref.name'

# encrypt SRC DST OPTION...: both relative to $TMP
encrypt() {
  imgcrypt encrypt "oci:$TMP/$1" "oci:$TMP/$2" -r "jwe:$TMP/key.pub.pem" "${@:3}"
}

# edit_index LAYOUT FILTER
edit_index() {
  jq -c "$2" "$1/index.json" >"$TMP/index.json"
  mv "$TMP/index.json" "$1/index.json"
}

# entry LAYOUT POSITION: the entry's text
entry() {
  jq -c ".manifests[$2]" "$1/index.json"
}

# digest_at LAYOUT POSITION
digest_at() {
  jq -r ".manifests[$2].digest" "$1/index.json"
}

count_of() {
  jq '.manifests | length' "$1/index.json"
}

# two_images: $TMP/in has two images of different platforms, both with the tag t and with names of containerd
two_images() {
  rm -rf "$TMP/in" "$TMP/out"
  make_image "$TMP/in" a --no-busybox --platforms linux/amd64 >/dev/null
  make_image "$TMP/in" b --no-busybox --platforms linux/arm64 --seed 2 >/dev/null
  edit_index "$TMP/in" ".manifests[0].platform = {os: \"linux\", architecture: \"amd64\"}
    | .manifests[1].platform = {os: \"linux\", architecture: \"arm64\"}
    | .manifests[0].annotations = {\"$tag_name\": \"t\", \"io.containerd.image.name\": \"docker.io/library/a:t\"}
    | .manifests[1].annotations = {\"$tag_name\": \"t\", \"io.containerd.image.name\": \"docker.io/library/b:t\"}"
}

# expect_only_changed POSITION: of the two entries; the image of the other is complete
expect_only_changed() {
  local other=$((1 - $1))
  expect_equal "$(count_of "$TMP/in")" 2 "the number of entries"
  expect_equal "$(entry "$TMP/in" "$other")" "$(entry "$TMP/before" "$other")" "the other entry"
  expect_equal "$(jq -c ".manifests[$1] | del(.digest, .size)" "$TMP/in/index.json")" \
    "$(jq -c ".manifests[$1] | del(.digest, .size)" "$TMP/before/index.json")" "the names of the entry"
  [[ $(digest_at "$TMP/in" "$1") != $(digest_at "$TMP/before" "$1") ]] || fail "entry $1 is as it was"
  rm -rf "$TMP/other"
  expect_exit 0 imgcrypt check "oci:$TMP/in:@$other" --full
}

one_entry_of_a_tag_is_replaced() {
  local names
  for names in "in:@1 in:@1" "in:docker.io/library/b:t in:docker.io/library/b:t" "in:@1 in:t" "in:t in:t --platform linux/arm64"; do
    two_images
    rm -rf "$TMP/before"
    cp -r "$TMP/in" "$TMP/before"
    # shellcheck disable=SC2086 # several words
    expect_exit 0 encrypt $names --prune
    expect_only_changed 1
  done
}

entries_that_differ_are_not_replaced_together() {
  two_images
  make_image "$TMP/src" t --no-busybox --seed 3 >/dev/null
  expect_refused 8 encrypt src:t in:t
  expect_contains "$stderr" "oci:$TMP/in:@0 (docker.io/library/a:t, linux/amd64), oci:$TMP/in:@1"
  expect_refused 3 imgcrypt inspect "oci:$TMP/in:t"
  expect_contains "$stderr" "oci:$TMP/in:@0 (docker.io/library/a:t, linux/amd64), oci:$TMP/in:@1"
  expect_exit 0 imgcrypt inspect "oci:$TMP/in:t" --platform arm64
  expect_contains "$stdout" "$(digest_at "$TMP/in" 1 | cut -c1-15)"
}

# Other tools append without replacing; what they add beside the digest need not be the same.
one_image_listed_twice_is_replaced_in_all_its_entries() {
  local old layer
  rm -rf "$TMP/in"
  make_image "$TMP/in" t --no-busybox >/dev/null
  edit_index "$TMP/in" ".manifests += [.manifests[0] + {platform: {os: \"linux\", architecture: \"amd64\"}},
    (.manifests[0] | .annotations += {\"io.containerd.image.name\": \"docker.io/library/x:t\"})]"
  old=$(digest_at "$TMP/in" 0)
  layer=$(jq -r '.layers[0].digest' "$(blob "$TMP/in" "$old")")
  expect_exit 0 encrypt in:t in:t --prune
  expect_contains "$stderr" "listed the image 3 times under this name"
  expect_equal "$(count_of "$TMP/in")" 1 "the number of entries"
  expect_exit 0 imgcrypt check "oci:$TMP/in:t" --require-encrypted
  [[ ! -e $(blob "$TMP/in" "$old") && ! -e $(blob "$TMP/in" "$layer") ]] || fail "the plain image is still there"
}

untagged_in_place_is_one_entry() {
  local old
  for old in "del(.manifests[0].annotations)" .; do
    rm -rf "$TMP/in"
    make_image "$TMP/in" t --no-busybox >/dev/null
    edit_index "$TMP/in" "$old"
    expect_exit 0 encrypt in in
    expect_equal "$(count_of "$TMP/in")" 1 "the number of entries"
    expect_exit 0 imgcrypt recipients add "oci:$TMP/in" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem"
    expect_equal "$(count_of "$TMP/in")" 1 "the number of entries"
    expect_exit 0 imgcrypt check "oci:$TMP/in" -k "$TMP/other.pem"
  done
}

an_untagged_image_beside_others_is_not_replaced() {
  rm -rf "$TMP/in" "$TMP/src"
  make_image "$TMP/src" t --no-busybox --seed 3 >/dev/null
  make_image "$TMP/in" t --no-busybox >/dev/null
  make_image "$TMP/in" u --no-busybox --seed 2 >/dev/null
  edit_index "$TMP/in" "del(.manifests[1].annotations)"
  expect_refused 8 encrypt src:t in
  expect_contains "$stderr" "give the result a tag"
}

an_odd_neighbour_locks_nobody() {
  rm -rf "$TMP/in" "$TMP/out"
  make_image "$TMP/in" t --no-busybox >/dev/null
  edit_index "$TMP/in" '.manifests += [{digest: "blake3:00", size: 1}, null, {size: 1}]'
  expect_exit 0 encrypt in:t out:t
  expect_exit 0 encrypt in:t in:t
  expect_equal "$(jq -c '.manifests[1:]' "$TMP/in/index.json")" '[{"digest":"blake3:00","size":1},null,{"size":1}]' "the others"
  rm -rf "$TMP/out"
  expect_refused 8 imgcrypt gc "oci:$TMP/in"
}

names_of_containerd_follow_the_tag() {
  rm -rf "$TMP/in" "$TMP/out"
  make_image "$TMP/in" 1 --no-busybox >/dev/null
  edit_index "$TMP/in" '.manifests[0].annotations["io.containerd.image.name"] = "docker.io/library/x:1"'
  expect_exit 0 encrypt in:1 in:2
  expect_equal "$(jq -r '[.manifests[].annotations["io.containerd.image.name"]] | join(" ")' "$TMP/in/index.json")" \
    "docker.io/library/x:1 docker.io/library/x:2" "the names"
  expect_exit 0 encrypt in:1 out
  expect_equal "$(jq -c '.manifests[0].annotations' "$TMP/out/index.json")" null "what is left of the name"
}

# docker_list: writes manifest.json beside index.json, as docker save does for the image that has the tag t
docker_list() {
  jq -c '[{Config: "blobs/sha256/\(.config.digest[7:])", RepoTags: ["x:1"], Layers: [.layers[] | "blobs/sha256/\(.digest[7:])"]}]' \
    "$(manifest_of "$TMP/in" t)" >"$TMP/in/manifest.json"
}

dockers_list_describes_nothing_that_is_gone() {
  rm -rf "$TMP/in"
  make_image "$TMP/in" t --no-busybox >/dev/null
  docker_list
  expect_exit 0 encrypt in:t in:new
  expect_contains "$stderr" "$TMP/in/manifest.json, Docker's own list, does not name the new image"
  jq -c '. + [{Config: "blobs/sha256/0", Layers: []}]' "$TMP/in/manifest.json" >"$TMP/list"
  expect_exit 0 encrypt in:t in:t --prune
  expect_contains "$stderr" "removed $TMP/in/manifest.json"
  expect_absent "$TMP/in/manifest.json"
  rm -rf "$TMP/in"
  make_image "$TMP/in" t --no-busybox >/dev/null
  cp "$TMP/list" "$TMP/in/manifest.json"
  expect_exit 0 encrypt in:t in:t
  expect_equal "$(jq -c . "$TMP/in/manifest.json")" '[{"Config":"blobs/sha256/0","Layers":[]}]' "what is left of the list"
}

tags_are_listed() {
  two_images
  make_image "$TMP/in" "v1.0" --no-busybox --seed 3 >/dev/null
  edit_index "$TMP/in" '.manifests += [(.manifests[0] | del(.annotations)), {size: 1}]'
  expect_exit 0 imgcrypt tags "oci:$TMP/in"
  expect_equal "$stdout" $'docker.io/library/a:t\ndocker.io/library/b:t\nv1.0' "the tags"
  expect_contains "$stderr" "1 entry has no tag: oci:$TMP/in:@3"
  expect_contains "$stderr" "oci:$TMP/in:@4 cannot be read"
  expect_exit 8 imgcrypt gc "oci:$TMP/in" --dry-run
  expect_contains "$stderr" "entry 4 of index.json, counted from 0, cannot be read"
  expect_exit 0 imgcrypt tags "oci:$TMP/in" -o json
  expect_equal "$(jq -c '.images[1] | [.position, .tag, .name, .platform, .digest]' <<<"$stdout")" \
    "[1,\"t\",\"docker.io/library/b:t\",\"linux/arm64\",\"$(digest_at "$TMP/in" 1)\"]" "an image"
  # The image that is looked for may be the one that cannot be read.
  expect_exit 2 imgcrypt inspect "oci:$TMP/in:lost"
  expect_contains "$stderr" "; entry 4 of index.json, counted from 0, cannot be read"
  expect_exit 3 imgcrypt tags "oci:$TMP/in:t"
  expect_exit 2 imgcrypt tags "oci:$TMP/absent"
}

# files_of LAYOUT: the names of its blobs
files_of() {
  (cd "$1/blobs" && find . -type f | sort)
}

gc_removes_what_no_image_needs() {
  local before
  rm -rf "$TMP/in"
  make_image "$TMP/in" t --no-busybox --platforms linux/amd64,linux/arm64 --attestation >/dev/null
  before=$(files_of "$TMP/in")
  expect_exit 0 encrypt in:t in:x
  edit_index "$TMP/in" 'del(.manifests[1])'
  touch "$TMP/in/blobs/sha256/README" "$TMP/in/blobs/other"
  ln -s README "$TMP/in/blobs/sha256/$(printf '0%.0s' {1..64})"
  expect_exit 0 imgcrypt gc "oci:$TMP/in" --dry-run
  [[ $(files_of "$TMP/in") != "$before" ]] || fail "a dry run removed something"
  expect_exit 0 imgcrypt gc "oci:$TMP/in"
  expect_equal "$(files_of "$TMP/in")" "$(printf '%s\n%s' "$before" $'./other\n./sha256/README' | sort)" "the blobs"
  [[ -L $TMP/in/blobs/sha256/$(printf '0%.0s' {1..64}) ]] || fail "the link was removed"
  expect_exit 0 imgcrypt check "oci:$TMP/in:t" --full
}

# add_document LAYOUT TEXT: prints its digest
add_document() {
  local digest
  digest=$(printf %s "$2" | sha256sum | cut -d' ' -f1)
  printf %s "$2" >"$1/blobs/sha256/$digest"
  echo "sha256:$digest"
}

gc_keeps_referrers_their_subjects_and_what_docker_lists() {
  local config unlisted listed root before
  rm -rf "$TMP/in"
  root=$(make_image "$TMP/in" t --no-busybox)
  docker_list
  config=$(add_document "$TMP/in" '{}')
  # A signature of the image, which no entry lists; and one that an entry lists, of an image that none lists.
  unlisted=$(add_document "$TMP/in" "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a/b\",\"digest\":\"$config\",\"size\":2},
    \"layers\":[],\"subject\":{\"mediaType\":\"a/b\",\"digest\":\"$root\",\"size\":1}}")
  before=$(files_of "$TMP/in")
  expect_exit 0 imgcrypt gc "oci:$TMP/in"
  expect_equal "$(files_of "$TMP/in")" "$before" "the blobs, with the referrer $unlisted"
  listed=$unlisted
  edit_index "$TMP/in" ".manifests = [{mediaType: \"application/vnd.oci.image.manifest.v1+json\", digest: \"$listed\",
    size: $(stat -c %s "$(blob "$TMP/in" "$listed")")}]"
  expect_exit 0 imgcrypt gc "oci:$TMP/in"
  expect_equal "$(files_of "$TMP/in")" "$before" "the blobs, with the subject"
  edit_index "$TMP/in" ".manifests = []"
  expect_exit 0 imgcrypt gc "oci:$TMP/in"
  expect_equal "$(files_of "$TMP/in" | wc -l)" "$(jq '.[0].Layers | length + 1' "$TMP/in/manifest.json")" "what Docker needs"
}

gc_refuses_what_it_does_not_know() {
  rm -rf "$TMP/in" "$TMP/out"
  make_image "$TMP/in" t --no-busybox >/dev/null
  add_document "$TMP/in" garbage >/dev/null
  echo "{" >"$TMP/in/manifest.json"
  expect_refused 8 imgcrypt gc "oci:$TMP/in"
  rm "$TMP/in/manifest.json"
  expect_refused 3 imgcrypt gc "oci:$TMP/in:t"
  expect_refused 2 imgcrypt gc "oci:$TMP/absent"
  expect_refused 2 imgcrypt gc "oci:$TMP/in/blobs"
  cp "$(manifest_of "$TMP/in" t)" "$TMP/manifest"
  rm "$(manifest_of "$TMP/in" t)"
  expect_refused 8 imgcrypt gc "oci:$TMP/in"
}

former_recipients_are_shut_out_by_prune() {
  local former command
  for command in "remove -r jwe:$TMP/other.pub.pem" "replace -r jwe:$TMP/key.pub.pem -k $TMP/key.pem" \
    "replace -r jwe:$TMP/key.pub.pem -k $TMP/key.pem --rotate"; do
    rm -rf "$TMP/in"
    make_image "$TMP/in" t --no-busybox --layers 2 >/dev/null
    expect_exit 0 encrypt in:t in:t -r "jwe:$TMP/other.pub.pem" --prune
    former=$(root_of "$TMP/in" t)
    cp -r "$TMP/in" "$TMP/pruned"
    # shellcheck disable=SC2086 # several words
    expect_exit 0 imgcrypt recipients ${command%% *} "oci:$TMP/in:t" ${command#* }
    expect_equal "$(grep -c "warning: the former image $former, with 2 encrypted layers, is still in the layout" <<<"$stderr")" 1 \
      "the warnings of $command"
    expect_exit 0 imgcrypt gc "oci:$TMP/in"
    expect_absent "$(blob "$TMP/in" "$former")"
    expect_exit 0 imgcrypt check "oci:$TMP/in:t" -k "$TMP/key.pem" --full
    # shellcheck disable=SC2086
    expect_exit 0 imgcrypt recipients ${command%% *} "oci:$TMP/pruned:t" ${command#* } --prune
    [[ $stderr != *warning* ]] || fail "a warning though it is pruned: $stderr"
    expect_absent "$(blob "$TMP/pruned" "$former")"
    expect_exit 0 imgcrypt check "oci:$TMP/pruned:t" -k "$TMP/key.pem" --full
    expect_exit 0 imgcrypt gc "oci:$TMP/pruned" --dry-run
    expect_equal "$stdout" "" "what --prune left"
    rm -rf "$TMP/pruned"
  done
}

decrypting_in_place_prunes() {
  rm -rf "$TMP/in"
  make_image "$TMP/in" t --no-busybox >/dev/null
  files_of "$TMP/in" >"$TMP/files"
  expect_exit 0 encrypt in:t in:t --prune
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/in:t" -k "$TMP/key.pem" --prune
  expect_equal "$(files_of "$TMP/in")" "$(cat "$TMP/files")" "the blobs"
}

# expect_no_place CODE DESTINATION TEXT
expect_no_place() {
  expect_exit "$1" imgcrypt encrypt "oci:$TMP/src:t" "oci:$2" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "$3"
}

only_new_or_empty_directories_or_layouts_are_written_to() {
  local before
  rm -rf "$TMP/src" "$TMP/place"
  make_image "$TMP/src" t --no-busybox >/dev/null
  mkdir -p "$TMP/place/tree/blobs" "$TMP/place/empty" "$TMP/place/begun/blobs/sha256" "$TMP/place/other/blobs/sha256"
  touch "$TMP/place/tree/main.c" "$TMP/place/other/blobs/sha256/mine"
  ln -s nowhere "$TMP/place/dangling"
  ln -s loop "$TMP/place/loop"
  ln -s empty "$TMP/place/link"
  before=$(state_of "$TMP")
  expect_no_place 8 "$TMP/place/tree" "not empty, and is not an image layout"
  expect_no_place 8 "$TMP/place/other" "not empty, and is not an image layout"
  expect_no_place 8 "$TMP/src/blobs/sha256" "it has no sound oci-layout file"
  expect_no_place 8 "$TMP/src/blobs/new" "inside the blobs of the image layout"
  expect_no_place 3 "$TMP/place/dangling" "is a symbolic link to nowhere, which does not exist"
  expect_no_place 3 "$TMP/place/loop" "lead in a circle"
  expect_no_place 3 "$TMP/place/new:bad tag" "\"bad tag\" cannot be a tag"
  expect_no_place 3 "$TMP/place/new:-bad" "if $TMP/place/new:-bad is meant, make the directory first"
  expect_no_place 3 "/proc/self/new" "/proc/self is not on a file system that holds files"
  expect_equal "$(state_of "$TMP" | grep -v '/std')" "$(grep -v '/std' <<<"$before")" "what is there"
  expect_exit 0 encrypt src:t place/link:t
  expect_exit 0 encrypt src:t place/begun:t
  mkdir "$TMP/place/of colons: two"
  expect_exit 0 encrypt src:t "place/of colons: two:t"
  echo '{"imageLayoutVersion":2}' >"$TMP/place/begun/oci-layout"
  expect_no_place 8 "$TMP/place/begun" "it has no sound oci-layout file"
}

# Needs a file system of its own, which only root can mount; and then in a namespace, so that nobody else sees it.
a_full_disk_says_what_it_lacks() {
  unshare -m true 2>/dev/null || return 0
  rm -rf "$TMP/src"
  make_image "$TMP/src" t --no-busybox --layer-size 3000000 --compression tar >/dev/null
  mkdir "$TMP/small"
  # shellcheck disable=SC2016
  expect_exit 1 unshare -m bash -c 'mount -t tmpfs -o size=1m none "$1" && exec "$2" encrypt "oci:$3:t" "oci:$1/out:t" -r "jwe:$4"' \
    - "$TMP/small" "$IMGCRYPT" "$TMP/src" "$TMP/key.pub.pem"
  expect_matches "$stderr" "write a blob in $TMP/small/out: .*[0-9]+ more bytes are needed, [0-9]+ are available"
}

# Whatever is written last.
a_full_disk_or_quota_is_said_of_index_json_too() {
  local error
  rm -rf "$TMP/src" "$TMP/out"
  make_image "$TMP/src" t --no-busybox >/dev/null
  expect_exit 0 encrypt src:t out:t
  for error in ENOSPC EDQUOT; do
    expect_exit 1 strace -f -qq -o "$TMP/trace" -e trace=write -P "$TMP/out/.imgcrypt-index.json" -e "inject=write:error=$error" \
      "$IMGCRYPT" encrypt "oci:$TMP/src:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
    expect_matches "$stderr" "write $TMP/out/index.json: .* \([0-9]+ more bytes are needed"
    expect_contains "$stderr" "hint: free some space there, or choose another place"
    expect_absent "$TMP/out/.imgcrypt-index.json"
  done
  [[ $stderr != *available* ]] || fail "what the disk has says nothing of a quota: $stderr"
}

# The directories above what was created keep its names.
names_of_directories_survive_a_power_cut() {
  local directory
  rm -rf "$TMP/src" "$TMP/new"
  mkdir "$TMP/new"
  make_image "$TMP/src" t --no-busybox >/dev/null
  expect_exit 0 strace -f -y -qq -o "$TMP/trace" -e trace=fsync "$IMGCRYPT" encrypt "oci:$TMP/src:t" "oci:$TMP/new/layout:t" \
    -r "jwe:$TMP/key.pub.pem"
  for directory in new new/layout new/layout/blobs new/layout/blobs/sha256; do
    expect_contains "$(cat "$TMP/trace")" "<$TMP/$directory>)"
  done
}

links_are_followed_on_demand() {
  local file
  rm -rf "$TMP/in" "$TMP/linked" "$TMP/out"
  make_image "$TMP/in" t --no-busybox >/dev/null
  mkdir -p "$TMP/linked/blobs/sha256"
  for file in $(files_of "$TMP/in"); do
    ln -s "$TMP/in/blobs/$file" "$TMP/linked/blobs/$file"
  done
  ln -s "$TMP/in/index.json" "$TMP/in/oci-layout" "$TMP/linked"
  expect_exit 8 encrypt linked:t out:t
  expect_contains "$stderr" "$TMP/linked/index.json is a symbolic link"
  expect_contains "$stderr" "read it with --follow-links"
  expect_exit 8 encrypt in:t linked:n --follow-links
  expect_exit 8 imgcrypt gc "oci:$TMP/linked"
  # What it advises works for each of them.
  expect_contains "$stderr" "make one without links first: imgcrypt copy --follow-links"
  expect_exit 0 encrypt linked:t out:t --follow-links
  expect_exit 0 imgcrypt check "oci:$TMP/out:t" -k "$TMP/key.pem" --full
  expect_exit 0 imgcrypt inspect "oci:$TMP/linked:t" --follow-links
  expect_exit 0 imgcrypt tags "oci:$TMP/linked" --follow-links
  expect_equal "$stdout" t "the tags"
  # In place where only blobs are links: they are adopted, and gc leaves links alone.
  rm "$TMP/linked/index.json" "$TMP/linked/oci-layout"
  cp "$TMP/in/index.json" "$TMP/in/oci-layout" "$TMP/linked"
  expect_exit 0 encrypt linked:t linked:e --follow-links
  expect_exit 0 imgcrypt check "oci:$TMP/linked:e" -k "$TMP/key.pem" --full --follow-links
}

what_is_no_file_is_named_by_its_path() {
  mkdir -p "$TMP/odd/index.json"
  expect_exit 8 imgcrypt inspect "oci:$TMP/odd"
  expect_contains "$stderr" "error: $TMP/odd/index.json is not a regular file"
  expect_contains "$stderr" "hint: a layout has only files and directories"
}

a_tag_that_looks_like_a_digest_is_named_by_position() {
  local tag
  tag=1@$(printf x | sha256sum | sed 's/ .*//; s/^/sha256:/')
  two_images
  edit_index "$TMP/in" ".manifests[0].annotations = {\"$tag_name\": \"$tag\"}"
  expect_exit 0 imgcrypt tags "oci:$TMP/in"
  expect_contains "$stdout" ":@0 $tag"
  expect_exit 2 imgcrypt inspect "oci:$TMP/in:none"
  expect_contains "$stderr" "the layout has: oci:$TMP/in:@0 (linux/amd64), t"
}

a_missing_version_file_has_its_cure() {
  two_images
  rm "$TMP/in/oci-layout"
  expect_exit 8 encrypt in:@0 in:@0
  expect_contains "$stderr" 'its oci-layout file must say {"imageLayoutVersion":"1.0.0"}'
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
one_entry_of_a_tag_is_replaced
one_image_listed_twice_is_replaced_in_all_its_entries
entries_that_differ_are_not_replaced_together
untagged_in_place_is_one_entry
an_untagged_image_beside_others_is_not_replaced
an_odd_neighbour_locks_nobody
names_of_containerd_follow_the_tag
dockers_list_describes_nothing_that_is_gone
tags_are_listed
gc_removes_what_no_image_needs
gc_keeps_referrers_their_subjects_and_what_docker_lists
gc_refuses_what_it_does_not_know
former_recipients_are_shut_out_by_prune
decrypting_in_place_prunes
only_new_or_empty_directories_or_layouts_are_written_to
a_full_disk_says_what_it_lacks
a_full_disk_or_quota_is_said_of_index_json_too
names_of_directories_survive_a_power_cut
a_tag_that_looks_like_a_digest_is_named_by_position
a_missing_version_file_has_its_cure
links_are_followed_on_demand
what_is_no_file_is_named_by_its_path
