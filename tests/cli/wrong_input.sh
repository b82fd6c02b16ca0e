#!/bin/bash
# What people write by mistake: each is refused with the code that README names, told apart, and cured by its hint.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# expect_error CODE MESSAGE HINT COMMAND ARG...: parts of the message and of the hint; an empty hint is not looked at
expect_error() {
  expect_exit "$1" "${@:4}" </dev/null
  expect_contains "$(grep '^imgcrypt: error' <<<"$stderr")" "$2"
  [[ -z $3 ]] || expect_contains "$(grep '^imgcrypt: hint' <<<"$stderr")" "$3"
  expect_absent "$TMP/out"
}

# encrypt ARG..., decrypt ARG...: in $TMP
encrypt() {
  imgcrypt encrypt oci:plain:t oci:out:t "$@"
}
decrypt() {
  imgcrypt decrypt "oci:$1:t" oci:out:t "${@:2}"
}

lists_are_read_whole_or_not_at_all() {
  local option
  printf 'jwe:%s\0' right.pub.pem other.pub.pem >nul
  expect_error 3 "nul: a NUL byte" "one a line" encrypt -R nul
  printf '"jwe:right.pub.pem"\n' >quoted
  expect_error 3 'quoted: line 1: "jwe:right.pub.pem" is in quotes' "leave them out" encrypt -R quoted
  for option in -r --recipient --recipient=; do
    printf '%s jwe:right.pub.pem\n' "$option" >options
    expect_error 3 "options: line 1: it begins with an option" "leave out $option" encrypt -R options
  done
  printf 'jwe:right.pub.pem # mine\n' >remark
  expect_error 3 "remark: line 1: recipient jwe:right.pub.pem # mine: " "on a line of its own" encrypt -R remark
  iconv -t utf-16 <<<jwe:right.pub.pem >wide
  expect_error 3 "wide: text in UTF-16" "iconv" encrypt -R wide
  printf '\xef\xbb\xbfjwe:right.pub.pem\n' >marked
  expect_exit 0 imgcrypt encrypt oci:plain:t oci:marked-image:t -R marked
}

schemes_are_guessed() {
  local text hint
  while IFS='|' read -r text hint; do
    expect_error 3 "recipient $text: " "$hint" encrypt -r "$text"
  done <<END
pkcs11:token.yaml|with the path of a file
gpg:alice|did you mean pgp:alice?
alice@example.org|did you mean pgp:alice@example.org?
jwe:alice@example.org|did you mean pgp:alice@example.org?
0xDEADBEEFDEADBEEF|did you mean pgp:0xDEADBEEFDEADBEEF?
DEADBEEFDEADBEEF|did you mean pgp:DEADBEEFDEADBEEF?
0123456789ABCDEF0123456789abcdef01234567|did you mean pgp:0123456789ABCDEF0123456789abcdef01234567?
JWE:right.pub.pem|did you mean jwe:right.pub.pem?
PROVIDER:sodium:right.key.pub|did you mean provider:sodium:right.key.pub?
Sodium:right.key.pub|did you mean provider:sodium:right.key.pub?
jwe:right.pub.pem,jwe:other.pub.pem|give each recipient with an option of its own
jwe:right.pub.pem,other.pub.pem|give each recipient with an option of its own
right.pub.pem,other.pub.pem|give each recipient with an option of its own
END
  while IFS='|' read -r text hint; do
    expect_error 3 "key ${text%%:*}: no such file" "$hint" decrypt encrypted -k "$text"
    [[ $stderr != *s3cret* ]] || fail "a passphrase is shown: $stderr"
  done <<END
JWE:right.pem:s3cret|a private key is named without "JWE:": write -k FILE
PROVIDER:sodium:s3cret|did you mean -k provider:NAME
right.pem,other.pem|give each key with an option of its own: -k KEY -k KEY
END
}

# OpenSSL takes it for a part of the passphrase as well.
carriage_returns_of_passphrases_are_told() {
  openssl pkey -in right.pem -aes256 -passout pass:1234 -out crlf.pem
  printf '1234\r\n' >windows.pass
  printf '1235\n' >wrong.pass
  chmod 600 crlf.pem windows.pass wrong.pass
  expect_error 3 "wrong passphrase: the private key could not be decrypted; it ends with a carriage return" "tr -d" \
    decrypt encrypted -k crlf.pem:file=windows.pass
  expect_error 3 "wrong passphrase" "" decrypt encrypted -k crlf.pem:file=wrong.pass
  [[ $stderr != *carriage* ]] || fail "there is no carriage return: $stderr"
}

