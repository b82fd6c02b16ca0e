#!/bin/bash
# Builds the static decoder in $STATIC_BUILD; it needs no library, and passes the tests of the dynamic one.
set -euo pipefail

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

# Other tests check the compiled code; what matters here is how it is linked.
cmake -S "$SOURCE_DIR" -B "$STATIC_BUILD" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_COMPILE_WARNING_AS_ERROR=ON \
  -DCMAKE_UNITY_BUILD=ON -DCMAKE_CXX_FLAGS_RELEASE='-O1 -DNDEBUG' -DIMGCRYPT_STATIC_DECODER=ON -DIMGCRYPT_TESTS=OFF
cmake --build "$STATIC_BUILD" --target ctd-decoder
export CTD_DECODER=$STATIC_BUILD/streamproc/ctd-decoder
[[ $(ldd "$CTD_DECODER" 2>&1) == *"statically linked"* ]] || fail "$CTD_DECODER is not static"
# The note that a node must have its libraries is not for this one.
programs=$STATIC_BUILD/programs
rm -rf "$programs"
mkdir "$programs"
cp "$IMGCRYPT" "$CTD_DECODER" "$programs"
said=$("$programs/imgcrypt" config decoder --install --root "$programs/node" 2>&1)
[[ $said == "written $programs/node/usr/local/bin/ctd-decoder" ]] || fail "imgcrypt config decoder says: $said"
for name in decoder_by_hand inflating payload; do
  bash "$SOURCE_DIR/tests/e2e/$name.sh"
done
