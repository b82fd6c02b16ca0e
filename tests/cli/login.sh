#!/bin/bash
# imgcrypt login and logout: what we store skopeo uses, and the other way round. The password is in no output and no file
# but the one it is stored in.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/registry.sh
source "$cli_dir/../support/shell/registry.sh"

password='pa55"word\ 1'
encoded=$(printf 'user:%s' "$password" | base64)

unset REGISTRY_AUTH_FILE DOCKER_CONFIG XDG_CONFIG_HOME
export HOME=$TMP/home XDG_RUNTIME_DIR=$TMP/run
auth=$XDG_RUNTIME_DIR/containers/auth.json
docker=$HOME/.docker/config.json

# Nothing that the last command wrote holds the password.
expect_no_password() {
  [[ $stdout$stderr != *pa55* && $stdout$stderr != *"$encoded"* ]] || fail "the password was printed: $stdout$stderr"
}

# login ARG...: with the right password on stdin
login() {
  printf '%s\n' "$password" | imgcrypt login "$@" -u user --password-stdin
}

# forget: no login is left
forget() {
  rm -rf "$HOME" "$XDG_RUNTIME_DIR"
  mkdir -p "$HOME" "$XDG_RUNTIME_DIR"
}

# expect_schema DEFINITION
expect_schema() {
  python3 "$cli_dir/check_schema.py" "$cli_dir/../../docs/output.schema.json" "$1" <"$TMP/stdout" || fail "$1: $stdout"
}

skopeo_is_logged_in() {
  expect_exit 0 skopeo login --tls-verify=false "$@" "$REGISTRY" </dev/null
  expect_contains "$stdout" "Existing credentials are valid"
}

it_logs_in_and_out() {
  forget
  expect_exit 0 login "$REGISTRY"
  expect_equal "$stdout" "Login Succeeded!" "the result"
  expect_contains "$stderr" "stored in $auth"
  expect_no_password
  expect_equal "$(stat -c %a "$auth")" 600 "the mode of the file"
  skopeo_is_logged_in
  expect_exit 0 imgcrypt login --get-login "$REGISTRY"
  expect_equal "$stdout" user "who is logged in"
  expect_exit 0 imgcrypt login --get-login "$REGISTRY/some/repo" -o json
  expect_schema login
  expect_exit 0 imgcrypt login "$REGISTRY" </dev/null
  expect_equal "$stdout" "Already logged in to $REGISTRY" "the result"
  expect_contains "$stderr" "authenticating with existing credentials for $REGISTRY from $auth"
  expect_no_password
  expect_exit 0 imgcrypt logout "$REGISTRY"
  expect_equal "$stdout" "Removed login credentials for $REGISTRY" "the result"
  expect_equal "$(jq -c . "$auth")" '{"auths":{}}' "what is left"
  expect_exit 2 imgcrypt logout "$REGISTRY"
  expect_contains "$stderr" "not logged in to $REGISTRY"
  expect_exit 2 imgcrypt login --get-login "$REGISTRY"
}

it_uses_what_skopeo_stored() {
  forget
  printf '%s' "$password" | skopeo login --tls-verify=false -u user --password-stdin "$REGISTRY" >"$TMP/log"
  cp "$auth" "$TMP/by-skopeo"
  expect_exit 0 imgcrypt login "$REGISTRY" </dev/null
  expect_equal "$stdout" "Already logged in to $REGISTRY" "the result"
  # Byte for byte: nobody can tell which tool wrote it.
  forget
  expect_exit 0 login "$REGISTRY"
  cmp "$auth" "$TMP/by-skopeo" || fail "we write: $(cat "$auth")"
  expect_exit 0 login "$REGISTRY/a/b"
  printf '%s' "$password" | skopeo login --tls-verify=false -u user --password-stdin "$REGISTRY/c" >"$TMP/log"
  expect_equal "$(jq -r '.auths | keys | join(" ")' "$auth")" "$REGISTRY $REGISTRY/a/b $REGISTRY/c" "all logins"
  expect_exit 0 skopeo logout "$REGISTRY/a/b"
  expect_exit 0 imgcrypt logout --all -o json
  expect_schema logout
  expect_equal "$(jq -c . "$auth")" '{"auths":{}}' "what is left"
  skopeo logout --all >"$TMP/log"
}

