#!/bin/bash
# Commands, options and their values are completed in bash, zsh and fish.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# words WORD...: what may come next, without what it is
words() {
  imgcrypt __complete "$@" | cut -f1 | paste -sd' '
}

# expect_words EXPECTED WORD...
expect_words() {
  expect_equal "$(words "${@:2}")" "$1" "what completes: ${*:2}"
}

imgcrypt_knows_what_may_follow() {
  expect_contains " $(words '') " " encrypt "
  expect_contains " $(words '') " " completion "
  [[ $(words '') != *__complete* ]] || fail "the question itself is offered"
  expect_words "recipients" rec
  expect_words "list add replace remove" recipients ''
  expect_words "--platform" encrypt --plat
  expect_words "-o" -o
  expect_words "text json" -o ''
  expect_words "json" check oci:x -o j
  expect_words "linux/amd64 linux/arm64 linux/arm/v7 linux/arm/v6" encrypt --platform linux/a
  expect_words "--platform=linux/amd64,linux/arm64" encrypt --platform=linux/amd64,linux/arm6
  expect_words "auto always never" decrypt --diff-ids ''
  expect_words "P-256 P-384 P-521" key generate jwe-ec x --curve ''
  expect_words "oci: oci-archive:" encrypt o
  expect_words "oci: docker:// oci-archive: docker-archive: dir:" copy ''
  expect_words "docker:// docker-archive:" copy oci:x doc
  expect_words ":files oci-archive:" copy oci-archive:a
  expect_words ":files docker-archive:" copy docker-archive:
  expect_words ":directories dir:" copy dir:x
  expect_words "" copy docker://registry.example.com/a
  expect_words ":directories oci:" encrypt oci:pl
  expect_words ":directories oci:" encrypt oci:plain:1 oci:
  expect_words "" encrypt oci:plain:1 oci:secret:1 oci:
  expect_words "oci: docker:// oci-archive: docker-archive: dir:" encrypt --skip-base ''
  expect_words "--skip-base=dir:" encrypt --skip-base=di
  expect_words "jwe: pkcs7: pgp: age: pkcs11: provider:" encrypt -r ''
  expect_words ":files jwe:" encrypt -r jwe:ke
  expect_words ":files jwe:" encrypt -rx -qr jwe:
  expect_words ":files " decrypt -k ''
  expect_words ":files --digestfile=" decrypt --digestfile=a
  expect_words ":directories " man --directory ''
  expect_words "list add replace remove" help recipients ''
  expect_words "jwe-rsa jwe-ec age sodium tpm2" man key generate ''
  expect_words "" nonsense ''
  expect_words "" check oci:x --dry-run=
  expect_words "oci: docker:// oci-archive: docker-archive: dir:" inspect -- ''
  # A value that looks like a command, and a command that looks like a value
  expect_words "text json" inspect --log-level encrypt -o ''
  # Every short and long name of all commands is offered.
  expect_contains " $(words recipients add oci:x -) " " --decryption-key "
  expect_contains " $(words recipients add oci:x -) " " --verbose "
  expect_exit 0 imgcrypt __complete
}

# in_bash LINE: what is offered, with "..." at the end if no space follows, as more of the word is to come
in_bash() {
  # shellcheck disable=SC2016 # the shell that is tested expands it
  env -i PATH="$TMP/bin:$PATH" HOME="$TMP" bash --norc -c '
    source <(imgcrypt completion bash) || exit
    COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
    compopt() { [[ $2 != nospace ]] || more=...; }
    _imgcrypt
    echo "$(printf "%s\n" "${COMPREPLY[@]}" | paste -sd" ")${more-}"' bash "$1"
}

bash_completes() {
  expect_exit 0 bash -n <(imgcrypt completion bash)
  expect_equal "$(in_bash 'imgcrypt rec')" "recipients" "a command"
  expect_equal "$(in_bash 'imgcrypt recipients ')" "list add replace remove" "commands"
  expect_equal "$(in_bash 'imgcrypt -o json encrypt --plat')" "--platform" "an option"
  # bash replaces only what is after a colon or an equals sign.
  expect_equal "$(in_bash 'imgcrypt encrypt --platform=linux/amd')" "linux/amd64" "a value"
  expect_equal "$(in_bash 'imgcrypt encrypt dock')" "docker:// docker-archive:..." "transports"
  expect_equal "$(in_bash 'imgcrypt encrypt docker:')" "//..." "a registry"
  expect_equal "$(in_bash 'imgcrypt encrypt oci-archive:plain.')" "plain.tar" "an archive"
  expect_equal "$(in_bash 'imgcrypt encrypt oci:pl')" "plain..." "a layout"
  expect_equal "$(in_bash 'imgcrypt encrypt oci:')" "my dir plain..." "the layouts"
  expect_equal "$(in_bash 'imgcrypt encrypt oci:my\ d')" "my dir..." "a layout with a space"
  expect_equal "$(in_bash 'imgcrypt encrypt oci:plain -r jwe:key')" "key.pem key.pub.pem" "a recipient"
  expect_equal "$(in_bash 'imgcrypt decrypt -k ke')" "key.pem key.pub.pem" "keys"
  expect_equal "$(in_bash 'imgcrypt decrypt -k ./ke')" "./key.pem ./key.pub.pem" "keys below a directory"
}

