#!/bin/bash
# What goes to stdout and what to stderr, as text and as JSON; JSON must match docs/output.schema.json.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"

schema=$cli_dir/../../docs/output.schema.json

# expect_json CODE DEFINITION ARGUMENT...: the output of imgcrypt -o json matches the definition
expect_json() {
  expect_exit "$1" imgcrypt -o json "${@:3}"
  python3 "$cli_dir/check_schema.py" "$schema" "$2" <"$TMP/stdout" || fail "${*:3}: $stdout"
}

# expect_failure CODE NAME ARGUMENT...: reported in JSON on stdout, and on stderr as usual
expect_failure() {
  expect_json "$1" failure "${@:3}"
  expect_equal "$(jq -r '"\(.error.code) \(.error.name)"' <<<"$stdout")" "$1 $2" "the error"
  expect_contains "$stderr" "imgcrypt: error: $(jq -r .error.message <<<"$stdout")"
  [[ $(jq -r .error.hint <<<"$stdout") == null ]] || expect_contains "$stderr" "imgcrypt: hint: $(jq -r .error.hint <<<"$stdout")"
}

# encrypt_json ARGUMENT...
encrypt_json() {
  expect_json 0 encrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/key.pub.pem" "$@"
}

every_command_has_json() {
  encrypt_json
  expect_equal "$(jq -r '"\(.reference)@\(.digest)"' <<<"$stdout")" \
    "oci:$TMP/encrypted:t@$(root_of "$TMP/encrypted" t)" "what was written"
  expect_equal "$(jq -c '[.layers[].outcome] | unique' <<<"$stdout")" '["encrypted"]' "the layers"
  encrypt_json --layer 0
  expect_equal "$(jq -r .replaced <<<"$stdout" | cut -d: -f1)" sha256 "the replaced image"
  expect_equal "$(jq -c '[.layers[].outcome]' <<<"$stdout")" '["encrypted","not-chosen","not-chosen"]' "the layers"
  expect_contains "$stdout" "2 layers are not selected"
  encrypt_json --dry-run
  expect_equal "$(jq -c '[.dryRun, .digest]' <<<"$stdout")" '[true,null]' "the dry run"
  expect_json 0 encrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/plain:e" -r "jwe:$TMP/key.pub.pem"
  expect_equal "$(jq -c '[(.plainLayersLeft | length), (.warnings | length)]' <<<"$stdout")" '[3,1]' "the plain layers"
  expect_json 0 recipientsChange recipients add "oci:$TMP/plain:e" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem"
  expect_equal "$(jq .layersChanged <<<"$stdout")" 3 "the layers that changed"
  expect_json 0 recipientsList recipients list "oci:$TMP/plain:e"
  expect_equal "$(jq -c '[.encryptedLayers, .recipients[].layers]' <<<"$stdout")" '[3,3,3]' "the recipients"
  expect_json 0 recipientsChange recipients remove "oci:$TMP/plain:e" "oci:$TMP/plain:removed" --index 0
  expect_json 0 check check "oci:$TMP/plain:e" -k "$TMP/other.pem"
  expect_equal "$(jq -c '[.encryption, .opens]' <<<"$stdout")" '["full",true]' "the check"
  expect_json 6 check check "oci:$TMP/plain:removed" -k "$TMP/key.pem"
  expect_json 0 decrypt decrypt --dry-run "oci:$TMP/plain:e" "oci:$TMP/back:t" -k "$TMP/other.pem"
  expect_json 0 decrypt decrypt "oci:$TMP/plain:e" "oci:$TMP/back:t" -k "$TMP/other.pem"
  expect_equal "$(jq -r .digest <<<"$stdout")" "$(root_of "$TMP/plain" t)" "the digest"
  expect_json 0 tags tags "oci:$TMP/plain"
  expect_equal "$(jq -c '[.images[] | "\(.position) \(.tag)"]' <<<"$stdout")" '["0 t","1 e","2 removed"]' "the tags"
  expect_json 0 gc gc "oci:$TMP/plain" --dry-run
  expect_equal "$(jq '.removed | length' <<<"$stdout")" 1 "what would be removed: the manifest before a recipient was added"
  expect_json 0 gc gc "oci:$TMP/plain"
  expect_json 0 providerList provider list
  expect_equal "$(jq -r '.providers[] | select(.name == "demo") | .usable' <<<"$stdout")" true "the provider"
}

