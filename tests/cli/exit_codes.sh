#!/bin/bash
# The exit status of each command by cause, as README.md says. One row for each: the status, the arguments, a part of the
# error. "a" and "b" are private keys, "a.pub" and "b.pub" their public ones; oci:plain, oci:secret (for a) and oci:broken
# (secret, without a layer) are images; oci:artifact has none.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rows='
0 |                                                            |
0 | help                                                       |
0 | inspect oci:plain                                          |
0 | check oci:plain                                            |
0 | check oci:secret -k a                                      |
0 | recipients list oci:secret                                 |
0 | encrypt oci:plain oci:new -r jwe:a.pub --dry-run           |

2 | inspect oci:none                                           | no OCI image layout at none
2 | inspect oci:plain:none                                     | no such image
2 | inspect oci:plain:@7                                       | no image at this position
2 | inspect oci:file                                           | it is not a directory
2 | inspect oci:folder                                         | no OCI image layout at folder
2 | inspect oci:plain --config --platform windows              | the image has no platform windows
2 | check oci:none -k a                                        | no OCI image layout
2 | check oci:broken -k a                                      | is missing
2 | check oci:secret -k a --platform windows                   | the image has no platform windows
2 | decrypt oci:none oci:new -k a                              | no OCI image layout
2 | decrypt oci:broken oci:new -k a                            | is missing
2 | encrypt oci:none oci:new -r jwe:a.pub                      | no OCI image layout
2 | encrypt oci:plain oci:new -r jwe:a.pub --skip-base oci:no  | no OCI image layout
2 | recipients list oci:none                                   | no OCI image layout
2 | recipients add oci:none -r jwe:a.pub -k a                  | no OCI image layout
2 | recipients add oci:broken:t -r jwe:b.pub -k a              | is missing
2 | recipients replace oci:none -r jwe:a.pub -k a              | no OCI image layout
2 | recipients remove oci:none --index 0                       | no OCI image layout

3 | nonsense                                                   | unknown command "nonsense"
3 | recipients                                                 | needs a command: list, add, replace or remove
3 | add oci:plain                                              | did you mean imgcrypt recipients add?
3 | inspect                                                    | needs REF
3 | inspect plain                                              | write oci:plain
3 | inspect oci:                                               | it names no directory
3 | inspect oci:plain extra                                    | unexpected argument "extra"
3 | inspect oci:plain --layer 0                                | --layer can only be used with --layers
3 | inspect oci:plain --raw --config                           | --raw and --config cannot be used together
3 | inspect oci:plain --raw -o json                            | -o json
3 | inspect oci:plain -o yaml                                  | -o "yaml" is not text or json
3 | inspect oci:plain --log-level                              | --log-level needs a value
3 | inspect oci:plain --layers=x                               | --layers takes no value but true or false
3 | encrypt oci:plain oci:new                                  | no recipient was given
3 | encrypt oci:plain -r jwe:a.pub                             | needs DST
3 | encrypt oci:plain oci:new -r jwe:none                      | recipient jwe:none
3 | encrypt oci:plain oci:new -r jwe:a                         | a private key was given
3 | encrypt oci:plain oci:new -r a.pub                         | recipient a.pub
3 | encrypt oci:plain oci:new -r provider:none                 | key provider none is not configured
3 | encrypt oci:plain oci:new -r jwe:a.pub -k none             | key none
3 | encrypt oci:plain oci:new -r provider:sodium:none          | recipient provider:sodium:none: No such file
3 | encrypt oci:plain oci:new -r jwe:a.pub --layer 9           | --layer 9
3 | encrypt oci:plain oci:new -r jwe:a.pub --layer x           | --layer x
3 | encrypt oci:plain oci:new -r jwe:a.pub --jobs 0            | --jobs "0" is not a number from 1 to 1024
3 | encrypt oci:plain oci:new -r jwe:a.pub --jobs 2 --jobs 2   | --jobs was given more than once
3 | encrypt oci:plain oci:new -r jwe:a.pub --platform          | --platform needs a value
3 | encrypt oci:plain oci:new -r jwe:a.pub --platform x --all  | --platform and --all-platforms cannot be used together
3 | encrypt oci:plain oci:none/new -r jwe:a.pub                | the directory above it is missing
3 | encrypt oci:plain dir:none/new -r jwe:a.pub                | the directory above it is missing
3 | encrypt oci:plain oci-archive:none/new -r jwe:a.pub        | the directory above it is missing
3 | encrypt oci:plain oci:dangling -r jwe:a.pub                | dangling is a symbolic link to none/x, which does not exist
3 | encrypt oci:plain dir:dangling -r jwe:a.pub                | dangling is a symbolic link to none/x, which does not exist
3 | encrypt oci:plain oci-archive:dangling -r jwe:a.pub        | dangling is a symbolic link to none/x, which does not exist
3 | encrypt oci:plain dir:/proc/x -r jwe:a.pub                 | /proc is not on a file system that holds files
3 | encrypt oci:plain dir:/proc -r jwe:a.pub                   | /proc is not on a file system that holds files
3 | encrypt oci:plain oci-archive:/proc/x -r jwe:a.pub         | /proc is not on a file system that holds files
3 | encrypt oci:plain oci-archive:~/x -r jwe:a.pub             | the shell expands ~ only at the beginning of an argument
2 | inspect dir:none                                           | no image at dir:none
2 | inspect dir:file                                           | no image at dir:file: it is not a directory
3 | encrypt oci:plain oci:file -r jwe:a.pub                    | file is not a directory
3 | encrypt oci:plain docker:x/y -r jwe:a.pub                  | did you mean docker://x/y?
3 | decrypt docker://x/Y oci:new -k a                          | repositories are written in lower case
5 | inspect docker://localhost:1/x                             | localhost:1: Connection refused
6 | decrypt oci:secret oci:new                                 | no key was given
3 | decrypt oci:secret oci:new -k none                         | key none
3 | decrypt oci:secret oci:new -k folder                       | key folder
3 | decrypt oci:secret oci:new -k file                         | key file: not a private key
3 | decrypt oci:secret oci:new -k a.pub                        | a public key was given
3 | decrypt oci:secret oci:new -k a:file=none                  | key a: none
3 | decrypt oci:secret oci:new -k a:fd=77                      | key a: file descriptor 77 is not open for reading
3 | decrypt oci:secret oci:new -k a:fd=2                       | key a: file descriptor 2 is not open for reading
3 | decrypt oci:secret oci:new -k a --diff-ids alwasy          | did you mean always?
3 | decrypt oci:secret oci:new -k a --digestfile none/file     | --digestfile none/file
3 | decrypt oci:secret oci:new -k a --digestfile folder        | --digestfile folder
3 | check oci:secret -k none                                   | key none
3 | check oci:secret -k a.pub                                  | a public key was given
3 | recipients add oci:secret:t -r jwe:b.pub                   | no key was given
3 | recipients replace oci:secret:t -r jwe:none -k a           | recipient jwe:none
3 | recipients remove oci:secret:t                             | no recipient to remove was given
3 | recipients remove oci:secret:t -r jwe:b.pub                | no such recipient
3 | recipients remove oci:secret:t --index 7                   | --index 7
3 | key generate jwe-ec none/key                               | there is no directory
3 | key generate jwe-ec /proc/none/key                         | there is no directory
3 | key generate sodium none/key                               | there is no directory
3 | key generate jwe-rsa key --bits 12                         | 12 bits is too short (2048 to 16384)
3 | key generate jwe-ec key --passphrase file=none             | none
3 | key generate jwe-ec new --passphrase fd=77                 | file descriptor 77 is not open for reading
3 | key generate jwe-rsa new --passphrase fd=2                 | file descriptor 2 is not open for reading
3 | key show none                                              | key none
3 | key show folder                                            | key folder
3 | key show file                                              | key file
3 | provider test none                                         | key provider none is not configured
3 | provider test sodium:none                                  | recipient provider:sodium:none: No such file
3 | help nonsense                                              | unknown command "nonsense"
3 | man --directory none                                       | none/imgcrypt.1
3 | completion tcsh                                            | unknown command "tcsh"