transports_are_guessed() {
  local text
  for text in OCI:plain:t oc:plain:t oci-layout:plain:t oci//plain:t; do
    expect_error 3 "reference \"$text\"" "did you mean oci:plain:t?" imgcrypt inspect "$text"
  done
  expect_error 3 'reference "docker:busybox"' "did you mean docker://busybox?" imgcrypt inspect docker:busybox
  # shellcheck disable=SC2088
  for text in inspect tags; do
    expect_error 3 "expands ~ only at the beginning" "write oci:\$HOME/plain:t" imgcrypt "$text" "oci:~/plain:t"
  done
}

# The same fault has the same code, whoever holds the key.
codes_do_not_depend_on_the_kind_of_key() {
  expect_error 6 "no key opens it" "" decrypt encrypted -k other.pem
  expect_error 6 "no key opens it" "" decrypt sealed -k provider:sodium:other.key
  expect_error 6 "no key opens it" "" decrypt agent -k "provider:attestation-agent:keypath=$PWD/other.bin"
  expect_error 3 "absent" "" encrypt -r jwe:absent
  expect_error 3 "absent" "" encrypt -r provider:sodium:absent
  expect_error 3 "a private key was given" "" encrypt -r jwe:right.pem
  expect_error 3 "a secret key was given" "" encrypt -r provider:sodium:right.key
  expect_error 3 "absent" "" decrypt sealed -k absent
  expect_error 3 "absent" "" decrypt sealed -k provider:sodium:absent
  expect_error 3 "absent" "" decrypt agent -k "provider:attestation-agent:keypath=absent"
  expect_error 3 "typing error" "" decrypt sealed -k provider:sodium:damaged.key
}

every_given_key_is_named() {
  expect_error 6 "not for such layers: right.pem" "" decrypt sealed -k right.pem
  expect_error 6 "not for such layers: provider:sodium:right.key" "" decrypt encrypted -k provider:sodium:right.key
  expect_error 3 "typing error" "" decrypt sealed -k right.pem -k provider:sodium:damaged.key
  expect_contains "$stderr" "right.pem"
}

files_that_are_not_there_get_a_hint() {
  mkdir keys
  cp right.pub.pem keys
  expect_error 3 "none: No such file" "check the spelling" encrypt -R none
  expect_error 3 "-: No such file" "/dev/stdin" encrypt -R -
  expect_error 3 "recipient jwe:-: No such file" "/dev/stdin" encrypt -r jwe:-
  expect_error 3 "key -: no such file" "/dev/stdin" decrypt encrypted -k -
  expect_error 3 "none: No such file" "check the spelling" decrypt encrypted -k right.pem:file=none
  expect_error 3 "key none: no such file" "check the spelling" decrypt encrypted -k none
  ln -s nowhere/x dead
  expect_error 3 "key dead: no such file" "it is a symbolic link to nowhere/x, which does not exist" decrypt encrypted -k dead
  expect_error 3 "dead: No such file" "it is a symbolic link to nowhere/x" encrypt -R dead
  expect_error 3 "recipient jwe:dead: No such file" "it is a symbolic link to nowhere/x" encrypt -r jwe:dead
  expect_error 2 "no OCI image layout at dead" "dead is a symbolic link to nowhere/x" imgcrypt inspect oci:dead
  expect_error 3 "key none: no such file" "write FILE, FILE:file=" decrypt encrypted -k none:prompt
  expect_error 3 "No such file" "without the two slashes" encrypt -r jwe://keys/right.pub.pem
  expect_error 3 "No such file" 'did you mean "keys/right.pub.pem"?' encrypt -r "jwe:keys/right.pub.pem "
  expect_error 3 "No such file" "the shell did not find files" encrypt -r "jwe:keys/*.key"
  expect_error 3 "recipient jwe:keys: it is a directory" "name a file" encrypt -r jwe:keys
  expect_error 3 "keys: it is a directory" "name a file" encrypt -R keys
  expect_error 3 "key keys: it is a directory" "name a file" decrypt encrypted -k keys
  expect_error 2 "no OCI image layout at plain@0" "did you mean oci:plain:@0?" imgcrypt inspect oci:plain@0
  expect_error 3 "two files, FILE and FILE.pub" "./-" imgcrypt key generate jwe-ec -
  expect_absent -
}

