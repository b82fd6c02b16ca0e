# shellcheck shell=bash
# Archives of images. Needs images.sh.

# fresh: a new image $TMP/in:t of three layers, whose digest is $root
fresh() {
  fresh_with --layers 3
}

# fresh_with OPTION...: the options are those of make_image.py
# shellcheck disable=SC2034 # root is for the caller
fresh_with() {
  rm -rf "${TMP:?}"/in "$TMP"/out "$TMP"/back "$TMP"/*.tar* "$TMP"/spool
  make_image "$TMP/in" t --no-busybox --compression gzip,tar,zstd "$@" >/dev/null
  root=$(root_of "$TMP/in" t)
  mkdir "$TMP/spool"
}

# members FILE: their names, without folders
members() {
  tar tf "$1" | grep -v '/$'
}

# classic_archive FILE NAME: what Docker before 25 wrote, of a new image: layers of HEX/layer.tar, one of them a link
classic_archive() {
  python3 "$(dirname "${BASH_SOURCE[0]}")/classic_archive.py" "$1" "$2"
}