6 | decrypt oci:secret oci:new -k b                            | no key opens it
6 | check oci:secret -k b                                      | no key opens it
6 | recipients add oci:secret:t -r jwe:b.pub -k b              | no key opens it
6 | recipients replace oci:secret:t -r jwe:b.pub -k b          | no key opens it

8 | inspect oci:artifact --config                             | no manifest of the image has an image config
8 | check oci:plain --require-encrypted                        | not encrypted
8 | recipients add oci:plain:t -r jwe:b.pub -k a               | the image has no encrypted layer
8 | recipients remove oci:secret:t --index 0                   | nobody would be left to open it
8 | key generate jwe-ec a                                      | a already exists
8 | key generate sodium a                                      | a already exists

'

the_table_holds() {
  local status arguments part
  while IFS='|' read -r status arguments part; do
    [[ -n ${status// /} ]] || continue
    part=${part# }
    # shellcheck disable=SC2086 # words, of which none has a space
    expect_exit "$status" imgcrypt $arguments
    expect_contains "$stderr" "$part"
    ((status == 0)) || expect_contains "$stderr" "imgcrypt: error: "
    # The parser's own words name neither the option nor what it takes.
    [[ ! $stderr =~ ( required .* missing| excludes | requires |not in \{|Could not convert) ]] || fail "$stderr"
    expect_absent new
  done <<<"$rows"
}

a_full_disk_is_named() {
  local command
  for command in "inspect oci:plain" "inspect oci:plain --raw" "check oci:plain" "version" "help" "-h" "-V" "completion zsh" "key show a"; do
    # shellcheck disable=SC2086
    expect_exit 1 to_full_disk $command
    expect_contains "$stderr" "the result could not be printed: stdout (/dev/full): No space left on device"
  done
  expect_exit 1 to_full_disk copy oci:plain -
  expect_matches "$stderr" 'stdout \(/dev/full\): No space left on device \([0-9]+ more bytes are needed'
  expect_exit 1 imgcrypt encrypt oci:plain oci:new -r jwe:a.pub --digestfile /dev/full
  expect_contains "$stderr" "--digestfile /dev/full: No space left on device"
  expect_contains "$stderr" "the image is complete; its digest is $(jq -r '.manifests[0].digest' new/index.json)"
}

to_full_disk() {
  imgcrypt "$@" >/dev/full
}

cd "$TMP"
make_keys a P-256
make_keys b P-384
for key in a b; do
  mv $key.pem $key
  mv $key.pub.pem $key.pub
done
make_image plain t --no-busybox --layers 2 --layer-size 500 >/dev/null
imgcrypt encrypt oci:plain oci:secret:t -r jwe:a.pub >/dev/null 2>&1
cp -r plain artifact
edit_root artifact t '.config.mediaType = "application/vnd.example.config"'
cp -r secret broken
rm "$(blob broken "$(jq -r '.layers[0].digest' "$(blob broken "$(jq -r '.manifests[0].digest' broken/index.json)")")")"
mkdir folder
ln -s none/x dangling
echo text >file

the_table_holds
a_full_disk_is_named