damaged_keys_get_a_hint() {
  sed ':a;N;$!ba;s/\n/\\n/g' right.pub.pem >escaped.pem
  expect_error 3 "is not base64" 'in place of line breaks' encrypt -r jwe:escaped.pem
  sed 's/\\n/\n/g' escaped.pem >unescaped.pem
  expect_exit 0 imgcrypt encrypt oci:plain:t oci:unescaped:t -r jwe:unescaped.pem
  head -c 60 right.pub.pem >cut.pem
  expect_error 3 "does not end" "its last line -----END PUBLIC KEY-----" encrypt -r jwe:cut.pem
  openssl genrsa 1024 2>/dev/null | openssl rsa -pubout -out short.pem 2>/dev/null
  expect_error 3 "1024 bits is too short" "key generate jwe-rsa" encrypt -r jwe:short.pem
  : >empty.list
  expect_error 3 "it lists nothing" "one a line" encrypt -R empty.list
}

# What is refused before the image is read is refused as a recipient.
keys_of_another_provider_are_recipients_that_are_wrong() {
  expect_error 3 "recipient provider:sodium:absent: No such file" "check the spelling" encrypt -r provider:sodium:absent
  echo age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p >age.pub
  expect_error 3 "recipient provider:sodium:age.pub: it holds a key of another kind" "did you mean age:age.pub?" \
    encrypt -r provider:sodium:age.pub
  expect_error 3 "absent: No such file" "" imgcrypt provider test sodium:absent
}

damage_has_a_cure() {
  cp -r plain bom
  printf '\xef\xbb\xbf%s' "$(cat plain/index.json)" >bom/index.json
  expect_error 7 "starts with a byte order mark" "sed -i '1s/^\xef\xbb\xbf//' FILE removes it; a blob is named by its digest" imgcrypt inspect oci:bom:t
  sed -i '1s/^\xef\xbb\xbf//' bom/index.json
  expect_exit 0 imgcrypt inspect oci:bom:t
  echo '{"manifests":7}' >bom/index.json
  expect_error 7 'member "manifests": array expected' "an intact copy" imgcrypt inspect oci:bom
}

empty_values_are_named() {
  local form
  expect_error 3 "FILE is empty" "" imgcrypt key generate jwe-ec ""
  for form in locked.pem: locked.pem:pass= locked.pem:file=/dev/null locked.pem:env=EMPTY; do
    EMPTY='' expect_error 3 "the passphrase is empty" "" decrypt encrypted -k "$form"
  done
  expect_error 3 "file= needs the name of a file" "" decrypt encrypted -k locked.pem:file=
  expect_error 3 "env= needs the name of a variable" "" decrypt encrypted -k locked.pem:env=
  expect_error 3 "-k has an empty value" "" decrypt encrypted -k ""
  expect_error 3 "-r has an empty value" "" encrypt -r ""
  expect_error 3 "-R has an empty value" "" encrypt -R ""
  for form in --skip-base --digestfile --provider-timeout; do
    expect_error 3 "$form has an empty value" "" encrypt -r jwe:right.pub.pem "$form" ""
  done
  expect_error 3 "nothing comes after the colon" "write jwe:PUBLICKEY" encrypt -r jwe:
}

a_directory_that_is_gone_is_said() {
  mkdir gone
  (
    cd gone || fail "no directory"
    rmdir ../gone
    expect_exit 1 imgcrypt key generate jwe-ec new.pem
    expect_contains "$stderr" "new.pem: the working directory: No such file"
  )
  mkdir folder
  expect_error 3 "folder is a directory" "name the file" imgcrypt key generate jwe-ec folder --force
}

passphrases_of_new_keys_are_read_alike_by_all() {
  local name
  printf 'secret\r\n' >carriage
  printf 'a\nb\n' >two
  printf 'a\0b\n' >zero
  for name in carriage two zero; do
    expect_error 3 "a line break or a NUL byte in it" "" imgcrypt key generate jwe-ec new.pem --passphrase "file=$name"
    expect_absent new.pem
  done
  expect_error 3 "where to read the passphrase" "leave out the colon: file=two" \
    imgcrypt key generate jwe-ec new.pem --passphrase :file=two
  expect_exit 3 setsid "$IMGCRYPT" key generate jwe-ec new.pem --passphrase prompt
  expect_contains "$stderr" "write file=PASSPHRASEFILE, fd=N or env=VARIABLE"
}