in_tmux() {
  tmux -S "$TMP/tmux" -f /dev/null "$@"
}

screen_shows() {
  in_tmux capture-pane -p | grep -q -F -e "$1"
}

# zsh completes only in an interactive shell. The key C-x has it write down what its line has become.
start_zsh() {
  cat >"$TMP/.zshrc" <<'END'
PS1='zsh> '; unsetopt beep
fpath=($HOME/functions $fpath); autoload -Uz compinit; compinit -u -D
show() { print -r -- "$BUFFER" >$HOME/line; }
zle -N show; bindkey '^X' show
END
  at_exit eval "tmux -S '$TMP/tmux' kill-server 2>/dev/null"
  in_tmux new-session -d -x 150 -y 40 "env -i TERM=screen HOME=$TMP PATH=$TMP/bin:$PATH zsh -i"
  wait_for 60 screen_shows 'zsh>' || fail "zsh did not start: $(in_tmux capture-pane -p)"
}

in_zsh() {
  rm -f "$TMP/line"
  in_tmux send-keys C-u
  in_tmux send-keys -l "$1"
  in_tmux send-keys Tab C-x
  wait_for 60 test -s "$TMP/line" || fail "zsh: $(in_tmux capture-pane -p)"
  cat "$TMP/line"
}

zsh_completes() {
  mkdir -p "$TMP/functions"
  imgcrypt completion zsh >"$TMP/functions/_imgcrypt"
  expect_exit 0 zsh -n "$TMP/functions/_imgcrypt"
  start_zsh
  expect_equal "$(in_zsh 'imgcrypt rec')" "imgcrypt recipients " "a command"
  expect_equal "$(in_zsh 'imgcrypt encrypt --plat')" "imgcrypt encrypt --platform " "an option"
  expect_equal "$(in_zsh 'imgcrypt encrypt --platform linux/amd')" "imgcrypt encrypt --platform linux/amd64 " "a value"
  expect_equal "$(in_zsh 'imgcrypt encrypt docker:')" "imgcrypt encrypt docker://" "a transport"
  expect_equal "$(in_zsh 'imgcrypt encrypt oci-')" "imgcrypt encrypt oci-archive:" "another transport"
  expect_equal "$(in_zsh 'imgcrypt encrypt oci-archive:plain.')" "imgcrypt encrypt oci-archive:plain.tar " "an archive"
  expect_equal "$(in_zsh 'imgcrypt encrypt oci:pl')" "imgcrypt encrypt oci:plain" "a layout"
  expect_equal "$(in_zsh 'imgcrypt encrypt oci:plain -r jwe:key.pu')" "imgcrypt encrypt oci:plain -r jwe:key.pub.pem " "a recipient"
  in_zsh 'imgcrypt recipients ' >/dev/null
  wait_for 60 screen_shows "remove  Remove recipients" || fail "zsh: $(in_tmux capture-pane -p)"
}

in_fish() {
  # shellcheck disable=SC2016 # the shell that is tested expands it
  env -i PATH="$TMP/bin:$PATH" HOME="$TMP" TERM=dumb fish --no-config -c \
    'imgcrypt completion fish | source; complete -C "$argv[1]"' "$1" | cut -f1 | paste -sd' '
}

fish_completes() {
  expect_equal "$(in_fish 'imgcrypt rec')" "recipients" "a command"
  expect_equal "$(in_fish 'imgcrypt -o json encrypt --plat')" "--platform" "an option"
  expect_equal "$(in_fish 'imgcrypt encrypt --platform linux/amd')" "linux/amd64" "a value"
  expect_equal "$(in_fish 'imgcrypt encrypt oci:pl')" "oci:plain/" "a layout"
  expect_equal "$(in_fish 'imgcrypt encrypt docker-archive:plain.')" "docker-archive:plain.tar" "an archive"
  expect_equal "$(in_fish 'imgcrypt encrypt oci:plain -r jwe:key.pu')" "jwe:key.pub.pem" "a recipient"
  expect_equal "$(in_fish 'imgcrypt decrypt -k ke')" "key.pem key.pub.pem" "keys"
}

mkdir -p "$TMP/bin" "$TMP/work/plain" "$TMP/work/my dir"
ln -s "$IMGCRYPT" "$TMP/bin/imgcrypt"
touch "$TMP/work/key.pem" "$TMP/work/key.pub.pem" "$TMP/work/plain.tar"
cd "$TMP/work"

imgcrypt_knows_what_may_follow
bash_completes
zsh_completes
fish_completes
