#!/usr/bin/env python3
"""Checks every #include of the product against two tables: who may include whom, and where third-party libraries live.

check_includes.py               checks the tree
check_includes.py --self-test   checks with examples that it finds what it should, and nothing else"""
import fnmatch
import re
import sys

from project_files import ROOT, project_files

# Module -> which of our modules it may include, besides itself and <imgcrypt/...>. A name with a slash is a single header.
MAY_INCLUDE = {
    "include": [],
    "base": [],
    "crypto": ["base"],
    "keys": ["crypto", "base"],
    "oci": ["crypto", "base"],
    "keywrap": ["keys", "crypto", "base"],
    "layer": ["oci", "keywrap", "crypto", "base"],
    "transport": ["oci", "crypto", "base"],
    "image": ["layer", "transport", "keywrap", "oci", "keys", "crypto", "base"],
    "node": ["layer", "keywrap", "oci", "keys", "crypto", "base"],
    "streamproc": ["node", "layer", "keywrap", "oci", "keys", "crypto", "base"],
    "keyprovider": ["keywrap/provider/provider_protocol.hpp", "keywrap/device/device_protocol.hpp",
                    "keywrap/age/age_header.hpp", "keywrap/pgp/pgp_message.hpp", "keywrap/pkcs11/pkcs11_message.hpp",
                    "keywrap/pkcs11/token_key_file.hpp", "keywrap/pkcs11/token_uri.hpp", "keys", "crypto", "base"],
    "cli": ["node", "image", "layer", "transport", "keywrap", "oci", "keys", "crypto", "base"],
}