names_of_other_programs_are_guessed() {
  expect_error 3 'unknown command "ENCRYPT"' "did you mean encrypt?" imgcrypt ENCRYPT
  expect_error 3 'unknown command "keygen"' "did you mean key generate?" imgcrypt keygen
  expect_error 3 'unknown command "rsa"' "did you mean jwe-rsa?" imgcrypt key generate rsa
  expect_error 3 'unknown command "ec"' "did you mean jwe-ec?" imgcrypt key generate ec
  expect_error 3 'unknown command "rm"' "did you mean remove?" imgcrypt recipients rm oci:plain:t
  expect_error 3 'unknown command "ls"' "did you mean list?" imgcrypt recipients ls oci:plain:t
  expect_error 3 'unknown command "ls"' "did you mean tags?" imgcrypt ls oci:plain
  expect_error 3 'unknown command "pull"' "did you mean copy?" imgcrypt pull docker://localhost/x
  expect_error 3 'unknown command "push"' "did you mean copy?" imgcrypt push oci:plain:t docker://localhost/x
  expect_error 3 "selects no layer" "the lower layer comes first" encrypt -r jwe:right.pub.pem --layer 1..0
  expect_error 3 'unknown option "--rec"' "did you mean --recipient or --recipients-file?" imgcrypt encrypt --rec
  expect_error 3 'unknown option "--json"' "did you mean -o json?" imgcrypt inspect --json
  expect_error 3 'unknown option "--debug" before the command' "write it after the command: imgcrypt copy --debug" \
    imgcrypt --debug copy oci:plain:t oci:out:t
  expect_error 3 'unknown option "-r" before the command' "write it after the command: imgcrypt recipients add -r" \
    imgcrypt recipients -r jwe:key add oci:plain:t
  expect_error 3 'unknown option "--no-such"' "see imgcrypt --help" imgcrypt --no-such copy oci:plain:t oci:out:t
  expect_error 3 '--log-level "DEBUG"' "did you mean debug?" imgcrypt version --log-level DEBUG
}

options_of_skopeo_that_are_not_ours_are_explained() {
  local option cure count=0
  while IFS=: read -r option cure; do
    expect_error 3 "unknown option \"$option\"" "$cure" imgcrypt copy oci:plain:t oci:out:t "$option" x
    count=$((count + 1))
  done <<'END'
--override-os:--platform OS/ARCH
--override-arch:--platform OS/ARCH
--override-variant:--platform OS/ARCH
--insecure-policy:no signature policy
--policy:no signature policy
--command-timeout:timeout 10m imgcrypt
--src-username:imgcrypt login
--src-password:imgcrypt login
--dest-username:imgcrypt login
--dest-password:imgcrypt login
--src-registry-token:imgcrypt login
--dest-registry-token:imgcrypt login
--registry-token:imgcrypt login
--additional-tag:copy it once more
--src-shared-blob-dir:--follow-links
--dest-shared-blob-dir:--follow-links
--dest-compress:stay as they are
--dest-compress-format:stay as they are
--dest-compress-level:stay as they are
--dest-decompress:stay as they are
--dest-oci-accept-uncompressed-layers:stay as they are
--dest-precompute-digests:never sent
--sign-by:cosign
--sign-by-sigstore-private-key:cosign
--sign-passphrase-file:cosign
END
  expect_equal "$count" 25 "the options"
  expect_error 3 'unknown option "--override-arch"' "--platform OS/ARCH" imgcrypt --override-arch arm64 copy oci:plain:t oci:out:t
  expect_error 3 "--tls-verify takes no value after a space" "write --tls-verify=false" \
    imgcrypt copy --tls-verify false oci:plain:t oci:out:t
  expect_error 3 "--dest-tls-verify takes no value after a space" "write --dest-tls-verify=true" \
    imgcrypt copy oci:plain:t oci:out:t --dest-tls-verify true
  expect_error 3 "--tls-verify takes no value after a space" "write --tls-verify=false" imgcrypt inspect --tls-verify false
}

