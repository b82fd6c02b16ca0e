#!/bin/bash
# From every place to every place: images lie in a layout, a registry, an archive, an archive from Docker, a directory of
# skopeo's or a pipe, and each command takes each of them on each side.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/registry.sh
source "$cli_dir/../support/shell/registry.sh"

places=(oci docker oci-archive dir docker-archive -)

# reference PLACE NAME
reference() {
  case $1 in
    docker) echo "docker://$REGISTRY/app:$2" ;;
    docker-archive) echo "docker-archive:$TMP/$2.docker.tar:app:$2" ;;
    oci) echo "oci:$TMP/$2.layout:t" ;;
    -) echo - ;;
    *) echo "$1:$TMP/$2.$1" ;;
  esac
}

# run CODE INPUT OUTPUT ARGUMENT...: imgcrypt, with the archives of these names for a pipe on either end
run() {
  local code=0
  timeout 120 "$IMGCRYPT" "${@:4}" <"$TMP/$2.tar" >"$TMP/$3.tar" 2>"$TMP/stderr" || code=$?
  stderr=$(cat "$TMP/stderr")
  expect_equal "$code" "$1" "the exit code of ${*:4}: $stderr"
}

# digest_at PLACE NAME: of the image there
digest_at() {
  run 0 "$2" result inspect "$(reference "$1" "$2")" -o json
  jq -er .image.digest "$TMP/result.tar"
}

# diff_ids_at PLACE NAME: of the image's layers, which stay whatever becomes of its documents
diff_ids_at() {
  run 0 "$2" result inspect --config "$(reference "$1" "$2")"
  jq -ce .rootfs.diff_ids "$TMP/result.tar"
}

# An archive of Docker's has its own documents, made of what it holds: there the content alone is compared.
expect_same_image() {
  if [[ $1 == docker-archive || $2 == docker-archive ]]; then
    expect_equal "$(diff_ids_at "$2" "$3")" "$diff_ids" "the layers, from $1 to $2"
  else
    expect_equal "$(digest_at "$2" "$3")" "$root" "the digest, from $1 to $2"
  fi
  run 0 "$3" result check --full "$(reference "$2" "$3")"
  expect_contains "$(cat "$TMP/result.tar")" "not encrypted"
}

make_plain_and_encrypted_images() {
  make_image "$TMP/plain.layout" t --no-busybox --layers 3 --compression gzip,tar,gzip >/dev/null
  root=$(root_of "$TMP/plain.layout" t)
  diff_ids=$(jq -c .rootfs.diff_ids "$(blob "$TMP/plain.layout" "$(jq -r .config.digest "$(blob "$TMP/plain.layout" "$root")")")")
  : >"$TMP/nothing.tar"
  local place
  for place in "${places[@]:1}"; do
    run 0 nothing plain copy "$(reference oci plain)" "$(reference "$place" plain)"
  done
  run 0 nothing secret encrypt "$(reference oci plain)" "$(reference oci secret)" -r "jwe:$TMP/key.pub.pem"
  for place in docker oci-archive dir -; do
    run 0 nothing secret copy "$(reference oci secret)" "$(reference "$place" secret)"
  done
}

copies_go_everywhere() {
  local from to
  for from in "${places[@]}"; do
    for to in "${places[@]}"; do
      run 0 plain copied copy "$(reference "$from" plain)" "$(reference "$to" copied)"
      expect_same_image "$from" "$to" copied
    done
  done
}

encrypted_images_go_everywhere() {
  local from to
  for from in "${places[@]}"; do
    for to in oci docker oci-archive dir -; do
      run 0 plain sealed encrypt -r "jwe:$TMP/key.pub.pem" "$(reference "$from" plain)" "$(reference "$to" sealed)"
      run 0 sealed result check --full -k "$TMP/key.pem" --require-encrypted "$(reference "$to" sealed)"
      run 0 sealed opened decrypt -k "$TMP/key.pem" "$(reference "$to" sealed)" "$(reference oci opened)"
      expect_same_image "$from" oci opened
    done
    run 8 plain result encrypt -r "jwe:$TMP/key.pub.pem" "$(reference "$from" plain)" "$(reference docker-archive sealed)"
    expect_contains "$stderr" "Docker's archives cannot hold encrypted layers"
  done
}

decrypted_images_go_everywhere() {
  local from to
  for from in oci docker oci-archive dir -; do
    for to in "${places[@]}"; do
      run 0 secret opened decrypt -k "$TMP/key.pem" "$(reference "$from" secret)" "$(reference "$to" opened)"
      expect_same_image "$from" "$to" opened
    done
  done
}

recipients_change_everywhere() {
  local from to
  for from in oci docker oci-archive dir -; do
    for to in oci docker oci-archive dir -; do
      run 0 secret shared recipients add -k "$TMP/key.pem" -r "jwe:$TMP/other.pub.pem" "$(reference "$from" secret)" \
        "$(reference "$to" shared)"
      run 0 shared result check -k "$TMP/other.pem" "$(reference "$to" shared)"
      run 0 shared result recipients list "$(reference "$to" shared)" -o json
      expect_equal "$(jq '.recipients | length' "$TMP/result.tar")" 2 "the recipients, from $from to $to"
    done
  done
}

start_registry "$TMP/registry"
make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
make_plain_and_encrypted_images
copies_go_everywhere
encrypted_images_go_everywhere
decrypted_images_go_everywhere
recipients_change_everywhere
