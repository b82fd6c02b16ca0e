#!/bin/bash
# How a registry is reached: with identity tokens, client certificates, proxies of the environment, HTTP/2. What is secret is
# in no output, and goes to nobody but whom it is for.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/faulty_registry.sh
source "$cli_dir/../support/shell/faulty_registry.sh"
# shellcheck source=../support/shell/registry.sh
source "$cli_dir/../support/shell/registry.sh"

unset REGISTRY_AUTH_FILE DOCKER_CONFIG XDG_CONFIG_HOME XDG_RUNTIME_DIR
unset http_proxy https_proxy no_proxy all_proxy HTTPS_PROXY NO_PROXY ALL_PROXY
export HOME=$TMP/home
certs=$HOME/.config/containers/certs.d

# start OPTION...: a registry with the image app:t
start() {
  start_faulty_registry --image "app:t=$TMP/plain:t" "$@"
}

make_inputs() {
  make_keys "$TMP/key" P-256
  root=$(make_image "$TMP/plain" t --no-busybox --layers 1 --layer-size 20000)
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=registry -keyout "$TMP/tls.key" \
    -addext "subjectAltName=IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3,DNS:registry.test" -out "$TMP/tls.crt" 2>/dev/null
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=client \
    -keyout "$TMP/client.key" -out "$TMP/client.cert" 2>/dev/null
}

# expect_copied REFERENCE OPTION...: the image is read, and pushed beside itself
expect_copied() {
  rm -rf "$TMP/out"
  expect_exit 0 imgcrypt copy "$1" "oci:$TMP/out:t" --debug -vv "${@:2}"
  expect_no_secret
  expect_equal "$(root_of "$TMP/out" t)" "$root" "the digest of $1"
  expect_exit 0 imgcrypt encrypt "$1" "${1%:*}:enc" -r "jwe:$TMP/key.pub.pem" --debug -vv "${@:2}"
  expect_no_secret
}

# Each secret contains the word.
expect_no_secret() {
  [[ $stdout$stderr != *SECRET* ]] || fail "a secret was printed: $stdout$stderr"
}

# log_in_with TOKEN: as `docker login` stores an identity token
log_in_with() {
  jq -n --arg host "$REGISTRY" --arg token "$1" \
    '{auths: {($host): {auth: ("<token>:" | @base64), identitytoken: $token}}}' >"$TMP/auth.json"
  chmod 600 "$TMP/auth.json"
}

identity_tokens_are_exchanged() {
  start --fault tokens
  log_in_with "$REGISTRY_IDENTITY_TOKEN"
  expect_copied "docker://$REGISTRY/app:t" --authfile "$TMP/auth.json"
  expect_equal "$(log_of '[.[] | select(.kind == "token") | .method] | unique | join(" ")')" POST "how tokens were asked for"
  expect_equal "$(log_of '[.[] | select(.kind == "token") | .authorization] | unique | join(" ")')" none "what else was sent"
  log_in_with "wrong-SECRET"
  expect_exit 4 imgcrypt inspect "docker://$REGISTRY/app:t" --authfile "$TMP/auth.json" --debug -vv
  expect_contains "$stderr" "gives no token for repository:app:pull, with the credentials of $TMP/auth.json"
  expect_no_secret
}

what_was_asked_for_is_said() {
  start --fault busy-for-an-hour
  expect_exit 4 imgcrypt copy "docker://$REGISTRY/app:t" "oci:$TMP/none:t"
  expect_matches "$stderr" "$REGISTRY answers 429 and asks us to come back in 3600 seconds \\(GET http://$REGISTRY/v2/app/blobs/"
  start --fault token-server-down
  expect_exit 4 imgcrypt login "$REGISTRY" -u me --password-stdin --authfile "$TMP/new.json" --retry-times 0 <<<word
  expect_contains "$stderr" "gives no token for the registry itself, with the credentials of "
  expect_exit 3 imgcrypt gc "docker://$REGISTRY/app"
  expect_contains "$stderr" "docker://$REGISTRY/app is not an OCI image layout"
  expect_contains "$stderr" "a registry has a garbage collection of its own"
  expect_exit 3 imgcrypt inspect "docker://$REGISTRY/app:t" --cert-dir "$TMP/none"
  expect_contains "$stderr" "the folder of certificates $TMP/none: No such file or directory"
  expect_contains "$stderr" "hint: --cert-dir names a folder"
}

