#!/bin/bash
# Images that other programs encrypted are decrypted with each of their keys, and with no other.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

vectors=$cli_dir/../vectors
: "${CTD_DECODER:=$cli_dir/../../build/release/streamproc/ctd-decoder}"
[[ -x $CTD_DECODER ]] || fail "$CTD_DECODER is not built"

# A certificate selects a recipient; a certificate of another key is a mistake, however it is given.
a_certificate_needs_its_key() {
  local certificate
  for certificate in "-k $vectors/pkcs7/cert2.pem" "--dec-recipient pkcs7:$vectors/pkcs7/cert2.pem"; do
    # shellcheck disable=SC2086 # two words
    expect_exit 3 imgcrypt decrypt "oci:$vectors/layouts/skopeo193-pkcs7-multi:t" "oci:$TMP/refused:t" \
      -k "$vectors/keys/rsa.pem" $certificate
    expect_contains "$stderr" "pkcs7/cert2.pem: no key was given for the certificate issued by CN=ocicrypt test 2"
    expect_absent "$TMP/refused"
  done
}

a_certificate_needs_its_key
mkdir "$TMP/scratch"
python3 "$cli_dir/read_samples.py" "$IMGCRYPT" "$CTD_DECODER" "$vectors" "$TMP/scratch"