# expect_decoder_error MESSAGE HINT ARG...
expect_decoder_error() {
  expect_exit 3 "$CTD_DECODER" "${@:3}" </dev/null
  expect_contains "$stderr" "$1"
  expect_contains "$stderr" "$2"
  expect_equal "$(wc -l <<<"$stderr")" 1 "the lines of the error"
}

the_decoder_names_a_cure_too() {
  expect_decoder_error 'unknown option "--decryption-key-path"' "did you mean --decryption-keys-path?" --decryption-key-path keys
  expect_decoder_error 'unknown option "--frobnicate"' "see ctd-decoder --help" --frobnicate
  expect_decoder_error 'unexpected argument "keys"' "the decoder takes only options" keys
  expect_decoder_error "--spool-dir needs a value" "where a layer is kept" --spool-dir
  expect_decoder_error "--spool-dir was given more than once" "where a layer is kept" --spool-dir a --spool-dir b
  expect_decoder_error '--inflate: "sometimes" is not auto, always or never' "whether to decompress" --inflate=sometimes
  local seconds
  for seconds in 0 3601 soon 1s; do
    expect_decoder_error "--provider-timeout: \"$seconds\" is not a number from 1 to 3600" "how long to wait" --provider-timeout "$seconds"
  done
}

hints_fit_the_kind_of_file() {
  expect_error 3 "a private key was given where a certificate is needed" "the certificate that belongs to" \
    encrypt -r pkcs7:right.pem
  expect_error 3 "o such file" "write pkcs7:CERTIFICATE" encrypt -r pkcs7:absent
  [[ $stderr != *"key generate"* ]] || fail "a certificate is not made so: $stderr"
  printf -- '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n' >rfc4716
  expect_error 3 "an SSH public key" "ssh-keygen -i -f FILE >KEY.pub; ssh-keygen -e -m PKCS8 -f KEY.pub" encrypt -r jwe:rfc4716
  openssl genpkey -algorithm x25519 -out x25519.pem
  expect_error 3 "neither RSA nor EC, but X25519" "key generate sodium" imgcrypt key show x25519.pem
  openssl genpkey -algorithm RSA-PSS -out pss.pem 2>/dev/null
  expect_error 3 "neither RSA nor EC, but RSA-PSS" "only signs" imgcrypt key show pss.pem
  sed 's/$/\r/' right.key >windows.key
  chmod 600 windows.key
  expect_exit 0 imgcrypt decrypt oci:sealed:t oci:opened:t -k provider:sodium:windows.key
}

# coordinate OFFSET: of the public key, in base64url
coordinate() {
  openssl pkey -in right.pem -pubout -outform DER | tail -c 64 | tail -c "+$1" | head -c 32 | base64 -w0 | tr '+/' '-_' | tr -d =
}

jwks_say_what_they_lack() {
  local key
  key=$(jq -cn --arg x "$(coordinate 1)" --arg y "$(coordinate 33)" '{kty: "EC", crv: "P-256", x: $x, y: $y}')
  jq '. + {key_ops: ["verify"]}' <<<"$key" >verify.jwk
  expect_error 3 "the key is not for encryption: its use is verify" "" encrypt -r jwe:verify.jwk
  jq '{key: .}' <<<"$key" >nested.jwk
  expect_error 3 'the member "kty" is missing' 'the object of its member "key"' encrypt -r jwe:nested.jwk
  jq '. + {key_ops: ["deriveBits"]}' <<<"$key" >derive.jwk
  expect_exit 0 imgcrypt encrypt oci:plain:t oci:derived:t -r jwe:derive.jwk
}

one_useless_certificate_hides_no_other() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout leaf.key -subj /CN=leaf -out leaf.pem 2>/dev/null
  openssl req -x509 -newkey ed25519 -nodes -keyout root.key -subj /CN=root -out root.pem 2>/dev/null
  cat leaf.pem root.pem >chain.pem
  expect_exit 0 imgcrypt key show chain.pem
  expect_contains "$stdout" "encrypts: -r pkcs7:chain.pem"
  expect_contains "$stdout" "none: a key that is neither RSA nor EC, but ED25519"
  expect_exit 0 imgcrypt key show chain.pem -o json
  expect_equal "$(jq -c '[.keys[] | has("fault")]' <<<"$stdout")" "[false,true]" "which key has a fault"
}