# Even where a folder has an authority that is right.
damaged_authorities_are_refused() {
  start --certificate "$TMP/tls.crt" --key "$TMP/tls.key"
  put_certificates "$certs/$REGISTRY" tls.crt
  expect_exit 0 imgcrypt inspect "docker://$REGISTRY/app:t"
  echo junk >"$TMP/junk.pem"
  expect_exit 3 imgcrypt inspect "docker://$REGISTRY/app:t" --ca-file "$TMP/junk.pem"
  expect_contains "$stderr" "certificates $TMP/junk.pem: there is none in it"
}

# put_certificates DIR NAME...
put_certificates() {
  mkdir -p "$1"
  for name in "${@:2}"; do
    cp "$TMP/$name" "$1/"
  done
}

client_certificates_are_shown() {
  start --certificate "$TMP/tls.crt" --key "$TMP/tls.key" --client-ca "$TMP/client.cert"
  expect_exit 5 imgcrypt inspect "docker://$REGISTRY/app:t" --ca-file "$TMP/tls.crt"
  expect_contains "$stderr" "if it wants a client certificate, put a certificate NAME.cert and its own key NAME.key, in PEM and without a passphrase, into /etc/containers/certs.d/$REGISTRY"
  put_certificates "$TMP/certs" tls.crt client.cert client.key
  expect_copied "docker://$REGISTRY/app:t" --cert-dir "$TMP/certs"
  [[ $stderr != *"warning: client key"* ]] || fail "nobody else can read the key: $stderr"
  chmod 644 "$TMP/certs/client.key"
  chmod 755 "$TMP" "$TMP/certs"
  expect_exit 0 imgcrypt copy "docker://$REGISTRY/app:t" "docker://$REGISTRY/app:u" --cert-dir "$TMP/certs"
  # Each side has its own.
  expect_exit 0 imgcrypt copy "oci:$TMP/plain:t" "docker://$REGISTRY/app:v" --dest-cert-dir "$TMP/certs"
  expect_exit 5 imgcrypt copy "oci:$TMP/plain:t" "docker://$REGISTRY/app:v" --src-cert-dir "$TMP/certs"
  expect_exit 0 imgcrypt copy "docker://$REGISTRY/app:v" "oci:$TMP/sided:t" --src-cert-dir "$TMP/certs"
  expect_equal "$(grep -c "warning: client key $TMP/certs/client.key: others can read it (mode 0644)" <<<"$stderr")" 1 "how often it is said"
  put_certificates "$certs/$REGISTRY" tls.crt client.cert client.key
  expect_copied "docker://$REGISTRY/app:t"
  # Nobody is asked for a passphrase, and stdin is not taken for it.
  openssl ec -in "$TMP/client.key" -aes128 -passout pass:word -out "$certs/$REGISTRY/client.key" 2>/dev/null
  expect_exit 3 setsid -w "$IMGCRYPT" inspect "docker://$REGISTRY/app:t" <<<word
  expect_contains "$stderr" "client certificate $certs/$REGISTRY/client.cert cannot be used with its key"
  [[ $stderr != *"pass phrase"* ]] || fail "a passphrase was asked for: $stderr"
  rm "$certs/$REGISTRY/client.key"
  expect_exit 3 imgcrypt inspect "docker://$REGISTRY/app:t"
  expect_contains "$stderr" "client certificate $certs/$REGISTRY/client.cert cannot be used: its key $certs/$REGISTRY/client.key is missing"
  expect_contains "$stderr" "hint: put a certificate NAME.cert and its own key NAME.key, in PEM and without a passphrase, into $certs/$REGISTRY"
  put_certificates "$certs/$REGISTRY" client.key
  rm "$certs/$REGISTRY/client.cert"
  expect_exit 3 imgcrypt inspect "docker://$REGISTRY/app:t"
  expect_contains "$stderr" "client certificate $certs/$REGISTRY/client.cert is missing: its key $certs/$REGISTRY/client.key is there"
  put_certificates "$TMP/wrong" tls.crt client.cert
  local key
  for key in "$TMP/tls.key" "$TMP/junk.pem"; do
    cp "$key" "$TMP/wrong/client.key"
    expect_exit 3 imgcrypt inspect "docker://$REGISTRY/app:t" --cert-dir "$TMP/wrong"
    expect_contains "$stderr" ": client certificate $TMP/wrong/client.cert cannot be used with its key"
    expect_contains "$stderr" "without a passphrase, into $TMP/wrong"
  done
}