images_are_inspected() {
  make_image "$TMP/index" t --no-busybox --index --attestation --platforms linux/amd64,linux/arm64 >/dev/null
  expect_json 0 encrypt encrypt "oci:$TMP/index:t" "oci:$TMP/index:e" -r "jwe:$TMP/key.pub.pem" --layer 0
  expect_json 0 inspect inspect "oci:$TMP/index:e"
  expect_equal "$(jq -r '.image.digest' <<<"$stdout")" "$(root_of "$TMP/index" e)" "the digest"
  expect_equal "$(jq -c '[.encryptedLayers, (.recipients | length)]' <<<"$stdout")" '[1,1]' "what is encrypted"
  expect_failure 3 usage inspect --raw "oci:$TMP/index:e"
}

keys_are_made_and_shown() {
  expect_json 0 keyGenerate key generate jwe-ec "$TMP/made"
  expect_equal "$(jq -r .recipient <<<"$stdout")" "jwe:$TMP/made.pub" "the recipient"
  expect_json 0 keyShow key show "$TMP/made"
  expect_equal "$(jq -c '[.keys[] | .type, .curve]' <<<"$stdout")" '["EC","P-256"]' "the key"
  expect_json 0 keyShow key show "$cli_dir/../../keys-example/rsa.cert.pem"
  expect_json 0 keyShow key show "$cli_dir/../../keys-example/rsa-encrypted.pem"
  expect_json 0 keyGenerate key generate sodium "$TMP/sodium"
  expect_equal "$(jq -r .publicKey <<<"$stdout")" "$(cat "$TMP/sodium.pub")" "the public key"
  expect_json 0 keyShow key show "$TMP/sodium"
  expect_json 0 keyPublic key public "$TMP/sodium"
  expect_json 0 keyPublic key public "$TMP/made"
  expect_json 0 providerTest provider test "sodium:$TMP/sodium.pub" -k "$TMP/sodium"
}

a_failed_provider_test_has_both() {
  configure_hostile crash
  expect_json 9 providerTest provider test demo
  expect_equal "$(jq -r .error.name <<<"$stdout")" provider "the error"
  configure_toy
}

every_error_has_json() {
  local long
  long=$(printf 'x%.0s' {1..300})  # longer than a name may be
  expect_failure 1 other decrypt "oci:$TMP/encrypted:t" "oci:$TMP/$long:t" -k "$TMP/key.pem"
  expect_failure 2 not-found decrypt "oci:$TMP/encrypted:absent" "oci:$TMP/out:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "the layout has: t"
  expect_failure 3 usage decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" -k "$TMP/none.pem"
  expect_failure 6 no-key decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" -k "$TMP/other.pem"
  expect_failure 8 refused encrypt "oci:$TMP/whole:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_failure 7 integrity decrypt "oci:$TMP/damaged:t" "oci:$TMP/out:t" -k "$TMP/key.pem"
  configure_hostile crash
  expect_failure 9 provider encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r provider:demo
  expect_absent "$TMP/out"
}

what_a_signal_ends_has_json() {
  local code=0
  configure_script "$TMP/hang" "touch $TMP/started; sleep 60"
  "$IMGCRYPT" -o json encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r provider:demo >"$TMP/stdout" 2>"$TMP/stderr" &
  wait_for 60 test -e "$TMP/started" || fail "the provider was not started"
  kill -TERM $!
  wait $! || code=$?
  expect_equal "$code" 143 "the exit status"
  python3 "$cli_dir/check_schema.py" "$schema" failure <"$TMP/stdout"
  expect_equal "$(jq -c '[.error.code, .error.name]' "$TMP/stdout")" '[143,"cancelled"]' "the error"
  expect_absent "$TMP/out"
  configure_toy
}