providers_are_judged_before_they_are_needed() {
  jq -n '{"key-providers": {a: {cmd: {path: "not-in-path-at-all"}}, b: {cmd: {path: "/tmp"}}, c: {cmd: {path: "cat"}}}}' >config
  OCICRYPT_KEYPROVIDER_CONFIG=config expect_exit 0 imgcrypt provider list -o json
  expect_equal "$(jq -c '[.providers[] | select(.name | length == 1).usable]' <<<"$stdout")" "[false,false,true]" "which are usable"
  OCICRYPT_KEYPROVIDER_CONFIG=config expect_error 9 "there is no such program in PATH" "" encrypt -r provider:a
  OCICRYPT_KEYPROVIDER_CONFIG=config expect_error 9 "start /tmp: not a file" "" encrypt -r provider:b
  expect_exit 0 imgcrypt provider test provider:sodium:right.key.pub --key provider:sodium:right.key
  expect_error 3 "key provider sodum is not configured" "did you mean provider:sodium?" imgcrypt provider test sodum:right.key.pub
}

# Only the exit status of a provider tells that it failed; a text is shown, but never what may be a key.
texts_of_providers_are_quoted() {
  local reply
  jq -n --arg path "$PWD/talker" '{"key-providers": {talker: {cmd: {path: $path}}}}' >config
  for reply in "not json" junk null "<html>502</html>"; do
    printf '#!/bin/sh\ncat >/dev/null\necho "%s"\n' "$reply" >talker
    chmod +x talker
    OCICRYPT_KEYPROVIDER_CONFIG=config expect_error 9 "its reply \"$reply\"" "" encrypt -r provider:talker
    expect_contains "$stderr" "layer 0 of"
  done
}

processes_that_cannot_be_started_are_the_systems_fault() {
  ((EUID == 0)) && command -v setpriv >/dev/null || return 0
  chmod 711 "$TMP"
  install -d -o nobody theirs
  # The tree that the programs are built in need not be open to others.
  install -D -t programs/bin "$IMGCRYPT"
  install -D -t programs/libexec/imgcrypt "$(dirname "$IMGCRYPT")/../libexec/imgcrypt/keyprovider-sodium"
  local as=(setpriv --reuid=nobody --regid=nogroup --clear-groups bash -c 'ulimit -u 1; exec "$@"' - "$PWD/programs/bin/imgcrypt")
  expect_exit 1 "${as[@]}" encrypt "oci:$PWD/plain:t" "oci:$PWD/theirs/x:t" -r "provider:sodium:right.key.pub"
  expect_contains "$stderr" "ulimit -u"
  expect_exit 1 "${as[@]}" provider test sodium:right.key.pub
}

# warnings_of COMMAND ARG...: how many keys or passphrases others can read
warnings_of() {
  "$@" 2>&1 >/dev/null | grep -c "warning: .*others can read it"
}

