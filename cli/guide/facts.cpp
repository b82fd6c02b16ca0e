#include "cli/guide/facts.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt::cli {
namespace {

constexpr std::array kStatuses = {
    Fact{"0", "done"},
    Fact{"1", "a failure of the system, such as a full disk"},
    Fact{"2", "the image, or a part of it, does not exist"},
    Fact{"3", "usage: arguments, recipients or keys that cannot be used as given"},
    Fact{"4", "a registry refused"},
    Fact{"5", "a registry was not reached, or was lost on the way, also after retries"},
    Fact{"6", "no key opens a layer that is needed"},
    Fact{"7", "integrity: content is damaged, forged or malformed"},
    Fact{"8", "refused: unsafe, or beyond the limits"},
    Fact{"9", "a key provider failed, and no other key opens the layer"},
    Fact{"129, 130, 143", "ended by SIGHUP, SIGINT or SIGTERM; nothing half-finished stays behind"},
};

constexpr std::array kVariables = {
    Fact{"IMGCRYPT_KEY", "keys, one a line, for commands without -k"},
    Fact{"IMGCRYPT_RECIPIENTS", "recipients, one a line, for commands without -r and -R"},
    Fact{"OCICRYPT_KEYPROVIDER_CONFIG", "file that lists the key providers (JSON)"},
    Fact{"REGISTRY_AUTH_FILE", "file with credentials for registries, as --authfile"},
    Fact{"DOCKER_CONFIG", "folder of Docker's config.json, where credentials are looked for too"},
    Fact{"XDG_RUNTIME_DIR", "its containers/auth.json is where login stores credentials"},
    Fact{"HTTPS_PROXY, http_proxy, NO_PROXY", "proxies for registries, as curl has them"},
    Fact{"NO_COLOR", "if set and not empty, no colours"},
    Fact{"TERM", "dumb: no colours and no bars"},
    Fact{"LC_ALL, LC_CTYPE, LANG", "whether the terminal can show characters other than ASCII"},
};

constexpr std::array kExamples = {
    Fact{"imgcrypt",
         "imgcrypt key generate jwe-ec my.pem\n"
         "imgcrypt encrypt oci:plain:1 oci:secret:1 -r jwe:my.pem.pub\n"
         "imgcrypt inspect oci:secret:1\n"
         "imgcrypt decrypt oci:secret:1 oci:back:1 -k my.pem\n"},
    Fact{"imgcrypt encrypt",
         "imgcrypt encrypt oci:plain:1 oci:secret:1 -r jwe:my.pem.pub\n"
         "\n"
         "# for two people; either of them can decrypt it\n"
         "imgcrypt encrypt oci:plain:1 oci:secret:2 -r jwe:my.pem.pub -r pkcs7:cert.pem\n"
         "\n"
         "# see what would happen if only the top layer were encrypted\n"
         "imgcrypt encrypt oci:plain:1 oci:top:1 -r jwe:my.pem.pub --layer -1 --dry-run\n"
         "\n"
         "# leave the layers of the base image as they are\n"
         "imgcrypt encrypt oci:plain:1 oci:own:1 -r jwe:my.pem.pub --skip-base oci:base\n"},
    Fact{"imgcrypt decrypt",
         "imgcrypt decrypt oci:secret:1 oci:back:1 -k my.pem\n"
         "\n"
         "# with a passphrase from a file; -k locked.pem:prompt asks for it\n"
         "imgcrypt decrypt oci:secret:1 oci:back:2 -k locked.pem:file=passphrase.txt\n"
         "\n"
         "# only one platform, and whatever the key opens of it\n"
         "imgcrypt decrypt oci:secret:2 oci:back:3 -k my.pem --platform amd64 --partial\n"},
    Fact{"imgcrypt copy",
         "imgcrypt copy oci:secret:1 oci:mirror:1\n"
         "\n"
         "# one platform, with its signatures and SBOMs\n"
         "imgcrypt copy oci:secret:2 oci:mirror:2 --platform amd64 --referrers copy\n"
         "\n"
         "# as skopeo copy does: encrypt on the way\n"
         "imgcrypt copy --all oci:plain:1 oci:mirror:3 --encryption-key jwe:my.pem.pub\n"},
    Fact{"imgcrypt check",
         "imgcrypt check oci:secret:1 -k my.pem\n"
         "\n"
         "# read and verify every layer\n"
         "imgcrypt check oci:secret:1 -k my.pem --full\n"
         "\n"
         "# in a pipeline: fail unless every layer is encrypted\n"
         "imgcrypt check oci:secret:1 --require-encrypted\n"},
    Fact{"imgcrypt inspect",
         "imgcrypt inspect oci:secret:1\n"
         "imgcrypt inspect oci:secret:1 --layers\n"
         "imgcrypt inspect oci:secret:1 -o json | jq .recipients\n"},
    Fact{"imgcrypt recipients",
         "imgcrypt recipients list oci:secret:1\n"
         "imgcrypt recipients add oci:secret:1 -r jwe:my.pem.pub -k my.pem\n"},
    Fact{"imgcrypt recipients list", "imgcrypt recipients list oci:secret:1\n"},
    Fact{"imgcrypt recipients add",
         "imgcrypt recipients add oci:secret:1 -r pkcs7:cert.pem -k my.pem\n"
         "\n"
         "# give the result another name\n"
         "imgcrypt recipients add oci:secret:1 oci:both:1 -r jwe:new.pem.pub -k my.pem\n"},
    Fact{"imgcrypt recipients replace",
         "imgcrypt recipients replace oci:secret:1 -r jwe:new.pem.pub -k my.pem\n"
         "\n"
         "# with new layer keys, so that keys which somebody has kept open nothing\n"
         "imgcrypt recipients replace oci:secret:1 -r jwe:my.pem.pub -k new.pem --rotate\n"},
    Fact{"imgcrypt recipients remove",
         "imgcrypt recipients remove oci:both:1 -r jwe:new.pem.pub\n"
         "\n"
         "# by its number in the list\n"
         "imgcrypt recipients remove oci:secret:2 --index 0\n"},
    Fact{"imgcrypt key",
         "imgcrypt key generate jwe-ec my.pem\n"
         "imgcrypt key public my.pem\n"
         "imgcrypt key show my.pem\n"},
    Fact{"imgcrypt key generate",
         "imgcrypt key generate jwe-ec my.pem\n"
         "imgcrypt key generate age my.key\n"},
    Fact{"imgcrypt key generate jwe-rsa",
         "imgcrypt key generate jwe-rsa rsa.pem --bits 4096\n"
         "\n"
         "# with a passphrase; --passphrase prompt asks for it\n"
         "imgcrypt key generate jwe-rsa locked.pem --passphrase file=passphrase.txt\n"},
    Fact{"imgcrypt key generate jwe-ec",
         "imgcrypt key generate jwe-ec my.pem\n"
         "imgcrypt key generate jwe-ec new.pem --curve P-384\n"},
    Fact{"imgcrypt key generate age", "imgcrypt key generate age my.key\n"},
    Fact{"imgcrypt key generate sodium", "imgcrypt key generate sodium my.key\n"},
    Fact{"imgcrypt key generate tpm2",
         "imgcrypt key generate tpm2 node.key\n"
         "\n"
         "# RSA, which pkcs7 needs, and only for those who know a passphrase\n"
         "imgcrypt key generate tpm2 --rsa node.key --passphrase file=passphrase.txt\n"},
    Fact{"imgcrypt key show",
         "imgcrypt key show my.pem\n"
         "imgcrypt key show locked.pem:file=passphrase.txt\n"},
    Fact{"imgcrypt key public", "imgcrypt key public my.pem\n"},
    Fact{"imgcrypt tags", "imgcrypt tags oci:secret\n"},
    Fact{"imgcrypt gc",
         "# see what no image needs, then remove it\n"
         "imgcrypt gc oci:secret --dry-run\n"
         "imgcrypt gc oci:secret\n"},
    Fact{"imgcrypt login",
         "imgcrypt login registry.example.com\n"
         "\n"
         "# in a pipeline\n"
         "imgcrypt login registry.example.com -u ci --password-stdin <password.txt\n"},
    Fact{"imgcrypt logout",
         "imgcrypt logout registry.example.com\n"
         "imgcrypt logout --all\n"},
    Fact{"imgcrypt provider",
         "imgcrypt provider list\n"
         "imgcrypt provider test sodium:my.key.pub --key my.key\n"},
    Fact{"imgcrypt provider list", "imgcrypt provider list\n"},
    Fact{"imgcrypt provider test", "imgcrypt provider test sodium:my.key.pub --key my.key\n"},
    Fact{"imgcrypt config",
         "imgcrypt config containerd --version 2.1+\n"
         "\n"
         "# as root: all that a node with containerd needs\n"
         "# imgcrypt config decoder --install\n"
         "# imgcrypt config keys my.pem\n"
         "# imgcrypt config containerd --install\n"},
    Fact{"imgcrypt config containerd",
         "imgcrypt config containerd --version 2.1+\n"
         "\n"
         "# as root: write it, then take it away again\n"
         "# imgcrypt config containerd --install\n"
         "# imgcrypt config containerd --uninstall\n"},
    Fact{"imgcrypt config k3s",
         "imgcrypt config k3s --version 2.0\n"
         "\n"
         "# as root\n"
         "# imgcrypt config k3s --install\n"
         "# imgcrypt config k3s --install --data-dir /var/lib/rancher/rke2\n"},
    Fact{"imgcrypt config docker",
         "imgcrypt config docker\n"
         "\n"
         "# as root\n"
         "# imgcrypt config docker --install\n"},
    Fact{"imgcrypt config crio",
         "imgcrypt config crio\n"
         "\n"
         "# as root\n"
         "# imgcrypt config crio --install\n"},
    Fact{"imgcrypt config decoder",
         "# as root, into an image of a node that is mounted at /mnt\n"
         "# imgcrypt config decoder --install --root /mnt\n"},
    Fact{"imgcrypt config keys",
         "# into a directory of your own; without --keys as root\n"
         "imgcrypt config keys my.pem locked.pem:file=passphrase.txt --keys \"$PWD/keys\"\n"},
    Fact{"imgcrypt doctor",
         "# as root, on the node\n"
         "# imgcrypt doctor\n"
         "\n"
         "# can this node open that image?\n"
         "# imgcrypt doctor docker://registry.example.com/app:secret\n"
         "\n"
         "# a node that has CRI-O, as a file system\n"
         "# imgcrypt doctor --daemon crio --root /mnt\n"},
    Fact{"imgcrypt help",
         "imgcrypt help\n"
         "imgcrypt help recipients add\n"},
    Fact{"imgcrypt version", "imgcrypt version\nimgcrypt version -o json\n"},
    Fact{"imgcrypt completion", "source <(imgcrypt completion bash)\n"},
    Fact{"imgcrypt completion bash", "source <(imgcrypt completion bash)\n"},
    Fact{"imgcrypt completion zsh", "imgcrypt completion zsh > \"${fpath[1]}/_imgcrypt\"\n"},
    Fact{"imgcrypt completion fish", "imgcrypt completion fish > ~/.config/fish/completions/imgcrypt.fish\n"},
    Fact{"imgcrypt man",
         "imgcrypt man recipients add | man -l -\n"
         "\n"
         "# all pages\n"
         "imgcrypt man --directory /usr/local/share/man/man1\n"},
};

}  // namespace

std::span<const Fact> exit_statuses() { return kStatuses; }

std::span<const Fact> environment_variables() { return kVariables; }

std::string_view examples_of(std::string_view path) {
  const auto* const found = std::ranges::find(kExamples, path, &Fact::name);
  return found == kExamples.end() ? std::string_view() : found->about;
}

}  // namespace imgcrypt::cli