# As in other programs, an option takes one value, whatever follows.
options_may_stand_anywhere() {
  local options=(-r "jwe:$TMP/key.pub.pem" --platform linux/amd64 --layer 0 -k "$TMP/key.pem" -j 1)
  expect_exit 0 imgcrypt encrypt "${options[@]}" "oci:$TMP/plain:t" "oci:$TMP/anywhere:t" -q
  expect_equal "$stderr" "" "stderr"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "${options[@]}" "oci:$TMP/anywhere:t"
  expect_exit 0 imgcrypt encrypt --recipient="jwe:$TMP/key.pub.pem" "oci:$TMP/plain:t" "oci:$TMP/anywhere:t" -o json
  expect_exit 0 imgcrypt recipients add -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem" "oci:$TMP/anywhere:t" "oci:$TMP/anywhere:u"
  expect_exit 0 imgcrypt recipients remove --index 0 "oci:$TMP/anywhere:u" -q
  expect_exit 0 imgcrypt check -k "$TMP/other.pem" "oci:$TMP/anywhere:u" --full
  expect_exit 0 imgcrypt decrypt -k "$TMP/other.pem" "oci:$TMP/anywhere:u" "oci:$TMP/anywhere:back" --partial
  expect_exit 0 imgcrypt inspect --platform linux/amd64 "oci:$TMP/anywhere:t" --layers
  # To give several values, repeat the option.
  expect_exit 0 imgcrypt encrypt -r "jwe:$TMP/key.pub.pem" -r "jwe:$TMP/other.pub.pem" -- "oci:$TMP/plain:t" "oci:$TMP/anywhere:t"
  rm -rf "$TMP/anywhere"
}

wrong_arguments_are_named() {
  expect_failure 3 usage decryp
  expect_contains "$stderr" 'unknown command "decryp"'
  expect_contains "$stderr" "did you mean decrypt?"
  expect_failure 3 usage encrypt --recipent "jwe:$TMP/key.pub.pem" a b
  expect_contains "$stderr" 'unknown option "--recipent"'
  expect_contains "$stderr" "did you mean --recipient?"
  expect_failure 3 usage recipients ad
  expect_contains "$stderr" "did you mean add?"
  expect_failure 3 usage decrypt a
  expect_contains "$stderr" "error: imgcrypt decrypt needs DST"
  expect_contains "$stderr" "hint: DST: image to write: oci:DIR[:TAG]"
  expect_failure 3 usage key generate sodum "$TMP/x"
  expect_contains "$stderr" "did you mean sodium?"
  expect_exit 3 imgcrypt --no-such-thing=secret
  expect_contains "$stderr" 'unknown option "--no-such-thing"'
  [[ $stderr != *secret* ]] || fail "the value of an unknown option is shown"
}

options_stand_before_or_after() {
  local form
  for form in "-o json" "-ojson" "--output json" "--output=json"; do
    # shellcheck disable=SC2086
    expect_exit 3 imgcrypt $form encrypt
    jq -e .error.code <<<"$stdout" >/dev/null || fail "no JSON with $form before"
    # shellcheck disable=SC2086
    expect_exit 3 imgcrypt encrypt $form
    jq -e .error.code <<<"$stdout" >/dev/null || fail "no JSON with $form after"
  done
  expect_exit 3 imgcrypt -o yaml provider list
}

hostile_texts_stay_one_line_of_ascii() {
  expect_json 3 failure decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" -k "$TMP/"$'no\nsuch\xff\x1b[31m\xc2\x9bkey'
}

references_have_hints() {
  expect_failure 3 usage decrypt busybox "oci:$TMP/out:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "different things to crane, nerdctl and podman"
  expect_failure 3 usage decrypt containers-storage:busybox "oci:$TMP/out:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "skopeo copy containers-storage:busybox oci:DIR:TAG"
  expect_failure 3 usage decrypt "oci:$TMP/encrypted:t" docker-daemon:x:1 -k "$TMP/key.pem"
  expect_contains "$stderr" "push that: skopeo copy --all oci:DIR:TAG docker-daemon:x:1"
}

