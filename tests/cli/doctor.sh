#!/bin/bash
# What doctor finds on nodes that are set up wrongly, each time with the cure, and that it finds nothing where all is well.
# A process that is called containerd stands in for one: it is only looked at.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

: "${CTD_DECODER:=$cli_dir/../../build/release/streamproc/ctd-decoder}"
layer=application/vnd.oci.image.layer.v1.tar

# new_node: a node in $node where all is well, and its containerd
new_node() {
  stop_node
  node=$TMP/node
  remove_tree "$node"
  mkdir -p "$node"/{bin,keys,etc/conf.d}
  chmod 700 "$node/keys"
  cp "$CTD_DECODER" "$node/bin/ctd-decoder"
  install -m 600 "$TMP/key.pem" "$node/keys/"
  version=1.6
  search_path=$node/bin
  write_config
  touch -d yesterday "$node/etc/config.toml"
  start_node
}

write_config() {
  {
    echo 'version = 2'
    write_processor tar
    write_processor tar.gzip
    write_processor tar.zstd
  } >"$node/etc/config.toml"
}

# write_processor KIND [NAME [ARGUMENT...]]: NAME is that of the table
write_processor() {
  local kind=$1 name=${2:-io.containerd.ocicrypt.decoder.v1.$1}
  local compression=${kind#tar}
  compression=${compression/./+}
  cat <<TOML
[stream_processors."$name"]
  accepts = ["$layer$compression+encrypted"]
  returns = "$layer$compression"
  path = "ctd-decoder"
  args = $(jq -cn '$ARGS.positional' --args -- --decryption-keys-path "$node/keys" "${@:3}")
  env = ["OCICRYPT_KEYPROVIDER_CONFIG=$node/providers.conf"]
TOML
}

# It waits for the end of its input, which comes when this test ends.
start_node() {
  (PATH=$search_path exec -a containerd "$python" - --config "$node/etc/config.toml") <"$TMP/waiting" 9>&- &
  node_pid=$!
  wait_for 60 node_is_seen || fail "the stand-in for containerd was not started"
}

node_is_seen() {
  [[ $(tr '\0' ' ' <"/proc/$node_pid/cmdline") == "containerd - --config"* ]]
}

stop_node() {
  [[ -z ${node_pid:-} ]] || stop_process "$node_pid"
}

doctor() {
  imgcrypt doctor --no-self-test --config "$node/etc/config.toml" --version "$version" "$@"
}

expect_json() {
  python3 "$cli_dir/check_schema.py" "$cli_dir/../../docs/output.schema.json" doctor <"$TMP/stdout" || fail "$stdout"
}

# expect_fault WHAT CURE: both are parts of the same finding, the only fault
expect_fault() {
  expect_exit 1 doctor -o json
  expect_json
  jq -e --arg what "$1" --arg cure "$2" '[.findings[] | select(.severity == "fault")] | length == 1
    and (.[0].what | contains($what)) and (.[0].cure | contains($cure)) and (.[0].why | length > 10)' <<<"$stdout" >/dev/null ||
    fail "the fault is not '$1' with the cure '$2': $(jq '.findings[] | select(.severity == "fault")' <<<"$stdout")"
  expect_exit 1 doctor
  expect_matches "$stdout" $'FAULT  [^\n]*\n       why: [^\n]*\n       cure: '
  expect_equal "$stderr" "imgcrypt: error: 1 fault was found
imgcrypt: hint: each comes with its cure; run doctor again afterwards" "stderr"
}

# expect_finding SEVERITY WHAT: and all is well but for that
expect_finding() {
  expect_exit 0 doctor -o json
  expect_json
  jq -e --arg severity "$1" --arg what "$2" '.faults == 0 and any(.findings[]; .severity == $severity and (.what | contains($what)))' \
    <<<"$stdout" >/dev/null || fail "no $1 says '$2': $stdout"
}

all_is_well() {
  new_node
  expect_exit 0 doctor
  expect_equal "$stderr" "" "stderr"
  expect_contains "$stdout" "ok     containerd (process $node_pid): version 1.6, configured by $node/etc/config.toml"
  expect_contains "$stdout" "imgcrypt's, version "
  expect_contains "$stdout" "stream processors take encrypted layers of tar, gzip and zstd"
  expect_contains "$stdout" "$("$IMGCRYPT" key show "$TMP/key.pem" | grep -oE '[A-Za-z0-9_-]{43}')"
  [[ $stdout != *FAULT* ]] || fail "a fault: $stdout"
  expect_exit 0 doctor -o json
  jq -e '.faults == 0 and all(.findings[]; .severity != "fault")' <<<"$stdout" >/dev/null || fail "$stdout"
}

containerd_does_not_run() {
  new_node
  sed -i "s|\"ctd-decoder\"|\"$node/bin/ctd-decoder\"|" "$node/etc/config.toml"
  stop_node
  expect_fault "no containerd that reads this file runs here" "containerd --config $node/etc/config.toml"
  start_node
}

containerd_is_too_old() {
  new_node
  version=1.4
  expect_fault "containerd 1.4 is too old" "install containerd 1.6 or newer"
}

its_configuration_is_broken() {
  new_node
  echo 'stream_processors = 3' >"$node/etc/config.toml"
  touch -d yesterday "$node/etc/config.toml"
  expect_exit 1 doctor -o json
  expect_contains "$stdout" "stream_processors is not a table"
}

it_was_not_restarted() {
  new_node
  touch -d tomorrow "$node/etc/config.toml"
  expect_fault "was changed after it was started" "restart process $node_pid"
}

zstd_has_no_processor() {
  new_node
  sed -i '/tar.zstd/,$d' "$node/etc/config.toml"
  touch -d yesterday "$node/etc/config.toml"
  expect_fault "no stream processor takes encrypted layers of type tar+zstd" \
    "imgcrypt config containerd --install --config $node/etc/config.toml && restart process $node_pid"
}

two_processors_compete() {
  new_node
  write_processor tar.gzip other.decoder >>"$node/etc/config.toml"
  touch -d yesterday "$node/etc/config.toml"
  expect_fault "several stream processors take encrypted layers of type tar+gzip: " "take all but one out"
}

pulls_are_given_up_early() {
  new_node
  printf '[plugins."io.containerd.cri.v1.images"]\nimage_pull_progress_timeout = "10s"\n' >>"$node/etc/config.toml"
  touch -d yesterday "$node/etc/config.toml"
  expect_finding note "gives pulls up after 10s without progress"
}

there_is_no_decoder() {
  new_node
  rm "$node/bin/ctd-decoder"
  expect_fault "there is no ctd-decoder in its PATH, $node/bin" "install ctd-decoder into one of these directories"
}

the_decoder_is_elsewhere() {
  new_node
  sed -i 's|"ctd-decoder"|"/opt/none/ctd-decoder"|' "$node/etc/config.toml"
  touch -d yesterday "$node/etc/config.toml"
  expect_fault "there is no decoder at /opt/none/ctd-decoder" "install ctd-decoder there: /opt/none/ctd-decoder"
}

put_decoder() {
  rm "$node/bin/ctd-decoder"
  printf '#!/bin/sh\n%s\n' "$1" >"$node/bin/ctd-decoder"
  chmod 755 "$node/bin/ctd-decoder"
}

the_decoder_is_anothers() {
  new_node
  put_decoder 'echo ctd-decoder version 1.1.10'
  expect_fault "it is another program of this name: ctd-decoder version 1.1.10" "put imgcrypt's ctd-decoder in its place"
  version=2.1
  expect_fault "it is another program of this name" "put imgcrypt's ctd-decoder in its place"
  expect_contains "$stdout" "containerd 2.1 and newer do not pass"
}

the_decoder_does_not_start() {
  new_node
  put_decoder 'echo error while loading shared libraries: libsodium.so.23 >&2; exit 127'
  expect_fault "error while loading shared libraries: libsodium.so.23" "statically linked ctd-decoder"
}

others_can_replace_the_decoder() {
  new_node
  chmod 777 "$node/bin"
  expect_fault "others can write its directory $node/bin" "chmod go-w $node/bin/ctd-decoder"
}

the_decoder_is_not_shut_in() {
  new_node
  sed -i '/^args/d; /^  args/d' "$node/etc/config.toml"
  sed -i "s|^  path = .*|&\n  args = [\"--decryption-keys-path=$node/keys\", \"--sandbox=off\"]|" "$node/etc/config.toml"
  touch -d yesterday "$node/etc/config.toml"
  expect_fault "its configuration says --sandbox=off" "take --sandbox out of its args"
}

there_is_no_key_directory() {
  new_node
  rm -r "$node/keys"
  expect_fault "no keys: $node/keys does not exist" "imgcrypt config keys PRIVATE-KEY --keys $node/keys"
}

there_is_no_key() {
  new_node
  echo "not a key" >"$node/keys/key.pem"
  chmod 600 "$node/keys/key.pem"
  expect_exit 1 doctor -o json
  jq -e '.faults > 0 and any(.findings[]; .about | startswith("key "))' <<<"$stdout" >/dev/null || fail "$stdout"
}

the_key_is_public() {
  new_node
  install -m 600 "$TMP/key.pub.pem" "$node/keys/key.pem"
  expect_fault "public key" "private"
  # It is no secret.
  chmod 755 "$TMP" "$node" "$node/keys"
  chmod 644 "$node/keys/key.pem"
  expect_exit 1 doctor
  [[ $stdout$stderr != *"others can read"* ]] || fail "a public key is taken for a secret: $stdout"
  chmod 700 "$TMP"
}

others_can_read_the_key() {
  new_node
  chmod 755 "$node/keys" "$node"
  chmod 644 "$node/keys/key.pem"
  chmod 755 "$TMP"
  expect_fault "others can read it (mode 0644)" "chmod 600 $node/keys/key.pem"
  chmod 700 "$TMP"
}

the_passphrase_is_missing() {
  new_node
  openssl pkey -in "$TMP/key.pem" -aes256 -passout pass:secret -out "$node/keys/key.pem"
  expect_fault "passphrase" "imgcrypt config keys $node/keys/key.pem:prompt --keys $node/keys --force"
  printf wrong >"$node/keys/key.pem.pass"
  chmod 600 "$node/keys/key.pem.pass"
  expect_fault "passphrase" "imgcrypt config keys $node/keys/key.pem:prompt"
  printf secret >"$node/keys/key.pem.pass"
  expect_finding ok ", with its passphrase"
}

# A key of a provider of ours, which is not installed beside the decoder
the_keys_provider_is_missing() {
  new_node
  rm "$node/keys/key.pem"
  head -c 32 /dev/urandom >"$node/keys/raw"
  chmod 600 "$node/keys/raw"
  expect_fault "it is not installed beside the decoder: $node/libexec/imgcrypt/keyprovider-coco" "install imgcrypt's key providers"
}

# configure_provider PATH
configure_provider() {
  jq -n --arg path "$1" '{"key-providers": {demo: {cmd: {path: $path, args: []}}}}' >"$node/providers.conf"
}

a_provider_is_missing() {
  new_node
  configure_provider "$node/none"
  expect_fault "$node/none" "install $node/none, or correct its entry in $node/providers.conf"
}

a_provider_crashes() {
  new_node
  printf '#!/bin/sh\nkill -SEGV $$\n' >"$node/provider"
  chmod 755 "$node/provider"
  configure_provider "$node/provider"
  expect_fault "killed by signal" "imgcrypt provider test demo"
}

a_provider_answers() {
  new_node
  rm "$node/keys/key.pem"
  printf '#!/bin/sh\necho no such key >&2\nexit 1\n' >"$node/provider"
  chmod 755 "$node/provider"
  configure_provider "$node/provider"
  expect_finding ok "it answers"
}

the_providers_file_is_broken() {
  new_node
  echo '{"key-providers": 3}' >"$node/providers.conf"
  expect_exit 1 doctor -o json
  expect_contains "$stdout" "no key provider can be asked"
}

# expect_image SEVERITY WHAT CURE ARGUMENT...: what is said of $TMP/image
expect_image() {
  imgcrypt doctor --no-self-test --config "$node/etc/config.toml" --version 1.6 "oci:$TMP/image:$4" -o json >"$TMP/json" 2>/dev/null || true
  jq -e --arg severity "$1" --arg what "$2" --arg cure "$3" --arg about "oci:$TMP/image:$4 on containerd" 'any(.findings[];
    .severity == $severity and (.about | startswith($about)) and (.what | contains($what)) and (.cure // "" | contains($cure)))' \
    <"$TMP/json" >/dev/null || fail "not '$2': $(jq .findings "$TMP/json")"
}

images_that_it_opens_or_not() {
  new_node
  make_keys "$TMP/other" rsa
  make_image "$TMP/plain" t --no-busybox --layers 2 --layer-size 500 --compression zstd,gzip >/dev/null
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/image:mine" -r "jwe:$TMP/key.pub.pem" 2>/dev/null >&2
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/image:other" -r "jwe:$TMP/other.pub.pem" 2>/dev/null >&2
  imgcrypt copy "oci:$TMP/plain:t" "oci:$TMP/image:plain" 2>/dev/null >&2
  expect_image ok "the node's keys open all 2 encrypted layers" "" mine
  expect_exit 0 doctor "oci:$TMP/image:mine"
  expect_image ok "it is not encrypted: every node can run it" "" plain
  expect_image fault "no key opens it" "imgcrypt recipients add oci:$TMP/image:other -r jwe:NODE.pub -k KEY" other
  expect_exit 1 doctor "oci:$TMP/image:other"
  expect_exit 2 doctor "oci:$TMP/image:none"
  sed -i '/tar.zstd/,$d' "$node/etc/config.toml"
  touch -d yesterday "$node/etc/config.toml"
  expect_image fault "layers of type $layer+zstd+encrypted, which no stream processor takes" "imgcrypt config containerd --install" mine
}

# The root of an image: nothing runs there, and nothing of it is started.
another_root() {
  mkdir -p "$TMP/root/usr/local/bin" "$TMP/root/etc/containerd/ocicrypt/keys"
  install -m 600 "$TMP/key.pem" "$TMP/root/etc/containerd/ocicrypt/keys/"
  printf '#!/bin/sh\ntouch %s\n' "$TMP/started" >"$TMP/root/usr/local/bin/ctd-decoder"
  chmod 755 "$TMP/root/usr/local/bin/ctd-decoder"
  expect_exit 1 imgcrypt doctor --root "$TMP/root" -o json
  jq -e '.faults == 1' <<<"$stdout" >/dev/null || fail "$stdout"
  expect_contains "$stdout" "imgcrypt config containerd --install --root $TMP/root"
  expect_absent "$TMP/started"
  expect_exit 0 imgcrypt config containerd --root "$TMP/root" --install --decoder /usr/local/bin/ctd-decoder
  expect_exit 0 imgcrypt doctor --root "$TMP/root"
}

# expect_fault_of_root WHAT CURE: the only fault of what is configured below $TMP/root
expect_fault_of_root() {
  expect_exit 1 imgcrypt doctor --root "$TMP/root" -o json
  jq -e --arg what "$1" --arg cure "$2" '[.findings[] | select(.severity == "fault")] | length == 1
    and (.[0].what | contains($what)) and (.[0].cure | contains($cure))' <<<"$stdout" >/dev/null || fail "not '$1': $stdout"
}

docker_has_its_own_store() {
  mkdir -p "$TMP/root/etc/docker"
  echo '{"features": {"containerd-snapshotter": false}}' >"$TMP/root/etc/docker/daemon.json"
  expect_fault_of_root "turns containerd-snapshotter off" '"features": {"containerd-snapshotter": true}'
  echo '{}' >"$TMP/root/etc/docker/daemon.json"
  expect_exit 0 imgcrypt doctor --root "$TMP/root"
  expect_contains "$stdout" "cure: imgcrypt config docker --install --root $TMP/root"
  expect_exit 0 imgcrypt config docker --install --root "$TMP/root"
  expect_exit 0 imgcrypt doctor --root "$TMP/root"
  expect_contains "$stdout" "Docker: it keeps its images in containerd"
}

crio_has_no_usable_key() {
  mkdir -p "$TMP/root/etc/crio/crio.conf.d" "$TMP/root/opt/keys"
  expect_fault_of_root "no keys: $TMP/root/etc/crio/keys does not exist" "imgcrypt config keys PRIVATE-KEY --keys /etc/crio/keys"
  printf '[crio.runtime]\ndecryption_keys_path = "/opt/keys"\n' >"$TMP/root/etc/crio/crio.conf.d/50.conf"
  chmod 700 "$TMP/root/opt/keys"
  install -m 600 "$TMP/key.pem" "$TMP/root/opt/keys/real.pem"
  expect_exit 0 imgcrypt doctor --root "$TMP/root"
  ln -s real.pem "$TMP/root/opt/keys/link.pem"
  expect_fault_of_root "it is a link" "put a copy of the file in its place"
}

# expect_cure CURE ARGUMENT...: of the processor for zstd that the node whose root is $TMP/other lacks
expect_cure() {
  expect_exit 1 imgcrypt doctor --root "$TMP/other" "${@:2}" -o json
  jq -e --arg cure "$1" 'any(.findings[]; (.what | contains("tar+zstd")) and .cure == $cure)' <<<"$stdout" >/dev/null ||
    fail "the cure is not '$1': $(jq .findings <<<"$stdout")"
}

# Told by where its file is, whether it is named, is looked for, or is the only one that is there.
k3s_has_cures_of_its_own() {
  local file=agent/etc/containerd/config.toml product
  for product in k3s rke2; do
    mkdir -p "$TMP/other/var/lib/rancher/$product/agent/etc/containerd"
    echo 'version = 2' >"$TMP/other/var/lib/rancher/$product/$file"
  done
  local k3s="imgcrypt config k3s --install --root $TMP/other"
  local restart_k3s="systemctl try-restart 'k3s*.service'" restart_rke2="systemctl try-restart 'rke2-*.service'"
  expect_cure "$k3s && $restart_k3s"
  expect_cure "$k3s && $restart_k3s" --config "/var/lib/rancher/k3s/$file"
  expect_cure "$k3s && $restart_k3s" --daemon k3s
  expect_cure "$k3s --data-dir /var/lib/rancher/rke2 && $restart_rke2" --daemon rke2
  expect_cure "$k3s --data-dir /data && $restart_k3s" --config "/data/$file"
  expect_cure "imgcrypt config containerd --install --root $TMP/other && systemctl restart containerd" --daemon containerd
  expect_exit 1 imgcrypt doctor --config "/data/$file" --no-self-test
  expect_contains "$stdout" "cure: systemctl start k3s (on an agent k3s-agent)"
}

# A node of CRI-O has no containerd, and needs none.
crio_alone() {
  mkdir -p "$TMP/crio/etc/crio/keys"
  chmod 700 "$TMP/crio/etc/crio/keys"
  install -m 600 "$TMP/key.pem" "$TMP/crio/etc/crio/keys/"
  expect_exit 0 imgcrypt doctor --root "$TMP/crio"
  [[ $stdout != *containerd* ]] || fail "something is said of containerd: $stdout"
  expect_exit 0 imgcrypt doctor --root "$TMP/crio" "oci:$TMP/image:mine"
  expect_contains "$stdout" "oci:$TMP/image:mine on CRI-O: the node's keys open all 2 encrypted layers"
  expect_exit 1 imgcrypt doctor --root "$TMP/crio" "oci:$TMP/image:other"
  expect_contains "$stdout" "oci:$TMP/image:other on CRI-O: layer 0 of the image: no key opens it"
  expect_contains "$stdout" "imgcrypt config keys KEY --keys /etc/crio/keys --root $TMP/crio"
}

# Each is examined where it is, and is missed where it was asked for.
one_daemon() {
  mkdir -p "$TMP/crio/etc/docker" "$TMP/crio/etc/containerd"
  echo '{"features": {"containerd-snapshotter": true}}' >"$TMP/crio/etc/docker/daemon.json"
  touch "$TMP/crio/etc/containerd/config.toml"
  expect_exit 1 imgcrypt doctor --root "$TMP/crio"
  expect_exit 0 imgcrypt doctor --root "$TMP/crio" --daemon crio
  [[ $stdout != *containerd* ]] || fail "something is said of containerd: $stdout"
  expect_exit 0 imgcrypt doctor --root "$TMP/crio" --daemon docker
  [[ $stdout != *CRI-O* ]] || fail "something is said of CRI-O: $stdout"
  expect_exit 1 imgcrypt doctor --root "$TMP/crio" --daemon containerd
  [[ $stdout != *CRI-O* && $stdout != *Docker* ]] || fail "something is said of other daemons: $stdout"
  for daemon in crio docker; do
    expect_exit 1 imgcrypt doctor --root "$TMP/other" --daemon "$daemon"
    expect_contains "$stdout" "it neither runs nor is configured here"
  done
  expect_exit 3 imgcrypt doctor --daemon podman
  expect_exit 3 imgcrypt doctor --daemon crio --config /etc/containerd/config.toml
}

# pty_screen.py fails on lines that are too long.
it_fits_a_terminal() {
  new_node
  version=2.1
  put_decoder 'echo ctd-decoder version 1.1.10'
  expect_exit 0 python3 "$cli_dir/pty_screen.py" 80 40 "" "$TMP/shown" "$IMGCRYPT" doctor --no-self-test \
    --config "$node/etc/config.toml" --version "$version"
  expect_equal "$(jq -r .status <<<"$stdout")" 1 "the exit status"
  expect_contains "$stdout" "       cure: put imgcrypt's ctd-decoder in its place"
}

python=$(python3 -c 'import sys; print(sys.executable)')
mkfifo "$TMP/waiting"
exec 9<>"$TMP/waiting"
make_keys "$TMP/key" P-256
at_exit stop_node

all_is_well
containerd_does_not_run
containerd_is_too_old
its_configuration_is_broken
it_was_not_restarted
zstd_has_no_processor
two_processors_compete
pulls_are_given_up_early
there_is_no_decoder
the_decoder_is_elsewhere
the_decoder_is_anothers
the_decoder_does_not_start
others_can_replace_the_decoder
the_decoder_is_not_shut_in
there_is_no_key_directory
there_is_no_key
the_key_is_public
others_can_read_the_key
the_passphrase_is_missing
the_keys_provider_is_missing
a_provider_is_missing
a_provider_crashes
a_provider_answers
the_providers_file_is_broken
images_that_it_opens_or_not
another_root
docker_has_its_own_store
crio_has_no_usable_key
k3s_has_cures_of_its_own
crio_alone
one_daemon
it_fits_a_terminal
