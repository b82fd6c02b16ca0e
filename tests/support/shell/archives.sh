# shellcheck shell=bash
# Archives of images. Needs images.sh.

fresh() {
  rm -rf "${TMP:?}"/in "$TMP"/out "$TMP"/back "$TMP"/*.tar* "$TMP"/spool
  make_image "$TMP/in" t --no-busybox --layers 3 --compression gzip,tar,zstd "$@" >/dev/null
  root=$(root_of "$TMP/in" t)
  mkdir "$TMP/spool"
}

# members FILE: their names, without folders
members() {
  tar tf "$1" | grep -v '/$'
}

# classic_archive FILE NAME: what Docker before 25 wrote, of a new image: layers of HEX/layer.tar, one of them a link
classic_archive() {
  python3 "$support_dir/classic_archive.py" "$1" "$2"
}