# What is asked for a certificate again is asked for nothing else.
authorities_that_were_asked_are_named() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/O=Us/CN=Our CA" \
    -keyout "$TMP/ca.key" -out "$TMP/ca.crt" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=signed -addext "subjectAltName=IP:127.0.0.1" \
    -keyout "$TMP/signed.key" -out "$TMP/signed.csr" 2>/dev/null
  openssl x509 -req -in "$TMP/signed.csr" -CA "$TMP/ca.crt" -CAkey "$TMP/ca.key" -copy_extensions copyall -days 2 \
    -out "$TMP/signed.crt" 2>/dev/null
  start --certificate "$TMP/signed.crt" --key "$TMP/signed.key"
  expect_exit 5 imgcrypt inspect "docker://$REGISTRY/app:t" --ca-file "$TMP/tls.crt"
  expect_contains "$stderr" "its certificate (of CN = signed, issued by O = Us, CN = Our CA) is not trusted by the system's authorities (/etc/ssl/certs), $TMP/tls.crt:"
  expect_equal "$(cat "$registry_dir/log")" "" "what the registry was asked for"
  expect_exit 0 imgcrypt inspect "docker://$REGISTRY/app:t" --ca-file "$TMP/ca.crt"
}

# Not every program that knows no TLS says so in text.
plain_http_is_found_whatever_a_greeting_gets() {
  local hello
  for hello in end reset rubbish record; do
    start --hello "$hello"
    expect_copied "docker://$REGISTRY/app:t"
    expect_copied "docker://$REGISTRY/app:t" --tls-verify=false
    expect_exit 0 imgcrypt tags "docker://[::ffff:127.0.0.1]:${REGISTRY#*:}/app"
  done
}

what_speaks_neither_is_said() {
  local option
  start --hello rubbish --fault greeting-lost
  for option in --tls-verify --tls-verify=false; do
    expect_exit 5 imgcrypt inspect "docker://$REGISTRY/app:t" "$option" --retry-times 0
    expect_contains "$stderr" "nor is it spoken to over plain http"
    expect_contains "$stderr" "check the host and the port"
    [[ $stderr != *"--tls-verify=false"* ]] || fail "the hint is of no use: $stderr"
  done
}

# As OpenSSL has them, and others: the file and the folder beside what the system trusts.
authorities_of_the_environment_are_trusted() {
  start --certificate "$TMP/tls.crt" --key "$TMP/tls.key"
  local image=docker://$REGISTRY/app:t
  expect_exit 5 imgcrypt inspect "$image"
  expect_contains "$stderr" "its certificate (of CN = registry, issued by CN = registry) is not trusted by the system's authorities (/etc/ssl/certs):"
  SSL_CERT_FILE=$TMP/tls.crt expect_exit 0 imgcrypt inspect "$image"
  SSL_CERT_FILE=$TMP/none.crt expect_exit 3 imgcrypt inspect "$image"
  expect_contains "$stderr" "certificates $TMP/none.crt"
  put_certificates "$TMP/hashed" tls.crt
  openssl rehash "$TMP/hashed"
  SSL_CERT_DIR=$TMP/hashed expect_exit 0 imgcrypt inspect "$image"
  mkdir -p "$TMP/empty"
  SSL_CERT_DIR=$TMP/empty expect_exit 5 imgcrypt inspect "$image"
  expect_contains "$stderr" "not trusted by the system's authorities ($TMP/empty):"
}

# What would be of no use is not the cure.
cures_fit_where_the_credentials_are_from() {
  start --fault basic
  expect_exit 4 imgcrypt inspect "docker://$REGISTRY/app:t"
  expect_contains "$stderr" "hint: log in as somebody who may: imgcrypt login $REGISTRY"
  expect_exit 4 imgcrypt inspect "docker://$REGISTRY/app:t" --creds "me:wrong-SECRET"
  expect_contains "$stderr" "hint: check user and password in --creds"
  expect_no_secret
  log_in_with "$REGISTRY_IDENTITY_TOKEN"
  expect_exit 4 imgcrypt inspect "docker://$REGISTRY/app:t" --authfile "$TMP/auth.json"
  expect_contains "$stderr" "an identity token, which a registry that asks for a password cannot use"
  expect_contains "$stderr" "hint: log in with user and password: imgcrypt login $REGISTRY"
  expect_no_secret
}