digests_go_to_files() {
  encrypt_json --digestfile "$TMP/digest"
  expect_equal "$(cat "$TMP/digest")" "$(root_of "$TMP/encrypted" t)" "the digest in the file"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/whole:t" "oci:$TMP/back:t" -k "$TMP/key.pem" --digestfile /dev/stdout
  expect_contains "$stdout" "sha256:"
  expect_failure 3 usage encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" --digestfile "$TMP/none/digest"
  expect_absent "$TMP/out"
  rm "$TMP/digest"
  encrypt_json --digestfile "$TMP/digest" --dry-run
  expect_absent "$TMP/digest"
}

warnings_are_never_left_out() {
  expect_exit 0 imgcrypt encrypt -q "oci:$TMP/plain:t" "oci:$TMP/plain:e" -r "jwe:$TMP/key.pub.pem"
  expect_equal "$(grep -c '^imgcrypt: warning: the destination still holds 3 plain layers of' <<<"$stderr")" 1 "the warnings"
  expect_equal "$(wc -l <<<"$stderr")" 1 "the number of lines of stderr"
}

positions_name_images() {
  expect_exit 0 imgcrypt inspect -o json "oci:$TMP/whole:@0"
  expect_equal "$(jq -r .image.digest <<<"$stdout")" "$(root_of "$TMP/whole" t)" "the image at 0"
  expect_exit 2 imgcrypt inspect "oci:$TMP/whole:@1"
  expect_contains "$stderr" "no image at this position: the layout has 1, numbered from 0"
  # Two images have the same tag: the one that is not meant must stay, and what takes the place of the other has its name.
  cp -r "$TMP/whole" "$TMP/twice"
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/twice:u" -r "jwe:$TMP/key.pub.pem" >/dev/null 2>&1
  sed -i 's/"org.opencontainers.image.ref.name":"u"/"org.opencontainers.image.ref.name":"t"/' "$TMP/twice/index.json"
  expect_exit 3 imgcrypt recipients add "oci:$TMP/twice:t" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem"
  expect_contains "$stderr" "names more than one image"
  expect_exit 0 imgcrypt recipients add "oci:$TMP/twice:@1" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem"
  expect_equal "$(jq '.manifests[0]' "$TMP/twice/index.json")" "$(jq '.manifests[0]' "$TMP/whole/index.json")" "the other image"
  expect_equal "$stdout" "oci:$TMP/twice:t@$(jq -r '.manifests[1].digest' "$TMP/twice/index.json")" "stdout"
  expect_exit 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/new:@0" -r "jwe:$TMP/key.pub.pem"
  expect_absent "$TMP/new"
}

help_to_a_full_disk() {
  imgcrypt --help >/dev/full
}

help_can_fail() {
  expect_exit 3 imgcrypt nonsense --help
  expect_contains "$stderr" 'unknown command "nonsense"'
  expect_exit 1 help_to_a_full_disk
  expect_contains "$stderr" "No space left"
}

aliases_of_other_tools_are_taken() {
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/alias:t" --encryption-key "jwe:$TMP/key.pub.pem" \
    --recipient "jwe:$TMP/other.pub.pem" --encrypt-layer 0 --all
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/alias:t" -r "jwe:$TMP/key.pub.pem" --layer 0 --all-platforms
  expect_exit 0 imgcrypt decrypt "oci:$TMP/alias:t" "oci:$TMP/alias-back:t" --decryption-key "$TMP/other.pem" --key "$TMP/key.pem"
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-384
make_image "$TMP/plain" t --no-busybox --layers 3 --layer-size 5000 >/dev/null
configure_toy
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/whole:t" -r "jwe:$TMP/key.pub.pem" >/dev/null 2>&1
cp -r "$TMP/whole" "$TMP/damaged"
printf x >>"$(blob "$TMP/damaged" "$(layers_of "$TMP/damaged" t | head -n1 | cut -d' ' -f2)")"

every_command_has_json
images_are_inspected
keys_are_made_and_shown
a_failed_provider_test_has_both
every_error_has_json
what_a_signal_ends_has_json
wrong_arguments_are_named
options_stand_before_or_after
options_may_stand_anywhere
hostile_texts_stay_one_line_of_ascii
references_have_hints
digests_go_to_files
warnings_are_never_left_out
positions_name_images
help_can_fail
aliases_of_other_tools_are_taken