wrong_passwords_are_not_stored() {
  forget
  expect_exit 4 imgcrypt login "$REGISTRY" -u user --password-stdin <<<"pa55wrong"
  expect_contains "$stderr" "$REGISTRY"
  expect_no_password
  expect_exit 4 imgcrypt login "$REGISTRY" -u user --password-stdin --debug -vv -o json <<<"pa55wrong"
  expect_no_password
  expect_exit 3 imgcrypt login "$REGISTRY" -u user --password-stdin </dev/null
  expect_contains "$stderr" "hint: see what the program or file before --password-stdin writes"
  expect_exit 3 imgcrypt login "$REGISTRY" -u user:a --password-stdin <<<"$password"
  expect_contains "$stderr" "hint: give user and password apart"
  expect_exit 3 imgcrypt login "$REGISTRY" --password-stdin <<<"$password"
  expect_exit 3 imgcrypt login "$REGISTRY:1/" -u user --password-stdin <<<"$password"
  expect_exit 5 imgcrypt login 127.0.0.1:1 -u user --password-stdin --retry-times 0 <<<"$password"
  expect_no_password
  expect_absent "$auth"
}

a_password_in_argv_is_warned_of() {
  forget
  expect_exit 0 imgcrypt login "$REGISTRY" -u user -p "$password"
  expect_contains "$stderr" "other users can see a password in the command line"
  expect_no_password
}

it_asks_on_a_terminal() {
  forget
  expect_exit 0 timeout 20 python3 "$cli_dir/pty_answer.py" "$password" "$IMGCRYPT" login "$REGISTRY" -u user
  expect_contains "$stdout" "Password: "
  expect_contains "$stdout" "Login Succeeded!"
  expect_no_password
  expect_exit 3 setsid -w "$IMGCRYPT" login quay.io </dev/null
  expect_contains "$stderr" "there is no terminal"
}

other_files_are_named() {
  forget
  expect_exit 0 login "$REGISTRY" --authfile "$TMP/other/auth.json"
  expect_absent "$auth"
  skopeo_is_logged_in --authfile "$TMP/other/auth.json"
  REGISTRY_AUTH_FILE=$TMP/other/auth.json expect_exit 0 imgcrypt login --get-login "$REGISTRY"
  expect_exit 2 imgcrypt login --get-login "$REGISTRY"
  expect_exit 0 imgcrypt logout "$REGISTRY" --authfile "$TMP/other/auth.json"
  expect_exit 3 imgcrypt login --get-login "$REGISTRY" --authfile "$TMP/missing.json"
  expect_contains "$stderr" "hint: imgcrypt login $REGISTRY --authfile $TMP/missing.json makes it"
}

files_are_asked_in_order() {
  local file files=("$auth" "$HOME/.config/containers/auth.json" "$docker" "$HOME/.dockercfg") number=0 entry
  forget
  for file in "${files[@]}"; do
    mkdir -p "${file%/*}"
    entry=$(printf '{"quay.io":{"auth":"%s"}}' "$(printf 'user%d:word' "$number" | base64)")
    [[ $file == *.dockercfg ]] || entry="{\"auths\":$entry}"
    echo "$entry" >"$file"
    number=$((number + 1))
  done
  for number in "${!files[@]}"; do
    expect_exit 0 imgcrypt login --get-login quay.io
    expect_equal "$stdout" "user$number" "who is logged in"
    rm "${files[number]}"
  done
  expect_exit 2 imgcrypt login --get-login quay.io
}