certificates_for_other_names_are_told() {
  local other=$TMP/other
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=other \
    -addext "subjectAltName=DNS:registry.test" -keyout "$other.key" -out "$other.crt" 2>/dev/null
  start --certificate "$other.crt" --key "$other.key"
  expect_exit 5 imgcrypt inspect "docker://$REGISTRY/app:t" --ca-file "$other.crt"
  expect_contains "$stderr" "its certificate (of CN = other, issued by CN = other) is for another name"
  expect_contains "$stderr" "hint: use a name that the certificate is for"
}

# Another host wants one too, and does not get ours.
client_certificates_are_shown_to_nobody_else() {
  start --certificate "$TMP/tls.crt" --key "$TMP/tls.key" --client-ca "$TMP/client.cert" \
    --fault redirect-elsewhere-basic
  log_in
  chmod 600 "$TMP/auth.json"
  rm -rf "$TMP/out"
  expect_exit 5 imgcrypt copy "docker://$REGISTRY/app:t" "oci:$TMP/out:t" --cert-dir "$TMP/certs" --authfile "$TMP/auth.json"
  expect_contains "$stderr" "if it wants a client certificate, put a certificate NAME.cert and its own key NAME.key, in PEM and without a passphrase, into /etc/containers/certs.d/$ELSEWHERE"
  expect_absent "$TMP/out"
}

# start_proxy [STATUS]: sets $PROXY
start_proxy() {
  local pid
  rm -f "$TMP/proxy.port" "$TMP/proxy.log"
  python3 -B "$cli_dir/../support/registry/proxy.py" "$TMP/proxy.port" "$TMP/proxy.log" "$@" </dev/null 2>"$TMP/proxy.err" &
  pid=$!
  at_exit stop_process "$pid"
  wait_for 30 test -e "$TMP/proxy.port" || fail "the proxy does not start: $(cat "$TMP/proxy.err")"
  PROXY=$(cat "$TMP/proxy.port")
}

# Nobody but the proxy knows the name, so that the registry must not send us to its address.
https_goes_through_a_proxy() {
  start --certificate "$TMP/tls.crt" --key "$TMP/tls.key" --fault basic --fault relative-location
  start_proxy
  local image=docker://registry.test:${REGISTRY#*:}/app:t options=(--ca-file "$TMP/tls.crt" --creds "$REGISTRY_USER:$REGISTRY_PASSWORD")
  https_proxy=http://proxyuser:proxy-SECRET@$PROXY expect_copied "$image" "${options[@]}"
  expect_equal "$(sort -u "$TMP/proxy.log")" "CONNECT registry.test:${REGISTRY#*:} bare" "what the proxy was asked for"
  https_proxy=http://$PROXY no_proxy=registry.test expect_exit 5 imgcrypt inspect "$image" "${options[@]}"
  expect_contains "$stderr" "registry.test:${REGISTRY#*:}: no address is known for this host"
  https_proxy=http://127.0.0.1:1 expect_exit 5 imgcrypt inspect "$image" "${options[@]}" --retry-times 0
  expect_contains "$stderr" "by 127.0.0.1 port 1, the proxy"
  # The commonest mistake, and then a proxy that speaks TLS, but is no proxy.
  https_proxy=https://$PROXY expect_exit 5 imgcrypt inspect "$image" "${options[@]}"
  expect_contains "$stderr" "registry.test:${REGISTRY#*:}: the proxy ${PROXY/:/ port } does not speak https (GET"
  expect_contains "$stderr" "hint: write http:// instead of https:// before its name"
  https_proxy=https://$REGISTRY expect_exit 5 imgcrypt inspect docker://registry.test/app:t
  expect_contains "$stderr" "registry.test: the certificate of the proxy ${REGISTRY/:/ port } is not trusted by the system's authorities (/etc/ssl/certs):"
  https_proxy=https://$REGISTRY expect_exit 5 imgcrypt inspect docker://registry.test/app:t --ca-file "$TMP/tls.crt"
  expect_contains "$stderr" "registry.test: the proxy refuses the connection"
  start_proxy 403
  https_proxy=http://proxyuser:proxy-SECRET@$PROXY expect_exit 5 imgcrypt inspect "$image" "${options[@]}" --debug -vv
  expect_contains "$stderr" "the proxy refuses the connection (403)"
  expect_no_secret
}