secrets_that_others_can_read_are_said() {
  chmod 755 "$TMP"
  mkdir exposed
  cp right.pem right.key locked.pem pass exposed
  chmod 644 exposed/*
  expect_equal "$(warnings_of imgcrypt key show exposed/right.pem)" 1 "warnings of key show"
  expect_equal "$(warnings_of imgcrypt key show exposed/right.key)" 1 "warnings of key show"
  expect_equal "$(warnings_of imgcrypt key public exposed/right.key)" 1 "warnings of key public"
  expect_equal "$(warnings_of imgcrypt check oci:sealed:t -k provider:sodium:exposed/right.key)" 1 "warnings of a sodium key"
  expect_equal "$(warnings_of imgcrypt check oci:encrypted:t -k exposed/locked.pem:file=exposed/pass)" 2 "warnings of key and passphrase"
  # The public half is no secret, though it opens nothing.
  cp right.key.pub exposed
  chmod 644 exposed/right.key.pub
  expect_equal "$(warnings_of imgcrypt check oci:sealed:t -k provider:sodium:exposed/right.key.pub)" 0 "warnings of a public key"
  # Whom a directory above keeps out cannot write to one below.
  chmod 777 exposed
  chmod 700 "$TMP"
  expect_exit 0 imgcrypt key show exposed/right.pem
  [[ $stderr != *warning* ]] || fail "a false alarm: $stderr"
}

warnings_name_the_place_of_a_passphrase() {
  IMGCRYPT_KEY=locked.pem:secret expect_exit 0 imgcrypt check oci:encrypted:t
  expect_contains "$stderr" "IMGCRYPT_KEY: line 1: key locked.pem: every program"
  expect_exit 0 imgcrypt check oci:encrypted:t -k locked.pem:secret
  expect_contains "$stderr" "warning: key locked.pem: every user of this machine"
}

help_and_version_agree_in_all_their_forms() {
  expect_equal "$(imgcrypt -V -o json)" "$(imgcrypt version -o json)" "the version in JSON"
  expect_equal "$(imgcrypt -V)" "$(imgcrypt version)" "the version"
  expect_error 3 "a document as it is" "leave out -o json" imgcrypt encrypt --help -o json
  expect_error 3 "a document as it is" "leave out -o json" imgcrypt help encrypt -o json
  expect_equal "$(imgcrypt encrypt --help)" "$(imgcrypt help encrypt)" "the help"
}

# decrypt_into PATH: the result goes there
decrypt_into() {
  imgcrypt decrypt oci:encrypted:t oci:printed:t -k right.pem >"$1"
}

version_to_nobody() {
  "$IMGCRYPT" version >&-
}

results_that_are_not_printed_are_there() {
  expect_exit 1 decrypt_into /dev/full
  expect_contains "$stderr" "hint: only the printing failed"
  expect_exit 0 imgcrypt inspect oci:printed:t
  expect_exit 1 version_to_nobody
  expect_contains "$stderr" "stdout (closed)"
}

# A signal while the other end of a pipe is waited for
waiting_for_a_pipe_is_cancelled() {
  mkfifo pipe
  "$IMGCRYPT" check oci:encrypted:t -k pipe 2>said &
  local process=$!
  # Once it catches SIGTERM and sleeps
  until grep -qE '^SigCgt:.*[4-7c-f][0-9a-f]{3}$' "/proc/$process/status" && grep -q '^State:.S' "/proc/$process/status"; do :; done
  kill -TERM "$process"
  local status=0
  wait "$process" || status=$?
  expect_equal "$status" 143 "the exit status"
  expect_contains "$(cat said)" "cancelled"
}

cd "$TMP"
make_keys "$TMP/right" P-256
make_keys "$TMP/other" P-256
make_image "$TMP/plain" t --no-busybox --layers 2 >/dev/null
echo secret >pass
openssl pkcs8 -topk8 -in right.pem -passout pass:secret -out locked.pem
chmod 600 ./*.pem pass
for name in right other; do imgcrypt key generate sodium "$name.key" >/dev/null; done
sed 's/\(secret-.\)_/\1A/; t; s/\(secret-.\)./\1_/' right.key >damaged.key  # another character, whatever it was
head -c 32 /dev/urandom >right.bin
head -c 32 /dev/urandom >other.bin
expect_exit 0 imgcrypt encrypt oci:plain:t oci:encrypted:t -r jwe:right.pub.pem
expect_exit 0 imgcrypt encrypt oci:plain:t oci:sealed:t -r provider:sodium:right.key.pub
expect_exit 0 imgcrypt encrypt oci:plain:t oci:agent:t \
  -r "provider:attestation-agent:keypath=$PWD/right.bin::keyid=kbs:///default/key/one"

lists_are_read_whole_or_not_at_all
schemes_are_guessed
carriage_returns_of_passphrases_are_told
transports_are_guessed
codes_do_not_depend_on_the_kind_of_key
every_given_key_is_named
files_that_are_not_there_get_a_hint
damaged_keys_get_a_hint
keys_of_another_provider_are_recipients_that_are_wrong
damage_has_a_cure
empty_values_are_named
a_directory_that_is_gone_is_said
passphrases_of_new_keys_are_read_alike_by_all
names_of_other_programs_are_guessed
options_of_skopeo_that_are_not_ours_are_explained
the_decoder_names_a_cure_too
hints_fit_the_kind_of_file
jwks_say_what_they_lack
one_useless_certificate_hides_no_other
providers_are_judged_before_they_are_needed
texts_of_providers_are_quoted
processes_that_cannot_be_started_are_the_systems_fault
secrets_that_others_can_read_are_said
warnings_name_the_place_of_a_passphrase
help_and_version_agree_in_all_their_forms
results_that_are_not_printed_are_there
waiting_for_a_pipe_is_cancelled