# Docker's file is read as well, but only Docker writes it.
docker_files_are_read() {
  forget
  mkdir -p "$HOME/.docker"
  printf '{"auths":{"https://index.docker.io/v1/":{"auth":"aHViOnB3"},"http://%s":{"auth":"%s"}}}' "$REGISTRY" "$encoded" >"$docker"
  chmod 644 "$docker"
  chmod 755 "$TMP" "$HOME" "$HOME/.docker"
  expect_exit 0 imgcrypt login --get-login docker.io
  expect_equal "$stdout" hub "who is logged in"
  expect_contains "$stderr" "others can read it (mode 0644): chmod 600 $docker"
  expect_exit 0 imgcrypt login "$REGISTRY" </dev/null
  expect_exit 2 imgcrypt logout docker.io
  expect_contains "$stderr" "there are some in $docker"
  DOCKER_CONFIG=$TMP/none expect_exit 2 imgcrypt login --get-login docker.io
  printf '{"auths":{"quay.io":{"auth":"pa55word"' >"$docker"
  expect_exit 3 imgcrypt login --get-login quay.io
  expect_contains "$stderr" "$docker: "
  expect_no_password
}

helpers_keep_credentials() {
  forget
  mkdir -p "$TMP/bin" "${auth%/*}"
  cat >"$TMP/bin/docker-credential-fake" <<SH
#!/bin/sh
case \$1 in
  store) cat >"$TMP/kept" ;;
  get) cat "$TMP/kept" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
  erase) rm -f "$TMP/kept" ;;
esac
SH
  chmod +x "$TMP/bin/docker-credential-fake"
  printf '{"credHelpers":{"%s":"fake","evil.io":"../bin/fake","gone.io":"gone"}}' "$REGISTRY" >"$auth"
  (
    export PATH=$TMP/bin:$PATH
    expect_exit 0 login "$REGISTRY"
    expect_contains "$stderr" "stored in docker-credential-fake"
    expect_equal "$(jq -r .Secret "$TMP/kept")" "$password" "what the helper got"
    ! grep -q "$encoded" "$auth" || fail "the password is in the file too"
    skopeo_is_logged_in
    expect_exit 0 imgcrypt login "$REGISTRY" </dev/null
    expect_contains "$stderr" "from docker-credential-fake"
    expect_exit 0 imgcrypt logout "$REGISTRY"
    expect_absent "$TMP/kept"
    expect_exit 2 imgcrypt logout "$REGISTRY"
    # What a helper cannot read can still be removed.
    # shellcheck disable=SC2016 # for the helper
    printf '#!/bin/sh\n[ "$1" = erase ] || { echo "decryption failed"; exit 1; }\n' >"$TMP/bin/docker-credential-fake"
    expect_exit 0 imgcrypt logout "$REGISTRY"
    expect_exit 3 imgcrypt login --get-login evil.io
    expect_contains "$stderr" "'../bin/fake' is not the name of a credential helper"
    expect_exit 3 imgcrypt login --get-login gone.io
    expect_contains "$stderr" "docker-credential-gone"
    printf '#!/bin/sh\necho pa55word; echo pa55word >&2; exit 2\n' >"$TMP/bin/docker-credential-fake"
    expect_exit 1 imgcrypt login --get-login "$REGISTRY" -vv
    expect_no_password
  )
}

