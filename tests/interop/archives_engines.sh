#!/bin/bash
# Archives go both ways between imgcrypt and those who load and save them: Docker, podman, buildah and containerd; encrypted
# ones with buildah and containerd, which alone carry them. What Docker writes since version 25 is made by hand.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/docker.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/docker.sh"

name=docker.io/library/app:1
name_of_tag='.annotations["org.opencontainers.image.ref.name"]'

# Each program has a function that loads an archive and prints the digest of the image's config, which it compares with every
# layer, and one that saves the image $name as an archive of a kind.

docker_load() {
  docker_here load --quiet --input "$1" >/dev/null && docker_here image inspect --format '{{.Id}}' "$name"
}

docker_save() {
  docker_here save --output "$1" "$name" && docker_here image rm "$name" >/dev/null
}

podman_here() {
  timeout 60 podman --root "$TMP/podman" --runroot "$TMP/podman-run" --tmpdir "$TMP/podman-tmp" --storage-driver vfs "$@"
}

podman_load() {
  podman_here load --quiet --input "$1" >/dev/null && podman_here image inspect --format 'sha256:{{.Id}}' app:1
}

podman_save() {
  podman_here save --quiet --format "$2" --output "$1" app:1 && podman_here image rm app:1 >/dev/null
}

buildah_here() {
  timeout 60 buildah --log-level error --root "$TMP/buildah" --runroot "$TMP/buildah-run" --storage-driver vfs "$@"
}

# buildah_load FILE KIND [OPTION...]
buildah_load() {
  buildah_here pull --quiet "${@:3}" "$2:$1" | sed 's/^/sha256:/'
}

# buildah_save FILE KIND [OPTION...]
buildah_save() {
  local image
  image=$(buildah_here images --quiet --no-trunc | sed 's/.*://')
  buildah_here push --quiet "${@:3}" "$image" "$2:$1:$name" && buildah_here rmi "$image" >/dev/null
}

containerd_load() {
  ctr_here images import --snapshotter "$snapshotter" "$1" >/dev/null && config_in_containerd
}

containerd_save() {
  ctr_here images export "$1" "$(ctr_here images ls -q)" && remove_images "$(ctr_here images ls -q)"
}

config_in_containerd() {
  ctr_here content get "$(ctr_here images ls | awk 'NR == 2 { print $3 }')" | jq -r .config.digest
}

# config_of LAYOUT: the digest of its config
config_of() {
  jq -r .config.digest "$(manifest_of "$TMP/$1" t)"
}