# Library, what its includes look like, the files that may include it.
EDGES_BEHIND_JSON = [
    "src/base/text/json*.cpp",
    *(f"src/{module}/*.cpp" for module in ("oci", "keywrap", "layer", "transport")),
    "cli/*.cpp",
    "streamproc/*.cpp",
    "keyprovider/*.cpp",
]
LIBRARIES = [
    ("OpenSSL", r"openssl/", ["src/crypto/*", "src/keys/*"]),
    ("nlohmann/json", r"nlohmann/", EDGES_BEHIND_JSON),
    ("fmt", r"fmt/", ["*"]),
    ("libsodium", r"sodium(\.h|/)", ["src/base/secret*", "src/base/text/encoding.cpp", "keyprovider/sodium/*", "keyprovider/age/*"]),
    ("GPGME", r"gpgme", ["keyprovider/pgp/*"]),
    ("tpm2-tss", r"tss2/", ["keyprovider/tpm2/*"]),
    ("p11-kit", r"p11-kit", ["keyprovider/pkcs11/*"]),
    ("yaml-cpp", r"yaml-cpp/", ["keyprovider/pkcs11/*"]),
    ("gRPC", r"grpc(pp)?/", ["keyprovider/grpc/*", "src/transport/containerd*"]),
    ("protobuf", r"google/protobuf/|.*\.pb\.h$", ["keyprovider/grpc/*", "src/transport/containerd*"]),
    ("libseccomp", r"seccomp\.h", ["streamproc/sandbox/system_calls.cpp"]),
    ("toml++", r"toml\+\+/", ["src/node/daemons/toml_text.hpp"]),
    ("libcurl", r"curl/", ["src/transport/http/*"]),
    ("libarchive", r"archive(_entry)?\.h$", ["src/transport/archive/tar/libarchive.hpp"]),
    ("ISA-L", r"isa-l(\.h|/)|igzip_lib\.h$", ["src/layer/inflate/*", "src/transport/*"]),
    ("zstd", r"zstd(_errors)?\.h$", ["src/layer/inflate/*", "src/transport/*"]),
    ("zlib", r"zlib\.h$", ["src/layer/inflate/gzip_body_zlib.cpp"]),
    ("CLI11", r"CLI/", ["cli/*", "streamproc/main.cpp", "keyprovider/command_line.*", "keyprovider/*/main.cpp"]),
]
SYSTEM_FOLDERS = {"arpa", "asm", "linux", "net", "netinet", "sys"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def module_of(path):
    top, *rest = path.split("/")
    return rest[0] if top == "src" and len(rest) > 1 else top


def fault_of_ours(path, header):
    module, target = module_of(path), header.split("/")[0]
    if "/" not in header or ".." in header or target not in MAY_INCLUDE:
        return f'"{header}" does not have the form "module/file.hpp"'
    if target == "include":
        return f'"{header}" is public: write <imgcrypt/...>'
    if target == "keyprovider" and header.count("/") > 1 and path.split("/")[:2] != header.split("/")[:2]:
        return f'{path.rpartition("/")[0]} may not include "{header}": key providers are separate programs'
    if target == module or target in MAY_INCLUDE[module] or header in MAY_INCLUDE[module]:
        return None
    return f"module {module} may not include {target} ({header})"


def fault_of_another(path, header):
    if header.startswith("imgcrypt/"):
        return None
    if header.split("/")[0] in MAY_INCLUDE:
        return f'<{header}> is ours: write it in quotes'
    for library, pattern, homes in LIBRARIES:
        if re.match(pattern, header):
            at_home = any(fnmatch.fnmatchcase(path, home) for home in homes)
            return None if at_home else f"module {module_of(path)} may not include {library} (<{header}>)"
    folder, slash, _ = header.partition("/")
    if slash and folder not in SYSTEM_FOLDERS:
        return f"<{header}> belongs to a library without a home in check_includes.py"
    return None


def faults_of_text(path, text):
    if module_of(path) not in MAY_INCLUDE:
        yield 1, f"{path} is not in a module of check_includes.py"
        return
    for number, line in enumerate(text.splitlines(), 1):
        include = INCLUDE.match(line)
        if include:
            fault = (fault_of_ours if include[1] == '"' else fault_of_another)(path, include[2])
            if fault:
                yield number, fault


def check_tree():
    failed = False
    product = {"src", "cli", "streamproc", "keyprovider", "include"}
    files = [f for f in project_files(".cpp", ".hpp") if f.parts[0] in product]
    for file in files:
        for number, fault in faults_of_text(str(file), (ROOT / file).read_text()):
            print(f"{file}:{number}: {fault}")
            failed = True
    print(f"check_includes: {len(files)} files read")
    return failed or not files


GOOD = [
    ("src/base/text/json.cpp", "#include <nlohmann/json.hpp>"),
    ("src/base/secret_bytes.hpp", "#include <sodium.h>"),
    ("src/crypto/digest.hpp", '#include "base/bytes.hpp"'),
    ("src/crypto/digest.hpp", "#include <openssl/evp.h>"),
    ("src/layer/decrypt.cpp", '#include "keywrap/wrap.hpp"'),
    ("src/oci/digest.cpp", "#include <imgcrypt/error.hpp>"),
    ("src/base/fds.cpp", "#include <sys/stat.h>"),
    ("src/image/walk.cpp", "#include <string_view>"),
    ("cli/main.cpp", "#include <CLI/CLI.hpp>"),
    ("cli/main.cpp", '#include "cli/encrypt.hpp"'),
    ("streamproc/main.cpp", "#include <CLI/CLI.hpp>"),
    ("keyprovider/sodium/main.cpp", '#include "keywrap/provider/provider_protocol.hpp"'),
    ("keyprovider/sodium/main.cpp", '#include "keyprovider/sodium/box.hpp"'),
    ("keyprovider/sodium/main.cpp", '#include "keyprovider/serve.hpp"'),
]
BAD = [
    ("src/base/bytes.cpp", '#include "crypto/digest.hpp"'),
    ("src/keywrap/jwe.cpp", '#include "oci/digest.hpp"'),
    ("src/keywrap/jwe.cpp", "#include <openssl/evp.h>"),
    ("src/transport/layout.cpp", '#include "layer/encrypt.hpp"'),
    ("src/oci/manifest.hpp", "#include <nlohmann/json.hpp>"),
    ("src/image/walk.cpp", "#include <nlohmann/json.hpp>"),
    ("src/image/walk.cpp", "  #  include <CLI/CLI.hpp>"),
    ("src/crypto/random.cpp", "#include <sodium.h>"),
    ("src/oci/digest.cpp", '#include "digest.hpp"'),
    ("src/oci/digest.cpp", '#include "../base/bytes.hpp"'),
    ("src/oci/digest.cpp", "#include <base/bytes.hpp>"),
    ("src/oci/digest.cpp", "#include <boost/asio.hpp>"),
    ("src/util/strings.cpp", "#include <string>"),
    ("include/imgcrypt/error.hpp", '#include "base/bytes.hpp"'),
    ("cli/main.cpp", '#include "streamproc/payload.hpp"'),
    ("streamproc/main.cpp", '#include "transport/layout.hpp"'),
    ("streamproc/payload.cpp", "#include <CLI/CLI.hpp>"),
    ("keyprovider/sodium/main.cpp", '#include "keywrap/jwe.hpp"'),
    ("keyprovider/sodium/main.cpp", '#include "keyprovider/pgp/main.hpp"'),
]


def self_test():
    refused = [example for example in GOOD if list(faults_of_text(*example))]
    passed = [example for example in BAD if not list(faults_of_text(*example))]
    for path, text in refused:
        print(f"refused although right: {path}: {text}")
    for path, text in passed:
        print(f"passed although wrong: {path}: {text}")
    print(f"check_includes: {len(GOOD)} right and {len(BAD)} wrong examples")
    return refused or passed


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--self-test"]):
        sys.exit(__doc__)
    sys.exit(1 if (self_test() if sys.argv[1:] else check_tree()) else 0)
