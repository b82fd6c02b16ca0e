#!/bin/bash
# Images in registries: Debian's docker-registry, open, with passwords, and with TLS.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/registry.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/registry.sh"

# digest_in_registry NAME: of what skopeo reads under it
digest_in_registry() {
  echo "sha256:$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/$1" | sha256sum | cut -d' ' -f1)"
}

push() {
  skopeo copy --quiet --all --preserve-digests --dest-tls-verify=false "oci:$1" "docker://$REGISTRY/$2"
}

# expect_no_uploads: no session is open at the registry. Of a deleted one it leaves empty folders.
expect_no_uploads() {
  local left
  left=$(find "$TMP/registry/storage" -path '*/_uploads/*/data' | head -3)
  [[ -z $left ]] || fail "an upload is open: $left"
}

pushes_what_others_read() {
  local pushed
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "docker://$REGISTRY/secret:1" -r "jwe:$TMP/key.pub.pem"
  pushed=${stdout#*@}
  expect_equal "$stdout" "docker://$REGISTRY/secret:1@$(digest_in_registry secret:1)" "the result"
  skopeo copy --quiet --all --preserve-digests --src-tls-verify=false "docker://$REGISTRY/secret:1" "oci:$TMP/copied:t"
  expect_equal "$(root_of "$TMP/copied" t)" "$pushed" "what skopeo copied"
  expect_opens "$TMP/copied" "$(root_of "$TMP/plain" t)" key
  expect_no_uploads
}

pulls_what_others_push() {
  push "$TMP/plain:t" "deep/er/plain:1"
  rm -rf "$TMP/out"
  expect_exit 0 imgcrypt encrypt "docker://$REGISTRY/deep/er/plain:1" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_opens "$TMP/out" "$(root_of "$TMP/plain" t)" key
  rm -rf "$TMP/out"
}

# By system calls: nothing is opened for writing but devices and pipes of the process itself.
goes_from_registry_to_registry_without_a_file() {
  strace -f -qq -e trace=openat,open,creat -o "$TMP/opened" timeout 120 "$IMGCRYPT" \
    encrypt "docker://$REGISTRY/deep/er/plain:1" "docker://$REGISTRY/secret:2" -r "jwe:$TMP/key.pub.pem" 2>/dev/null >"$TMP/stdout"
  # The thread sanitizer keeps a file of its own.
  ! grep -E 'O_CREAT|O_TMPFILE|creat\(' "$TMP/opened" | grep -v '"/tmp/tsan\.' || fail "a file was written"
  expect_exit 0 imgcrypt check --full "docker://$REGISTRY/secret:2" -k "$TMP/key.pem"
  expect_exit 0 imgcrypt decrypt "docker://$REGISTRY/secret:2" "docker://$REGISTRY/back:1" -k "$TMP/key.pem"
  expect_contains "$stderr" "exact: the result is identical"
  expect_equal "$(digest_in_registry back:1)" "$(root_of "$TMP/plain" t)" "what came back"
  expect_no_uploads
}

names_what_goes_to_a_pipe() {
  imgcrypt copy "docker://$REGISTRY/deep/er/plain:1" - >"$TMP/piped.tar" 2>/dev/null
  expect_equal "$(tar xOf "$TMP/piped.tar" index.json | jq -cS '.manifests[].annotations')" \
    '{"io.containerd.image.name":"'"$REGISTRY"'/deep/er/plain:1","org.opencontainers.image.ref.name":"1"}' "the names"
}

upload_has_begun() {
  [[ -n $(find "$TMP/registry/storage" -path '*/_uploads/*/data' -size +0) ]]
}

# The registry would not know an upload any more whose request broke off: no address of it leads there.
leaves_no_upload_open_when_it_ends_early() {
  local pid image signal status number=0
  # Layers that are sent in chunks, and such that are sent in one request.
  make_image "$TMP/short" t --no-busybox --layers 2 --layer-size 2000000 >/dev/null
  for image in plain:INT plain:TERM short:INT short:TERM; do
    signal=${image#*:}
    status=0
    number=$((number + 1)) # a repository that has none of the blobs
    (trap - INT; exec "$IMGCRYPT" copy "oci:$TMP/${image%:*}:t" "docker://$REGISTRY/slow$number:1" --limit-rate 500K 2>/dev/null) &
    pid=$!
    at_exit stop_process "$pid"
    wait_for 60 upload_has_begun || fail "the push does not begin"
    kill -"$signal" "$pid"
    wait "$pid" || status=$?
    ((status > 128)) || fail "the push ends with $status after SIG$signal"
    expect_no_uploads
  done
  cp -r "$TMP/plain" "$TMP/damaged"
  local layer
  layer=$(blob "$TMP/damaged" "$(layers_of "$TMP/damaged" t | awk 'NR == 1 { print $2 }')")
  printf X | dd of="$layer" bs=1 seek="$(($(stat -c %s "$layer") / 2))" conv=notrunc status=none
  expect_exit 7 imgcrypt copy "oci:$TMP/damaged:t" "docker://$REGISTRY/slow:1"
  expect_no_uploads
}

moves_no_layer_to_look() {
  local log=$TMP/registry/registry.log
  : >"$log"
  expect_exit 0 imgcrypt inspect "docker://$REGISTRY/secret:2"
  expect_exit 0 imgcrypt check "docker://$REGISTRY/secret:2" -k "$TMP/key.pem"
  expect_read_no_layers secret:2
}

# expect_read_no_layers NAME: the registry's log, which was emptied before, tells of other blobs alone.
expect_read_no_layers() {
  local log=$TMP/registry/registry.log layer
  grep -q "uri=\"/v2/${1%:*}/" "$log" || fail "the registry has logged nothing of it"
  for layer in $(skopeo_layers "$1"); do
    ! grep "method=GET.*uri=\"/v2/${1%:*}/blobs/$layer" "$log" || fail "layer $layer was read"
  done
}

skopeo_layers() {
  local manifest
  for manifest in $(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/$1" | jq -r '.manifests[].digest'); do
    skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/${1%:*}@$manifest" | jq -r '.layers[].digest'
  done
}

lists_tags() {
  expect_exit 0 imgcrypt tags "docker://$REGISTRY/secret"
  expect_equal "$stdout" $'1\n2' "the tags"
  expect_exit 3 imgcrypt tags "docker://$REGISTRY/secret:1"
  expect_exit 2 imgcrypt tags "docker://$REGISTRY/nothing"
  expect_contains "$stderr" "has no repository nothing"
}

replaces_in_place() {
  local before
  push "$TMP/plain:t" place:1
  before=$(digest_in_registry place:1)
  expect_exit 0 imgcrypt encrypt "docker://$REGISTRY/place:1" "docker://$REGISTRY/place:1" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "replaced $before"
  expect_equal "$stdout" "docker://$REGISTRY/place:1@$(digest_in_registry place:1)" "the result"
  expect_exit 0 imgcrypt decrypt "docker://$REGISTRY/place:1" "docker://$REGISTRY/place:1" -k "$TMP/key.pem"
  expect_equal "$(digest_in_registry place:1)" "$before" "what the tag leads to"
}

# As `docker save` since Docker 25 writes it: an index of all platforms, with the content of one. Docker's registry takes no
# such index.
platforms_that_are_there_can_be_pushed() {
  local left
  make_image "$TMP/saved" t --no-busybox --index --attestation --platforms linux/amd64,linux/arm64 >/dev/null
  jq -r '.manifests[1:][].digest' "$(blob "$TMP/saved" "$(root_of "$TMP/saved" t)")" | while read -r left; do
    rm -f "$(blob "$TMP/saved" "$left")"
  done
  expect_exit 4 imgcrypt encrypt "oci:$TMP/saved:t" "docker://$REGISTRY/saved:1" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "the index lists manifests that the source does not have"
  expect_contains "$stderr" "with --platform"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/saved:t" "docker://$REGISTRY/saved:1" -r "jwe:$TMP/key.pub.pem" --platform linux/amd64
  expect_exit 0 imgcrypt check --full "docker://$REGISTRY/saved:1" -k "$TMP/key.pem"
  expect_no_uploads
}

# Docker's registry allows none unless it is told to.
urls_of_layers_are_named() {
  make_image "$TMP/elsewhere" t --no-busybox --layers 2 >/dev/null
  edit_root "$TMP/elsewhere" t '.layers[1].urls = ["https://layers.example/1"]'
  expect_exit 4 imgcrypt copy "oci:$TMP/elsewhere:t" "docker://$REGISTRY/elsewhere:1"
  expect_contains "$stderr" "layer 1 has urls, which the registry may not allow"
  expect_contains "$stderr" "validation.manifests.urls.allow"
  expect_no_uploads
}

# A destination by digest takes the image with that digest, and no other: of that nothing is sent.
digests_name_destinations() {
  local root other
  root=$(root_of "$TMP/plain" t)
  other=sha256:$(printf x | sha256sum | cut -d' ' -f1)
  expect_exit 0 imgcrypt copy "oci:$TMP/plain:t" "docker://$REGISTRY/exact@$root"
  expect_equal "$stdout" "docker://$REGISTRY/exact@$root" "the result"
  expect_exit 0 imgcrypt check "docker://$REGISTRY/exact@$root" --full
  expect_exit 0 imgcrypt decrypt "docker://$REGISTRY/secret:2" "docker://$REGISTRY/exact:t@$root" -k "$TMP/key.pem"
  expect_equal "$(digest_in_registry exact:t)" "$root" "what the tag beside the digest leads to"
  expect_exit 8 imgcrypt copy "oci:$TMP/plain:t" "docker://$REGISTRY/wrong@$other"
  expect_contains "$stderr" "destination docker://$REGISTRY/wrong@$other: the image has the digest $root"
  expect_contains "$stderr" "hint: write docker://$REGISTRY/wrong:TAG"
  expect_exit 8 imgcrypt copy "oci:$TMP/plain:t" "docker://$REGISTRY/wrong@$other" --dry-run
  expect_exit 8 imgcrypt encrypt "oci:$TMP/plain:t" "docker://$REGISTRY/wrong@$root" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "what is encrypted gets another digest each time"
  [[ ! -e $TMP/registry/storage/docker/registry/v2/repositories/wrong/_layers ]] || fail "layers were sent"
  # What comes out is known only at the end.
  expect_exit 8 imgcrypt decrypt "docker://$REGISTRY/secret:2" "docker://$REGISTRY/wrong:t@$other" -k "$TMP/key.pem"
  expect_contains "$stderr" "the result has the digest $root"
  [[ ! -e $TMP/registry/storage/docker/registry/v2/repositories/wrong/_manifests ]] || fail "manifests were sent"
  expect_no_uploads
}

# plain_layers_left NAME OPTION...: what `encrypt place:1 NAME` says of the plain image's layers
plain_layers_left() {
  expect_exit 0 imgcrypt encrypt "docker://$REGISTRY/place:1" "docker://$REGISTRY/$1" -r "jwe:$TMP/key.pub.pem" -o json "${@:2}"
  jq -c '[.plainLayersLeft, .replaced]' <<<"$stdout"
}

plain_layers_that_stay_are_said() {
  local layers plain foretold
  push "$TMP/plain:t" place:1
  plain=$(digest_in_registry place:1)
  layers=$(skopeo_layers place:1 | grep -Fxf <(layers_of "$TMP/plain" t | cut -d' ' -f2) | sort -u | jq -Rnc '[inputs]')
  expect_equal "$(jq length <<<"$layers")" 4 "the plain layers"
  expect_equal "$(plain_layers_left place:2 --dry-run)" "[$layers,null]" "what is foretold of another tag"
  expect_contains "$(plain_layers_left place:2 >"$TMP/left"; cat "$TMP/stderr")" \
    "the destination still holds 4 plain layers of this image, which everyone can read: the registry's garbage collection removes them"
  expect_equal "$(cat "$TMP/left")" "[$layers,null]" "what is left beside another tag"
  foretold=$(plain_layers_left place:1 --dry-run)
  expect_equal "$foretold" "[$layers,\"$plain\"]" "what is foretold in place"
  expect_equal "$(digest_in_registry place:1)" "$plain" "what the tag leads to after a dry run"
  expect_contains "$(cat "$TMP/stderr")" "would replace $plain"
  expect_equal "$(plain_layers_left place:1)" "$foretold" "what is left in place"
  expect_contains "$(cat "$TMP/stderr")" "--delete-old deletes the former image"
  push "$TMP/plain:t" place:1
  expect_equal "$(plain_layers_left elsewhere:1)" "[[],null]" "what is left in another repository"
}

adds_recipients_by_the_manifest_alone() {
  local log=$TMP/registry/registry.log
  : >"$log"
  expect_exit 0 imgcrypt recipients add "docker://$REGISTRY/secret:2" -k "$TMP/key.pem" -r "jwe:$TMP/other.pub.pem"
  expect_read_no_layers secret:2
  expect_exit 0 imgcrypt check --full "docker://$REGISTRY/secret:2" -k "$TMP/other.pem"
  : >"$log"
  expect_exit 0 imgcrypt recipients replace "docker://$REGISTRY/secret:2" -k "$TMP/key.pem" -r "jwe:$TMP/key.pub.pem" --verify
  grep -q 'method=GET.*uri="/v2/secret/blobs/' "$log" || fail "--verify has read no layer"
  expect_exit 6 imgcrypt check "docker://$REGISTRY/secret:2" -k "$TMP/other.pem"
  expect_no_uploads
}

says_what_is_missing() {
  expect_exit 2 imgcrypt inspect "docker://$REGISTRY/secret:none"
  expect_contains "$stderr" "$REGISTRY has no image secret:none"
  expect_exit 5 imgcrypt inspect docker://localhost:1/x
  expect_contains "$stderr" "localhost:1: Connection refused"
  expect_exit 5 imgcrypt inspect docker://host.invalid/x
  expect_contains "$stderr" "host.invalid: no address is known for this host"
}

plain_http_only_where_it_is_asked_for() {
  local flag
  for flag in --debug --tls-verify --tls-verify=true; do
    expect_exit 5 imgcrypt inspect "$flag" --debug docker://host.invalid/x
    [[ $stderr != *http://* ]] || fail "$flag: plain http without being asked for: $stderr"
  done
  expect_exit 5 imgcrypt inspect --tls-verify=false --debug docker://host.invalid/x
  expect_contains "$stderr" "GET http://host.invalid/v2/"
}

asks_for_rights_before_it_works() {
  htpasswd -Bbn user word >"$TMP/htpasswd" 2>/dev/null
  (
    export REGISTRY_AUTH=htpasswd REGISTRY_AUTH_HTPASSWD_REALM=test REGISTRY_AUTH_HTPASSWD_PATH=$TMP/htpasswd
    start_registry "$TMP/locked"
    expect_exit 4 imgcrypt inspect "docker://$REGISTRY/x"
    expect_contains "$stderr" "401 UNAUTHORIZED"
    expect_contains "$stderr" "repository:x:pull, anonymous"
    expect_contains "$stderr" "imgcrypt login $REGISTRY"
    expect_exit 4 imgcrypt encrypt "oci:$TMP/plain:t" "docker://$REGISTRY/x" -r "jwe:$TMP/key.pub.pem"
    expect_contains "$stderr" "does not let us push to x"
    ! grep -F MiB <<<"$stderr" || fail "layers were moved first"
  )
}

trusts_no_certificate_by_itself() {
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -days 2 \
    -keyout "$TMP/tls.key" -out "$TMP/tls.crt" 2>/dev/null
  (
    export REGISTRY_HTTP_TLS_CERTIFICATE=$TMP/tls.crt REGISTRY_HTTP_TLS_KEY=$TMP/tls.key
    start_registry "$TMP/tls"
    expect_exit 5 imgcrypt inspect "docker://$REGISTRY/x"
    expect_contains "$stderr" "is not trusted by the system's authorities"
    expect_contains "$stderr" "/etc/containers/certs.d/$REGISTRY/ca.crt"
  )
}

make_keys "$TMP/key" rsa
make_keys "$TMP/other" rsa
make_image "$TMP/plain" t --layers 3 --layer-size 9000000 --platforms linux/amd64,linux/arm64 --attestation >/dev/null
start_registry "$TMP/registry"
pushes_what_others_read
pulls_what_others_push
names_what_goes_to_a_pipe
goes_from_registry_to_registry_without_a_file
leaves_no_upload_open_when_it_ends_early
moves_no_layer_to_look
lists_tags
replaces_in_place
platforms_that_are_there_can_be_pushed
urls_of_layers_are_named
digests_name_destinations
plain_layers_that_stay_are_said
adds_recipients_by_the_manifest_alone
says_what_is_missing
plain_http_only_where_it_is_asked_for
asks_for_rights_before_it_works
trusts_no_certificate_by_itself
echo "ok"