# What this machine itself listens for means another host to a proxy, which would also be shown credentials.
loopback_needs_no_proxy() {
  start --fault basic
  start_proxy
  http_proxy=http://$PROXY https_proxy=http://$PROXY all_proxy=http://$PROXY \
    expect_copied "docker://$REGISTRY/app:t" --creds "$REGISTRY_USER:$REGISTRY_PASSWORD"
  expect_equal "$(cat "$TMP/proxy.log" 2>/dev/null)" "" "what the proxy was asked for"
}

passwords_of_proxies_are_not_shown() {
  https_proxy=socks9://user:SECRET@proxy.test expect_exit 5 imgcrypt inspect docker://registry.test/app:t
  expect_no_secret
}

expired_certificates_are_told() {
  local old=$TMP/old
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=old -addext "subjectAltName=IP:127.0.0.1" \
    -keyout "$old.key" -out "$old.csr" 2>/dev/null
  openssl x509 -req -in "$old.csr" -key "$old.key" -copy_extensions copyall -days -1 -out "$old.crt" 2>/dev/null
  start --certificate "$old.crt" --key "$old.key"
  expect_exit 5 imgcrypt inspect "docker://$REGISTRY/app:t" --ca-file "$old.crt"
  expect_contains "$stderr" "its certificate (of CN = old, issued by CN = old) is not valid now"
  expect_contains "$stderr" "hint: have the certificate renewed"
}

http_goes_through_a_proxy() {
  start --fault relative-location
  start_proxy
  local name=registry.test:${REGISTRY#*:}
  https_proxy=http://$PROXY http_proxy=http://$PROXY expect_copied "docker://$name/app:t" --tls-verify=false
  grep -q "^GET http://$name/v2/app/manifests/t bare" "$TMP/proxy.log" || fail "the proxy was not asked: $(cat "$TMP/proxy.log")"
  # The proxy alone knows the host, and https has none.
  http_proxy=http://$PROXY expect_exit 0 imgcrypt inspect "docker://$name/app:t" --tls-verify=false
  # A web server may set it from a header of a request.
  HTTP_PROXY=http://$PROXY expect_exit 5 imgcrypt inspect "docker://$name/app:t" --tls-verify=false
  expect_contains "$stderr" "no address is known for this host"
  ALL_PROXY=http://$PROXY expect_exit 0 imgcrypt inspect "docker://$name/app:t" --tls-verify=false
  start_proxy 407
  http_proxy=http://$PROXY expect_exit 5 imgcrypt inspect "docker://registry.test/app:t" --tls-verify=false --retry-times 0
  expect_contains "$stderr" "registry.test: the proxy ${PROXY/:/ port } refuses the request (407) (GET http://registry.test/v2/)"
  expect_contains "$stderr" "all_proxy and no_proxy, also user and password in them"
}

# Debian's registry offers it with TLS, and tells in its log what was spoken.
http2_is_spoken_where_it_is_offered() {
  local image protocols
  export REGISTRY_HTTP_TLS_CERTIFICATE=$TMP/tls.crt REGISTRY_HTTP_TLS_KEY=$TMP/tls.key REGISTRY_LOG_ACCESSLOG_DISABLED=false
  start_registry "$TMP/http2"
  image=docker://$REGISTRY/app:t
  expect_exit 0 imgcrypt copy "oci:$TMP/plain:t" "$image" --ca-file "$TMP/tls.crt"
  expect_copied "$image" --ca-file "$TMP/tls.crt"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/large:t" "$image" --ca-file "$TMP/tls.crt" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt check --full "$image" --ca-file "$TMP/tls.crt" -k "$TMP/key.pem"
  protocols=$(grep -o 'HTTP/[0-9.]*' "$TMP/http2/registry.log" | sort -u | xargs)
  expect_equal "$protocols" "HTTP/2.0" "what was spoken"
}

make_inputs
make_image "$TMP/large" t --no-busybox --layers 1 --layer-size $((9 << 20)) >/dev/null
identity_tokens_are_exchanged
what_was_asked_for_is_said
damaged_authorities_are_refused
client_certificates_are_shown
authorities_that_were_asked_are_named
plain_http_is_found_whatever_a_greeting_gets
what_speaks_neither_is_said
authorities_of_the_environment_are_trusted
cures_fit_where_the_credentials_are_from
client_certificates_are_shown_to_nobody_else
certificates_for_other_names_are_told
https_goes_through_a_proxy
http_goes_through_a_proxy
loopback_needs_no_proxy
passwords_of_proxies_are_not_shown
expired_certificates_are_told
http2_is_spoken_where_it_is_offered
