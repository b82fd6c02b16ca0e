#!/bin/bash
# What cmake --install installs works where it is, with its key providers, man pages and completion scripts.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build=$(dirname "$(dirname "$IMGCRYPT")")
cmake --build "$build" --target programs >"$TMP/log" 2>&1 || fail "programs: $(cat "$TMP/log")"
cmake --install "$build" --prefix "$TMP/root" >"$TMP/log" 2>&1 || fail "install: $(cat "$TMP/log")"
IMGCRYPT=$TMP/root/bin/imgcrypt

expect_exit 0 imgcrypt provider list
expect_contains "$stdout" "sodium: $TMP/root/libexec/imgcrypt/keyprovider-sodium"
expect_exit 0 "$TMP/root/bin/ctd-decoder" --version
for shell in bash-completion/completions/imgcrypt:bash zsh/site-functions/_imgcrypt:zsh fish/vendor_completions.d/imgcrypt.fish:fish; do
  cmp "$TMP/root/share/${shell%:*}" <(imgcrypt completion "${shell#*:}") || fail "the script for ${shell#*:}"
done
for page in imgcrypt imgcrypt-recipients-add imgcrypt-completion-zsh ctd-decoder; do
  expect_exit 0 env MANPATH="$TMP/root/share/man" man -w "$page"
done
