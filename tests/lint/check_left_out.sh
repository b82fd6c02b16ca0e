#!/bin/bash
# What IMGCRYPT_...=OFF leaves out: with all of them, only the key providers without an option are left, no library of the
# others is looked for, and messages know. Configures, and builds nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

fail() {
  echo "check_left_out.sh: error: $1" >&2
  exit 1
}

mapfile -t options < <(sed -n 's/^option(\(IMGCRYPT_[A-Z0-9]*\) "Build keyprovider-.*/\1/p' CMakeLists.txt)
[[ ${#options[@]} == 5 ]] || fail "not five options: ${options[*]}"
off=("${options[@]/#/-D}")
cmake -S . -B "$build" -G Ninja -DIMGCRYPT_TESTS=OFF -DCMAKE_BUILD_TYPE=Release "${off[@]/%/=OFF}" >"$build/log" ||
  fail "cmake: $(cat "$build/log")"
programs=$(ninja -C "$build" -t targets all | sed -n 's/^libexec.*\/\(keyprovider-[a-z0-9]*\): .*/\1/p' | sort | paste -sd' ')
[[ $programs == "keyprovider-coco keyprovider-sodium" ]] || fail "what is built: $programs"
for library in gpgme p11-kit yaml-cpp tss2 grpc; do
  ! grep -qi "lib$library" "$build/build.ninja" || fail "lib$library is linked"
done
for option in "${options[@]}"; do
  grep -q -- "-D$option=0" "$build/build.ninja" || fail "the build does not know that it has no $option"
done
