# shellcheck shell=bash
# Makes images and keys, and looks into OCI layouts. Needs cleanup.sh and assert.sh.

support_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# make_image LAYOUT TAG OPTION...: prints the digest; make_image.py --help lists the options.
make_image() {
  python3 "$support_dir/make_image.py" --layout "$1" --tag "$2" "${@:3}"
}

# make_keys NAME KIND: NAME.pem and NAME.pub.pem; KIND is rsa or an elliptic curve's name.
make_keys() {
  local options=(-algorithm RSA -pkeyopt rsa_keygen_bits:2048)
  [[ $2 == rsa ]] || options=(-algorithm EC -pkeyopt "ec_paramgen_curve:$2" -pkeyopt ec_param_enc:named_curve)
  openssl genpkey "${options[@]}" -out "$1.pem" 2>/dev/null
  openssl pkey -in "$1.pem" -pubout -out "$1.pub.pem"
}

# make_certificate NAME COMMON-NAME: NAME.pem and NAME.cert.pem
make_certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$2" -days 2 -keyout "$1.pem" -out "$1.cert.pem" 2>/dev/null
}

# blob LAYOUT DIGEST: the path of a blob
blob() {
  echo "$1/blobs/${2/://}"
}

# root_of LAYOUT TAG: the digest that the tag names
root_of() {
  jq -er --arg tag "$2" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag) | .digest' \
    "$1/index.json"
}

# manifests_of LAYOUT DIGEST: digests of the image manifests of an index, or of the manifest itself, in order
manifests_of() {
  local document
  document=$(blob "$1" "$2")
  if jq -e 'has("manifests")' "$document" >/dev/null; then
    jq -r '.manifests[] | select(.annotations["vnd.docker.reference.type"] == null) | .digest' "$document"
  else
    echo "$2"
  fi
}

# layers_of LAYOUT TAG: "MEDIATYPE DIGEST" of every layer of every platform, in order
layers_of() {
  local root manifests manifest
  root=$(root_of "$1" "$2")
  manifests=$(manifests_of "$1" "$root")
  for manifest in $manifests; do
    jq -r '.layers[] | "\(.mediaType) \(.digest)"' "$(blob "$1" "$manifest")"
  done
}

# expect_same_layers LAYOUT TAG LAYOUT TAG: types and order are the same, and the blobs are, byte for byte.
expect_same_layers() {
  local layers others digest
  layers=$(layers_of "$1" "$2")
  others=$(layers_of "$3" "$4")
  [[ -n $layers ]] || fail "$1:$2 has no layers"
  expect_equal "$layers" "$others" "the list of layers of $1:$2"
  while read -r _ digest; do
    cmp "$(blob "$1" "$digest")" "$(blob "$3" "$digest")" || fail "layer $digest of $1 differs"
  done <<<"$layers"
}

# expect_encrypted LAYOUT TAG: every layer has an encrypted type, and its content matches its digest.
expect_encrypted() {
  local layers type digest
  layers=$(layers_of "$1" "$2")
  [[ -n $layers ]] || fail "$1:$2 has no layers"
  while read -r type digest; do
    [[ $type == *+encrypted ]] || fail "$1:$2 has a layer of type $type"
    expect_equal "sha256:$(sha256sum <"$(blob "$1" "$digest")" | cut -d' ' -f1)" "$digest" "the digest of a layer"
  done <<<"$layers"
}

# printed_by MESSAGE LAYERS: what a container of such an image prints
printed_by() {
  local number
  echo "$1"
  for ((number = 1; number <= $2; number++)); do
    echo "layer $number"
  done
}

# encryption_of LAYOUT TAG: a word for each platform, a letter for each layer: "ee-" if the last of three is plain
encryption_of() {
  local manifest words=()
  for manifest in $(manifests_of "$1" "$(root_of "$1" "$2")"); do
    words+=("$(jq -r '[.layers[].mediaType | if endswith("+encrypted") then "e" else "-" end] | add' "$(blob "$1" "$manifest")")")
  done
  printf "%s\n" "${words[*]}" # echo would take "-eee" for options
}

# manifest_of LAYOUT TAG: the path of the manifest of its only or first platform
manifest_of() {
  blob "$1" "$(manifests_of "$1" "$(root_of "$1" "$2")" | head -n1)"
}

# edit_root LAYOUT TAG FILTER: applies jq's FILTER to the document that the tag names, which gets its own digest; the order of
# members and everything else stay.
edit_root() {
  local old new digest
  old=$(blob "$1" "$(root_of "$1" "$2")")
  new=$(mktemp "$1/blobs/sha256/edited.XXXXXX")
  jq -cj "$3" "$old" >"$new"
  digest=$(sha256sum <"$new" | cut -d' ' -f1)
  set_root "$1" "$2" "sha256:$digest" "$(stat -c %s "$new")" "$(jq -r '.mediaType // empty' "$new")"
  mv "$new" "$1/blobs/sha256/$digest"
}

# set_root LAYOUT TAG DIGEST SIZE [MEDIATYPE]
set_root() {
  jq -c --arg tag "$2" --arg digest "$3" --argjson size "$4" --arg type "${5:-}" '
    (.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag))
    |= (.digest = $digest | .size = $size | if $type == "" then . else .mediaType = $type end)' "$1/index.json" >"$1/index.new"
  mv "$1/index.new" "$1/index.json"
}

# add_artifact LAYOUT SUBJECT TYPE [TAG]: an artifact in the layout; with a tag, it does not name its subject
add_artifact() {
  local digest size entry
  printf '{}' >"$TMP/$1/blobs/sha256/$(printf '{}' | sha256sum | cut -d' ' -f1)"
  jq -cnj --arg type "$3" --arg subject "$2" --arg tag "${4:-}" '
    {mediaType: "application/vnd.oci.empty.v1+json", digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", size: 2} as $empty
    | {schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", artifactType: $type, config: $empty,
       layers: [$empty], annotations: {tag: $tag}}
    + if $tag == "" then {subject: {mediaType: "application/vnd.oci.image.index.v1+json", digest: $subject, size: 1}} else {} end' \
    >"$TMP/artifact.json"
  digest=$(sha256sum <"$TMP/artifact.json" | cut -d' ' -f1)
  size=$(stat -c %s "$TMP/artifact.json")
  mv "$TMP/artifact.json" "$TMP/$1/blobs/sha256/$digest"
  entry=$(jq -cn --arg digest "sha256:$digest" --argjson size "$size" --arg tag "${4:-}" '
    {mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $digest, size: $size}
    + if $tag == "" then {} else {annotations: {"org.opencontainers.image.ref.name": $tag}} end')
  jq -c --argjson entry "$entry" '.manifests += [$entry]' "$TMP/$1/index.json" >"$TMP/index.json"
  mv "$TMP/index.json" "$TMP/$1/index.json"
  echo "sha256:$digest"
}

# referrers_of LAYOUT: digests of all but the first of its images
referrers_of() {
  jq -r '[.manifests[1:][].digest] | sort | join(" ")' "$TMP/$1/index.json"
}