fresh() {
  rm -rf "${TMP:?}"/in "$TMP"/out "$TMP"/back "$TMP"/*.tar
  make_image "$TMP/in" t --no-busybox --layers 3 "$@" >/dev/null
  config=$(config_of in)
}

# check_plain PROGRAM KIND COMPRESSION...: it loads what imgcrypt writes, imgcrypt reads what it saves of that, and it loads
# what comes back after that was encrypted.
check_plain() {
  local compression
  for compression in "${@:3}"; do
    fresh --compression "$compression"
    imgcrypt copy "oci:$TMP/in:t" "$2:$TMP/ours.tar:$name"
    expect_equal "$("$1_load" "$TMP/ours.tar" "$2")" "$config" "the image that $1 loads from $2, $compression"
    "$1_save" "$TMP/theirs.tar" "$2"
    imgcrypt encrypt "$2:$TMP/theirs.tar:$name" "oci:$TMP/out:t" -r "${recipient_of[party]}"
    expect_encrypted "$TMP/out" t
    imgcrypt decrypt "oci:$TMP/out:t" "$2:$TMP/back.tar:$name" -k "$TMP/party.pem" --diff-ids always
    expect_equal "$("$1_load" "$TMP/back.tar" "$2")" "$config" "what $1 loads after it was encrypted"
    "$1_save" "$TMP/again.tar" "$2"
    echo "$1: $2, $compression"
  done
}

buildah_takes_and_gives_encrypted_archives() {
  fresh
  imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/ours.tar:$name" -r "${recipient_of[party]}"
  expect_equal "$(buildah_load "$TMP/ours.tar" oci-archive --decryption-key "$TMP/party.pem")" "$config" "what buildah pulls"
  buildah_save "$TMP/theirs.tar" oci-archive --encryption-key "${recipient_of[party]}"
  imgcrypt decrypt "oci-archive:$TMP/theirs.tar" "oci:$TMP/back:t" -k "$TMP/party.pem" --diff-ids always
  expect_equal "$(config_of back)" "$config" "the image that buildah encrypted"
}

containerd_takes_and_gives_encrypted_archives() {
  fresh
  imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/ours.tar:$name" -r "${recipient_of[party]}"
  expect_equal "$(containerd_load "$TMP/ours.tar")" "$config" "what containerd imports"
  containerd_save "$TMP/theirs.tar"
  imgcrypt decrypt "oci-archive:$TMP/theirs.tar:$name" "oci:$TMP/back:t" -k "$TMP/party.pem"
  expect_equal "$(root_of "$TMP/back" t)" "$(root_of "$TMP/in" t)" "the image that containerd exported"
}

# The names go through pipes with the image, so that the encrypted one takes the plain one's.
containerd_keeps_the_name_through_a_pipe() {
  fresh
  imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/ours.tar:$name"
  ctr_here images import --no-unpack "$TMP/ours.tar" >/dev/null
  expect_equal "$(ctr_here images ls -q)" "$name" "the name of the plain image"
  ctr_here images export - "$name" | imgcrypt encrypt - - -r "${recipient_of[party]}" | ctr_here images import --no-unpack - >/dev/null
  expect_equal "$(ctr_here images ls -q)" "$name" "the name of the encrypted image"
  ctr_here images export - "$name" | imgcrypt recipients list - -o json | grep -q jwe || fail "the image under the name is not encrypted"
  remove_images "$name"
}

podman_knows_a_name_from_a_pipe() {
  fresh
  imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/ours.tar:$name"
  imgcrypt copy - - <"$TMP/ours.tar" >"$TMP/piped.tar"
  expect_equal "$(podman_load "$TMP/piped.tar" oci-archive)" "$config" "the image that podman knows by its name"
  podman_here image rm app:1 >/dev/null
}

# An index comes with all that it lists, or only with what is there.
platforms_that_containerd_lacks_stay_away() {
  local there
  fresh --platforms linux/amd64,linux/arm64
  imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/ours.tar:$name"
  ctr_here images import --no-unpack --platform linux/amd64 --index-name "$name" "$TMP/ours.tar" >/dev/null
  ctr_here images export --platform linux/amd64 "$TMP/theirs.tar" "$name"
  imgcrypt encrypt - "oci:$TMP/out:t" -r "${recipient_of[party]}" <"$TMP/theirs.tar"
  imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/party.pem"
  there=$(tar tf "$TMP/theirs.tar" | grep -c blobs/sha256/.)
  expect_equal "$(find "$TMP/back/blobs" -type f | wc -l)" "$there" "the number of blobs"
  remove_images "$(ctr_here images ls -q)"
}

docker_saves_several_images() {
  local one
  fresh
  imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/one.tar:app:1"
  make_image "$TMP/other" t --no-busybox --message other >/dev/null
  imgcrypt copy "oci:$TMP/other:t" "docker-archive:$TMP/two.tar:other:2"
  for one in one two; do
    docker_here load --quiet --input "$TMP/$one.tar" >/dev/null
  done
  docker_here save app:1 other:2 >"$TMP/both.tar"
  expect_equal "$(imgcrypt tags "docker-archive:$TMP/both.tar" | sort | paste -sd ' ')" "$name docker.io/library/other:2" "the names"
  imgcrypt encrypt "docker-archive:$TMP/both.tar:other:2" "oci:$TMP/out:t" -r "${recipient_of[party]}"
  expect_equal "$(config_of out)" "$(config_of other)" "the image that was chosen"
  docker_here image rm "$name" other:2 >/dev/null
}

docker_refuses_encrypted_archives() {
  fresh
  imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/enc.tar:$name" -r "${recipient_of[party]}"
  expect_exit 1 docker_load "$TMP/enc.tar"
  expect_equal "$(docker_here image ls --quiet)" "" "the images that Docker took for plain"
}

# docker_25_archive FILE: what `docker save` writes of the image in $TMP/in since version 25: a layout with plain tars, which
# also has the list and the names of older versions
docker_25_archive() {
  local manifest
  cp -r "$TMP/in" "$TMP/saved"
  manifest=$(manifest_of "$TMP/in" t)
  jq -c --arg name "$name" '(.manifests[] | '"$name_of_tag"') = "1"
    | .manifests[].annotations["io.containerd.image.name"] = $name' "$TMP/in/index.json" >"$TMP/saved/index.json"
  jq -c 'def member: "blobs/" + sub(":"; "/");
    [{Config: .config.digest | member, RepoTags: ["app:1"], Layers: [.layers[].digest | member],
      LayerSources: [.layers[] | {key: .digest, value: .}] | from_entries}]' "$manifest" >"$TMP/saved/manifest.json"
  echo '{"app":{"1":"'"${config#*:}"'"}}' >"$TMP/saved/repositories"
  tar -C "$TMP/saved" -cf "$1" blobs index.json manifest.json oci-layout repositories
  rm -r "$TMP/saved"
}

archives_of_docker_25_are_read() {
  fresh --compression tar
  docker_25_archive "$TMP/theirs.tar"
  expect_equal "$(docker_load "$TMP/theirs.tar")" "$config" "the image that Docker loads"
  local reference
  for reference in "docker-archive:$TMP/theirs.tar:app:1" "oci-archive:$TMP/theirs.tar:$name" -; do
    rm -rf "$TMP/out" "$TMP/back"
    imgcrypt encrypt "$reference" "oci:$TMP/out:t" -r "${recipient_of[party]}" <"$TMP/theirs.tar"
    imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/party.pem"
    expect_equal "$(root_of "$TMP/back" t)" "$(root_of "$TMP/in" t)" "the digest of what came back of $reference"
  done
}

require_root
require_commands buildah containerd docker dockerd jq podman
make_keys "$TMP/party" P-256
recipient_of[party]=jwe:$TMP/party.pub.pem
use_keys "$TMP/party"
start_docker "$TMP/docker"
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys"

check_plain docker docker-archive gzip tar
check_plain podman docker-archive gzip
check_plain podman oci-archive gzip zstd
check_plain buildah docker-archive tar
check_plain buildah oci-archive gzip tar,zstd
check_plain containerd docker-archive tar
check_plain containerd oci-archive gzip tar,zstd
buildah_takes_and_gives_encrypted_archives
containerd_takes_and_gives_encrypted_archives
containerd_keeps_the_name_through_a_pipe
podman_knows_a_name_from_a_pipe
platforms_that_containerd_lacks_stay_away
docker_saves_several_images
docker_refuses_encrypted_archives
archives_of_docker_25_are_read