# Each side with its own: a login for a path, a user in the command line, none.
images_are_opened_with_them() {
  local image=docker://$REGISTRY/a/b:1 command
  forget
  make_image "$TMP/plain" t --no-busybox --layers 1 --layer-size 500 >"$TMP/log"
  skopeo copy --quiet --dest-tls-verify=false --dest-creds "user:$password" "oci:$TMP/plain:t" "$image"
  imgcrypt key generate jwe-ec "$TMP/key.pem" >"$TMP/log"
  expect_exit 4 imgcrypt inspect "$image"
  expect_contains "$stderr" "anonymous"
  expect_exit 0 imgcrypt inspect "$image" --creds "user:$password"
  expect_no_password
  expect_exit 0 login "$REGISTRY/a"
  for command in inspect check "recipients list"; do
    # shellcheck disable=SC2086
    expect_exit 0 imgcrypt $command "$image" --debug -vv
    expect_contains "$stderr" "debug: "
    expect_no_password
    # shellcheck disable=SC2086
    expect_exit 4 imgcrypt $command "$image" --no-creds
    expect_contains "$stderr" "hint: leave out --no-creds, and log in as somebody who may: imgcrypt login $REGISTRY"
  done
  expect_exit 0 imgcrypt tags "docker://$REGISTRY/a/b"
  expect_exit 4 imgcrypt inspect "$image" --creds user:pa55wrong --debug
  expect_no_password
  expect_exit 4 imgcrypt encrypt "$image" "docker://$REGISTRY/c:1" -r "jwe:$TMP/key.pem.pub"
  expect_no_password
  expect_exit 0 imgcrypt encrypt "$image" "docker://$REGISTRY/c:1" -r "jwe:$TMP/key.pem.pub" --dest-creds "user:$password"
  expect_no_password
  expect_exit 4 imgcrypt encrypt "$image" "docker://$REGISTRY/c:2" -r "jwe:$TMP/key.pem.pub" --src-no-creds
  expect_contains "$stderr" "hint: leave out --src-no-creds"
  expect_exit 0 imgcrypt decrypt "docker://$REGISTRY/c:1" "oci:$TMP/out:t" -k "$TMP/key.pem" --src-creds "user:$password"
  rm -r "$TMP/out"
}

# However often it is read: for both sides, and for each repository.
an_exposed_file_is_warned_of_once() {
  forget
  expect_exit 0 login "$REGISTRY"
  chmod 644 "$auth"
  chmod 755 "$TMP" "$XDG_RUNTIME_DIR" "${auth%/*}"
  expect_exit 0 imgcrypt copy "docker://$REGISTRY/a/b:1" "docker://$REGISTRY/copied:1"
  expect_equal "$(grep -c "others can read it (mode 0644): chmod 600 $auth" <<<"$stderr")" 1 "the number of warnings"
}

options_are_checked() {
  local image=oci:$TMP/none:t
  expect_exit 3 imgcrypt inspect "$image" --limit-rate 5X
  expect_contains "$stderr" "--limit-rate 5X is not a number of bytes per second"
  expect_exit 3 imgcrypt inspect "$image" --limit-rate 99999999999G
  expect_exit 3 imgcrypt inspect "$image" --retry-times -1
  expect_exit 3 imgcrypt inspect "$image" --creds user --no-creds
  expect_exit 3 imgcrypt inspect "$image" --creds user:
  expect_contains "$stderr" "--creds has an empty password for user"
  expect_exit 3 setsid -w "$IMGCRYPT" inspect "$image" --creds user
  expect_contains "$stderr" "has no password"
  expect_exit 2 imgcrypt inspect "$image" --creds user:pa55 --tls-verify=false --limit-rate 10M --debug
  expect_contains "$stderr" "--creds holds a password"
  expect_no_password
  expect_exit 3 setsid -w "$IMGCRYPT" copy "$image" docker://localhost:1/a --dest-creds user
  expect_contains "$stderr" "--dest-creds user has no password"
  expect_exit 2 imgcrypt decrypt "$image" "oci:$TMP/out:t" --src-creds a:pa55 --dest-no-creds --src-tls-verify=false \
    --dest-tls-verify --src-authfile f --dest-cert-dir d --authfile g
  expect_contains "$stderr" "warning: --src-creds holds a password"
  expect_no_password
}

htpasswd -Bbn user "$password" >"$TMP/htpasswd"
start_registry "$TMP/registry" "$TMP/htpasswd"
it_logs_in_and_out
it_uses_what_skopeo_stored
wrong_passwords_are_not_stored
a_password_in_argv_is_warned_of
it_asks_on_a_terminal
other_files_are_named
files_are_asked_in_order
docker_files_are_read
helpers_keep_credentials
images_are_opened_with_them
an_exposed_file_is_warned_of_once
options_are_checked
