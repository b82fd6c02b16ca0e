#!/bin/bash
# imgcrypt config: what is printed, what --install writes and --uninstall takes away, and what is refused. Everything is below
# $node, which stands for the root directory of a node. That the daemons take it is tested in tests/e2e/config.sh.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

: "${CTD_DECODER:=$cli_dir/../../build/release/streamproc/ctd-decoder}"
node=$TMP/node
main=$node/etc/containerd/config.toml
pattern='/etc/containerd/conf.d/imgcrypt*.toml'
decoder=/opt/bin/ctd-decoder

# fresh_node [LINE...]: with a decoder, and the lines in containerd's configuration file; without lines there is none.
fresh_node() {
  rm -rf "$node"
  mkdir -p "$node/opt/bin"
  cp /bin/true "$node$decoder"
  (($#)) || return 0
  mkdir -p "$(dirname "$main")"
  printf '%s\n' "$@" >"$main"
}

# config ARGUMENT...: below $node
config() {
  imgcrypt config "$@" --root "$node"
}

# snapshot DIR: all that is below it, with modes
snapshot() {
  (cd "$1" && find . -printf '%p %y %m %u\n' | sort && find . -type f -print0 | sort -z | xargs -0r sha256sum)
}

# expect_json DEFINITION: what was printed last
expect_json() {
  python3 "$cli_dir/check_schema.py" "$SOURCE_DIR/docs/output.schema.json" "$1" <"$TMP/stdout" || fail "$1: $stdout"
}

# expect_round_trip COMMAND ARGUMENT...: --install and --uninstall of `config COMMAND` leave all as it was
expect_round_trip() {
  local before
  before=$(snapshot "$node")
  expect_exit 0 config "$1" --install "${@:2}"
  [[ $(snapshot "$node") != "$before" ]] || fail "$1 --install changes nothing"
  installed=$(snapshot "$node")
  expect_exit 0 config "$1" --install "${@:2}"
  expect_contains "$stderr" "nothing to do"
  expect_equal "$(snapshot "$node")" "$installed" "what a second --install leaves"
  expect_exit 0 config "$1" --uninstall
  expect_equal "$(snapshot "$node")" "$before" "what --uninstall leaves"
  expect_exit 0 config "$1" --uninstall
  expect_contains "$stderr" "nothing to do"
}

# expect_not_installed MESSAGE COMMAND ARGUMENT...: refused, without a change
expect_not_installed() {
  local before
  before=$(snapshot "$node")
  expect_exit 8 config "$2" --install "${@:3}"
  expect_contains "$stderr" "$1"
  expect_contains "$stderr" "imgcrypt: hint: "
  expect_equal "$stdout" "" "stdout"
  expect_equal "$(snapshot "$node")" "$before" "what a refused --install leaves"
}

the_drop_in_is_printed() {
  local version
  fresh_node
  for version in 1.6:2 1.7.2:2 2.0:3 2.1+:3 v2.4.0-beta:3; do
    expect_exit 0 config containerd --version "${version%:*}" --decoder "$decoder"
    expect_contains "$stdout" "version = ${version#*:}"
    expect_equal "$(grep -c '^  path = "/opt/bin/ctd-decoder"$' <<<"$stdout")" 3 "the tables for tar, gzip and zstd"
    expect_contains "$stderr" "imports = [\"$pattern\"]"
  done
  expect_exit 0 config containerd --keys '/k "\e' --keyprovider-config /p.conf --decoder "$decoder"
  expect_contains "$stdout" 'args = ["--decryption-keys-path", "/k \"\\e"]'
  expect_contains "$stdout" 'env = ["OCICRYPT_KEYPROVIDER_CONFIG=/p.conf"]'
  fresh_node "version = 3"
  expect_exit 0 config containerd -o json --decoder "$decoder"
  expect_json configText
  expect_contains "$(jq -r .text <<<"$stdout")" "version = 3"
  expect_equal "$(jq -r .file <<<"$stdout")" /etc/containerd/conf.d/imgcrypt.toml "where it belongs"
  expect_exit 0 config containerd --decoder /no/decoder
  expect_contains "$stderr" "warning: there is no decoder at $node/no/decoder"
}

wrong_arguments_are_told() {
  fresh_node "version = 2"
  expect_exit 3 config containerd --version
  expect_exit 3 config containerd --version new
  expect_contains "$stderr" '--version "new" is not 1.6, 1.7, 2.0 or 2.1+'
  expect_exit 8 config containerd --version 1.4
  expect_exit 3 config containerd --keys keys
  expect_contains "$stderr" "--keys: keys is not an absolute path"
  expect_exit 3 config containerd --keys $'/a\nb' --decoder "$decoder"
  expect_exit 3 config containerd --install --uninstall
  expect_exit 2 config containerd --install --decoder /no/decoder
  expect_contains "$stderr" "no decoder at $node/no/decoder"
  expect_equal "$(find "$node/etc" -type f)" "$main" "what is installed without a decoder"
}

every_main_file_is_restored() {
  fresh_node
  mkdir -p "$node/etc/containerd"
  expect_round_trip containerd --decoder "$decoder" --version 2.0
  fresh_node "# mine" "version = 2" "" "[grpc]" '  address = "/x"'
  chmod 640 "$main"
  expect_round_trip containerd --decoder "$decoder"
  [[ $installed == *"config.toml.before-imgcrypt f 640"* ]] || fail "the mode of the copy: $installed"
  fresh_node "imports = []" "version = 2"
  expect_round_trip containerd --decoder "$decoder"
  fresh_node "version = 3" 'imports = ["/etc/containerd/more/*.toml"] # more'
  expect_round_trip containerd --decoder "$decoder"
  # The drop-in is imported already.
  fresh_node "version = 3" 'imports = ["/etc/containerd/conf.d/*.toml"]'
  expect_round_trip containerd --decoder "$decoder"
  [[ $installed != *before-imgcrypt* ]] || fail "a copy of a file that was not edited: $installed"
  # What the file itself says of the same processors is replaced.
  fresh_node "version = 2" '[stream_processors."io.containerd.ocicrypt.decoder.v1.tar.gzip"]' '  path = "ctd-decoder"' \
    '  accepts = ["application/vnd.oci.image.layer.v1.tar+zstd+encrypted"]'
  expect_round_trip containerd --decoder "$decoder"
  # One without a version is of version 1, which one in the drop-in would change.
  fresh_node 'root = "/r"'
  expect_round_trip containerd --decoder "$decoder"
  config containerd --install --decoder "$decoder" >/dev/null 2>&1
  [[ $(<"$node/etc/containerd/conf.d/imgcrypt.toml") != *version* ]] || fail "the drop-in has a version"
  # A link stays a link.
  fresh_node "version = 2"
  mv "$main" "$node/etc/real.toml"
  ln -s ../real.toml "$main"
  expect_round_trip containerd --decoder "$decoder"
  [[ -L $main ]] || fail "the link is gone"
}

the_result_is_told() {
  fresh_node "version = 2"
  expect_exit 0 config containerd --install --decoder "$decoder" -o json
  expect_json configChange
  expect_equal "$(jq -c '[.files[].change]' <<<"$stdout")" '["written","written","changed"]' "the changes"
  expect_equal "$(jq -r .restart <<<"$stdout")" "systemctl restart containerd" "what must be restarted"
  expect_exit 0 config containerd --install --decoder "$decoder" --keys /other
  expect_equal "$stdout" "changed $node/etc/containerd/conf.d/imgcrypt.toml" "what another directory changes"
}

changes_of_others_are_kept() {
  fresh_node "version = 2"
  config containerd --install --decoder "$decoder" >/dev/null 2>&1
  echo "oom_score = 1" >>"$main"
  expect_exit 0 config containerd --uninstall
  expect_equal "$(<"$main")" $'version = 2\noom_score = 1' "the main file"
  expect_equal "$(<"$main.before-imgcrypt")" "version = 2" "the copy"
  # Moved to where it cannot be told from theirs.
  fresh_node "version = 2"
  config containerd --install --decoder "$decoder" >/dev/null 2>&1
  sed -i "s#^imports.*#imports = ['/x*', \"$pattern\"]#" "$main"
  expect_exit 8 config containerd --uninstall
  expect_contains "$stderr" "was edited"
  [[ -e $node/etc/containerd/conf.d/imgcrypt.toml ]] || fail "uninstalled in part"
}

what_is_not_safe_is_refused() {
  local other=$node/etc/containerd/conf.d/other.toml tables='[stream_processors."io.containerd.ocicrypt.decoder.v1.tar"]'
  fresh_node "version = "
  expect_not_installed "/etc/containerd/config.toml:1:" containerd --decoder "$decoder"
  fresh_node 'imports = "/x"'
  expect_not_installed "imports is not an array of strings" containerd --decoder "$decoder"
  fresh_node 'imports = ["/missing.toml"]'
  expect_not_installed "/missing.toml, which is imported, does not exist" containerd --decoder "$decoder"
  # The same tables in an imported file, and another one for the same layers.
  fresh_node 'imports = ["/etc/containerd/conf.d/*.toml"]'
  mkdir "$(dirname "$other")"
  printf '%s\n' "$tables" '  path = "x"' >"$other"
  expect_not_installed "/etc/containerd/conf.d/other.toml already has a stream processor" containerd --decoder "$decoder"
  fresh_node '[stream_processors.mine]' 'accepts = ["application/vnd.oci.image.layer.v1.tar+gzip+encrypted"]'
  expect_not_installed "/etc/containerd/config.toml already has a stream processor for encrypted layers, mine" containerd --decoder "$decoder"
  # A file of that name that somebody else has written.
  fresh_node "version = 2"
  mkdir "$(dirname "$other")"
  echo "version = 2" >"$node/etc/containerd/conf.d/imgcrypt.toml"
  expect_not_installed "imgcrypt.toml was not written by imgcrypt" containerd --decoder "$decoder"
  expect_exit 8 config containerd --uninstall
}

# The copy of a file with so long a name cannot be made, which comes after the drop-in.
a_failure_leaves_nothing_half_made() {
  local before name
  fresh_node "version = 2"
  name=$(printf 'x%.0s' {1..245}).toml
  mv "$main" "$(dirname "$main")/$name"
  before=$(snapshot "$node")
  expect_exit 1 config containerd --install --decoder "$decoder" --config "/etc/containerd/$name"
  expect_equal "$(snapshot "$node")" "$before" "what is left"
}

# k3s_directory DATA-DIR: where its configuration is
k3s_directory() {
  echo "$node$1/agent/etc/containerd"
}

k3s_gets_a_template_or_a_drop_in() {
  local directory
  fresh_node
  expect_exit 2 config k3s --install --decoder "$decoder"
  expect_contains "$stderr" "--version"
  expect_exit 0 config k3s --version 1.7 --decoder "$decoder"
  expect_contains "$stderr" '/var/lib/rancher/k3s/agent/etc/containerd/config.toml.tmpl, after {{ template "base" . }}'
  directory=$(k3s_directory /var/lib/rancher/k3s)
  mkdir -p "$directory"
  echo "version = 3" >"$directory/config.toml"
  expect_round_trip k3s --decoder "$decoder"
  printf '{{ template "base" . }}\n[debug]\n  level = "info"' >"$directory/config-v3.toml.tmpl"
  expect_round_trip k3s --decoder "$decoder"
  config k3s --install --decoder "$decoder" >/dev/null 2>&1
  expect_exit 0 config k3s --install --decoder "$decoder" --keys /other
  expect_equal "$stdout" "changed $directory/config-v3.toml.tmpl" "what another directory changes"
  echo "# later" >>"$directory/config-v3.toml.tmpl"
  expect_exit 0 config k3s --uninstall
  # shellcheck disable=SC2016
  expect_equal "$(<"$directory/config-v3.toml.tmpl")" '{{ template "base" . }}'$'\n[debug]\n  level = "info"# later' "the template"
  echo "[stream_processors.x]" >"$directory/config-v3.toml.tmpl"
  expect_not_installed "config-v3.toml.tmpl:1: the template has stream processors already" k3s --decoder "$decoder"
  # What newer ones import.
  directory=$(k3s_directory /var/lib/rancher/rke2)
  mkdir -p "$directory"
  echo 'imports = ["/var/lib/rancher/rke2/agent/etc/containerd/config-v3.toml.d/*.toml"]'$'\nversion = 3' >"$directory/config.toml"
  expect_exit 0 config k3s --install --decoder "$decoder" --data-dir /var/lib/rancher/rke2
  expect_equal "$stdout" "written $directory/config-v3.toml.d/imgcrypt.toml" "what RKE2 gets"
  expect_contains "$stderr" "systemctl try-restart 'rke2-*.service'"
  expect_exit 0 config k3s --uninstall --data-dir /var/lib/rancher/rke2
  expect_absent "$directory/config-v3.toml.d"
}

crio_gets_a_drop_in() {
  fresh_node
  expect_exit 0 config crio
  expect_contains "$stdout" $'[crio.runtime]\ndecryption_keys_path = "/etc/crio/keys"'
  mkdir -p "$node/etc/crio/crio.conf.d"
  printf '[crio.runtime]\ndecryption_keys_path = "/weaker"\n' >"$node/etc/crio/crio.conf.d/10-x.conf"
  expect_round_trip crio --keys /keys
  printf '[crio.runtime]\ndecryption_keys_path = "/stronger"\n' >"$node/etc/crio/crio.conf.d/60-x.conf"
  expect_not_installed "60-x.conf already sets decryption_keys_path to /stronger" crio
  expect_exit 0 config crio --install --keys /stronger
}

docker_keeps_images_in_containerd() {
  local file=$node/etc/docker/daemon.json text
  fresh_node
  mkdir "$node/etc"
  expect_exit 0 config docker
  expect_equal "$(jq -c . <<<"$stdout")" '{"features":{"containerd-snapshotter":true}}' "daemon.json"
  expect_round_trip docker
  mkdir -p "$node/etc/docker"
  for text in '{}' '{"debug": true}' $'{\n\t"features": {"buildkit": true},\n\t"debug": true\n}\n'; do
    printf %s "$text" >"$file"
    expect_round_trip docker
    config docker --install >/dev/null 2>&1
    expect_equal "$(jq -S . "$file")" "$(jq -S '.features["containerd-snapshotter"] = true' <<<"$text")" "daemon.json"
    config docker --uninstall >/dev/null 2>&1
  done
  echo '{"features":{"containerd-snapshotter":true}}' >"$file"
  expect_exit 0 config docker --install
  expect_equal "$stdout" "" "what is changed"
  echo '{"features":{"containerd-snapshotter":false}}' >"$file"
  expect_not_installed "daemon.json turns containerd-snapshotter off" docker
  echo '{}' >"$file"
  config docker --install >/dev/null 2>&1
  echo '{"debug":true}' >"$file"
  expect_exit 8 config docker --uninstall
  expect_contains "$stderr" "daemon.json.before-imgcrypt is what it was before"
}

keys_are_put_in() {
  local keys=$node/etc/containerd/ocicrypt/keys
  fresh_node
  make_keys "$TMP/ec" P-256
  openssl pkey -in "$TMP/ec.pem" -aes256 -passout pass:secret -out "$TMP/locked.pem" 2>/dev/null
  printf 'secret\n' >"$TMP/passphrase"
  chmod 600 "$TMP/passphrase"
  imgcrypt key generate sodium "$TMP/sodium.key" >/dev/null
  head -c 32 /dev/urandom >"$TMP/raw.key"
  expect_exit 0 config keys
  expect_equal "$stdout" "written $keys" "what is made without a key"
  expect_exit 0 config keys "$TMP/ec.pem" "$TMP/locked.pem:file=$TMP/passphrase" "$TMP/sodium.key" "$TMP/raw.key" -o json
  expect_json configKeys
  expect_equal "$(jq -c '[.change, .keys[].change, .keys[1].passphrase, .keys[2].fingerprint]' <<<"$stdout")" \
    '["unchanged","written","written","written","written",true,null]' "the changes"
  expect_equal "$(cd "$keys" && find . -printf '%p %m\n' | sort)" \
    $'. 700\n./ec.pem 600\n./locked.pem 600\n./locked.pem.pass 600\n./raw.key 600\n./sodium.key 600' "the directory"
  expect_equal "$(<"$keys/locked.pem.pass")" secret "the passphrase"
  expect_equal "$(stat -c '%a %a %a' "$node/etc" "$node/etc/containerd" | sort -u)" "755 755 755" "the directories above"
  cmp "$TMP/locked.pem" "$keys/locked.pem"
  expect_exit 0 config keys "$TMP/ec.pem"
  expect_contains "$stdout" "unchanged $keys/ec.pem ("
  # Of a key that a provider opens, the passphrase goes there as well.
  cp "$cli_dir/../vectors/keys/pgppw.sec" "$TMP/pgp.sec"
  expect_exit 0 config keys "$TMP/pgp.sec:file=$TMP/passphrase"
  expect_equal "$(<"$keys/pgp.sec.pass")" secret "the passphrase of an OpenPGP key"
  # What is open to others is closed.
  chmod 755 "$keys"
  chmod 644 "$keys/ec.pem"
  expect_exit 8 config keys "$TMP/ec.pem"
  expect_exit 0 config keys --force "$TMP/ec.pem"
  expect_equal "$(stat -c %a "$keys/ec.pem")" 600 "the mode of a key that was open"
  expect_equal "$(stat -c %a "$keys")" 700 "the mode of a directory that was open"
}

wrong_keys_are_refused() {
  local keys=$node/etc/containerd/ocicrypt/keys
  fresh_node
  expect_exit 3 config keys "$TMP/ec.pem" "$TMP/ec.pub.pem"
  expect_contains "$stderr" "key $TMP/ec.pub.pem: a public key"
  expect_absent "$keys"
  expect_exit 3 config keys "$TMP/locked.pem"
  expect_exit 3 config keys "$TMP/locked.pem:pass=wrong"
  expect_exit 3 config keys "$TMP/sodium.key.pub"
  cp "$TMP/ec.pem" "$TMP/x.pass"
  expect_exit 3 config keys "$TMP/x.pass"
  expect_absent "$keys/x.pass"
  config keys "$TMP/ec.pem" >/dev/null
  make_keys "$TMP/ec2" P-256
  mkdir -p "$TMP/other"
  cp "$TMP/ec2.pem" "$TMP/other/ec.pem"
  expect_exit 3 config keys "$TMP/ec.pem" "$TMP/other/ec.pem" --force
  expect_contains "$stderr" "two of the keys are called ec.pem"
  expect_exit 8 config keys "$TMP/sodium.key" "$TMP/other/ec.pem"
  expect_absent "$keys/sodium.key"
  expect_contains "$stderr" "$keys/ec.pem exists already"
  cmp "$TMP/ec.pem" "$keys/ec.pem"
  expect_exit 0 config keys --force "$TMP/other/ec.pem"
  cmp "$TMP/ec2.pem" "$keys/ec.pem"
}

# A set of keys from a directory, as the kubelet mounts a Secret: what is not in it any more goes, and what others have put
# beside it stays.
key_sets_follow_a_directory() {
  local keys=$node/etc/containerd/ocicrypt/keys from=$TMP/from before
  fresh_node "version = 2"
  before=$(snapshot "$node")
  mkdir -p "$from/..1"
  ln -s ..1 "$from/..data"
  cp "$TMP/ec.pem" "$TMP/locked.pem" "$from/..1"
  cp "$TMP/passphrase" "$from/..1/locked.pem.pass"
  for name in ec.pem locked.pem locked.pem.pass; do
    ln -s "..data/$name" "$from/$name"
  done
  expect_exit 0 config keys --from "$from" -o json
  expect_json configKeys
  expect_equal "$(jq -c '[.change, (.keys[] | .change, .passphrase)]' <<<"$stdout")" \
    '["written","written",false,"written",true]' "the changes"
  expect_equal "$(ls -A "$keys")" $'ec.pem\nlocked.pem\nlocked.pem.pass' "the keys"
  expect_equal "$(stat -c %a "$keys.imgcrypt")" 600 "the mode of the list"
  # The same again, and then another set, where a key of the same name is replaced.
  expect_exit 0 config keys --install --from "$from"
  expect_contains "$stdout" "unchanged $keys/locked.pem"
  config keys "$TMP/raw.key" >/dev/null
  rm "$from/..data" "$from/locked.pem" "$from/locked.pem.pass"
  mkdir "$from/..2"
  ln -s ..2 "$from/..data"
  cp "$TMP/ec2.pem" "$from/..2/ec.pem"
  expect_exit 0 config keys --from "$from" -o json
  expect_json configKeys
  expect_equal "$(jq -c '[.keys[] | .change]' <<<"$stdout")" '["changed","removed"]' "the changes"
  expect_equal "$(ls -A "$keys")" $'ec.pem\nraw.key' "the keys of the other set"
  cmp "$TMP/ec2.pem" "$keys/ec.pem"
  # What somebody else has put there is not replaced, nor taken away even if the set has it too.
  cp "$TMP/other/ec.pem" "$from/..2/raw.key"
  expect_exit 8 config keys --from "$from"
  expect_contains "$stderr" "$keys/raw.key exists already"
  cp "$TMP/raw.key" "$from/..2/raw.key"
  expect_exit 0 config keys --from "$from"
  rm "$from/..2/ec.pem" "$from/..2/raw.key"
  expect_exit 2 config keys --from "$from"
  expect_contains "$stderr" "there is no key in $from"
  expect_exit 0 config keys --uninstall --from "$from"
  expect_equal "$stdout" "removed $keys/ec.pem" "what is taken away"
  cmp "$TMP/raw.key" "$keys/raw.key"
  rm "$keys/raw.key"
  cp "$TMP/ec.pem" "$from/..2"
  config keys --from "$from" >/dev/null
  expect_exit 0 config keys --uninstall -o json
  expect_json configKeys
  expect_equal "$(snapshot "$node")" "$before" "what --uninstall leaves"
  expect_exit 0 config keys --uninstall
  expect_contains "$stderr" "nothing to do"
}

wrong_key_sets_are_refused() {
  local keys=$node/etc/containerd/ocicrypt/keys from=$TMP/wrong
  fresh_node
  mkdir "$from"
  cp "$TMP/ec.pem" "$TMP/ec.pub.pem" "$from"
  expect_exit 3 config keys --from "$from"
  expect_contains "$stderr" "key $from/ec.pub.pem: a public key"
  expect_absent "$keys"
  expect_exit 3 config keys --from "$TMP/nowhere"
  expect_exit 3 config keys --from "$from" "$TMP/ec.pem"
  expect_exit 3 config keys --uninstall "$TMP/ec.pem"
  expect_exit 3 config keys --uninstall --install
  # A list that nobody but us should have written names nothing outside of the directory.
  rm "$from/ec.pub.pem"
  config keys --from "$from" >/dev/null
  echo ../../config.toml >>"$keys.imgcrypt"
  expect_exit 8 config keys --uninstall
  expect_contains "$stderr" 'names "../../config.toml", which is not a key'
  echo mine >"$keys.imgcrypt"
  expect_exit 8 config keys --from "$from"
  expect_contains "$stderr" "was not written by imgcrypt"
}

the_decoder_is_put_in() {
  local program=$node/usr/local/bin/ctd-decoder before
  fresh_node
  mkdir -p "$TMP/programs" "$node/usr/local/bin"
  cp "$CTD_DECODER" "$TMP/programs/ctd-decoder"
  before=$(snapshot "$node")
  # The decoder is looked for beside the program.
  cp "$IMGCRYPT" "$TMP/programs/imgcrypt"
  config_there() { "$TMP/programs/imgcrypt" config "$@" --root "$node"; }
  expect_exit 3 config_there decoder
  expect_contains "$stderr" "say --install or --uninstall"
  expect_exit 0 config_there decoder --install -o json
  expect_json configChange
  expect_contains "$(jq -r '.notes[]' <<<"$stdout")" "needs shared libraries"
  cmp "$CTD_DECODER" "$program"
  expect_equal "$(stat -c %a "$program")" 755 "the mode"
  expect_exit 0 config_there decoder --install
  expect_contains "$stderr" "nothing to do"
  # It is replaced at once, so that one that runs goes on.
  echo more >>"$program"
  local old
  old=$(stat -c %i "$program")
  expect_exit 0 config_there decoder --install
  expect_equal "$stdout" "changed $program" "what is said of another one"
  [[ $(stat -c %i "$program") != "$old" ]] || fail "the decoder was written over"
  expect_exit 0 config_there decoder --uninstall
  expect_equal "$(snapshot "$node")" "$before" "what --uninstall leaves"
  expect_exit 0 config_there decoder --uninstall
  expect_contains "$stderr" "nothing to do"
  # Another program of this name is not touched.
  cp /bin/true "$program"
  for action in --install --uninstall; do
    expect_exit 8 config_there decoder "$action"
    expect_contains "$stderr" "$program is not imgcrypt's ctd-decoder"
  done
  ln -sf "$CTD_DECODER" "$program"
  expect_exit 8 config_there decoder --uninstall
  expect_exit 0 config_there decoder --install --decoder /opt/imgcrypt/ctd-decoder
  cmp "$CTD_DECODER" "$node/opt/imgcrypt/ctd-decoder"
  cp /bin/true "$TMP/programs/ctd-decoder"
  expect_exit 8 config_there decoder --install --decoder /opt/other
  expect_absent "$node/opt/other"
}

the_drop_in_is_printed
wrong_arguments_are_told
every_main_file_is_restored
the_result_is_told
changes_of_others_are_kept
what_is_not_safe_is_refused
a_failure_leaves_nothing_half_made
k3s_gets_a_template_or_a_drop_in
crio_gets_a_drop_in
docker_keeps_images_in_containerd
keys_are_put_in
wrong_keys_are_refused
key_sets_follow_a_directory
wrong_key_sets_are_refused
the_decoder_is_put_in
