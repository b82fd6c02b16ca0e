#include "image/copy.hpp"

#include "cli/commands.hpp"
#include "cli/json/results.hpp"
#include "cli/options/keys/passphrase.hpp"
#include "cli/write/encrypt_decrypt.hpp"
#include "cli/write/finish.hpp"
#include "keywrap/scheme_help.hpp"

#include <sys/utsname.h>

#include <cstdlib>
#include <memory>

namespace imgcrypt::cli {
namespace {

// `encryption` has all that any of the three commands takes.
struct CopyArguments {
  EncryptArguments encryption;
  std::string multi_arch = "all";
  std::string format;
  bool must_preserve_digests = false;
  bool removes_signatures = false;
};

bool encrypts(const CopyArguments& options) {
  return !options.encryption.recipients.recipients.empty() || !options.encryption.recipients.files.empty();
}

bool decrypts(const CopyArguments& options) { return !options.encryption.keys.keys.empty(); }

[[noreturn]] void refuse_usage(const std::string& what, const std::string& cure) {
  throw Error(ErrorCode::kUsage, what, cure);
}

void check_skopeo_options(const std::string& multi_arch, const std::string& format) {
  if (multi_arch == "index-only") {
    refuse_usage("--multi-arch index-only: the copy would lack all of its platforms",
                 "leave it out: what DST has already is not sent again");
  }
  if (multi_arch != "all" && multi_arch != "system")
    refuse_usage("--multi-arch \"" + multi_arch + "\" is not all or system", "write --multi-arch all");
  if (format.empty() || format == "oci") return;
  refuse_usage("--format " + format + ": imgcrypt converts to oci only",
               "leave it out, and the image keeps its types; skopeo copy --format converts to Docker's");
}

// What depends on -r and -k, which change what the command is.
void check_combination(const CopyArguments& options) {
  const EncryptArguments& all = options.encryption;
  const bool is_changed = encrypts(options) || decrypts(options);
  if (encrypts(options) && decrypts(options)) {
    refuse_usage("-r encrypts and -k decrypts: copy does one of them",
                 "imgcrypt recipients replace SRC DST -r R -k K --rotate encrypts for others what a key "
                 "opens; imgcrypt encrypt SRC DST -r R -k K adds recipients");
  }
  if (is_changed && options.must_preserve_digests) {
    refuse_usage("--preserve-digests: encrypting and decrypting change digests",
                 "leave out --preserve-digests, or -r and -k");
  }
  if (all.selection.layers.is_given() && !is_changed)
    refuse_usage("--layer chooses what -r encrypts or -k decrypts", "give -r or -k; a copy has all layers");
  if (all.recipients.are_hidden && !encrypts(options))
    refuse_usage("--hide-recipients can only be used with -r", "give a recipient with -r");
  if ((all.keys.allow_legacy_cms || !all.keys.certificates.empty()) && !decrypts(options))
    refuse_usage("--dec-recipient and --allow-legacy-cms can only be used with -k", "give a key with -k");
}

// As images name the platform of this machine.
std::string this_platform() {
  utsname machine = {};
  ::uname(&machine);
  const std::string name = static_cast<const char*>(machine.machine);
  if (name == "armv7l" || name == "armv8l") return "linux/arm/v7";
  if (name == "armv6l") return "linux/arm/v6";
  return "linux/" + (name == "i686" ? "386" : name);
}

// The options of skopeo that say which platforms to copy, in our words.
SelectionOptions selection_of(const CopyArguments& options) {
  SelectionOptions selection = options.encryption.selection;
  if (options.multi_arch == "system") selection.platforms.lists = {this_platform()};
  return selection;
}

JsonObject json_of(const CopyResult& result, const Reference& target) {
  JsonArray layers;
  for (const CopiedLayer& layer : result.layers) layers.add(layer_result(layer.place, layer.layer));
  return written_result(target, result).add("layers", layers).add("leftOut", JsonArray::of(result.left_out));
}

// Whoever sets it may take the copy for encrypted.
void note_unused_recipients(Output& output) {
  const char* recipients = std::getenv("IMGCRYPT_RECIPIENTS");
  if (recipients == nullptr || *recipients == '\0') return;
  output.note("IMGCRYPT_RECIPIENTS is not used: copy encrypts only with -r or -R");
}

void copy_unchanged(const CopyArguments& given, const SelectionOptions& selection, Output& output) {
  note_unused_recipients(output);
  const WriteArguments& write = given.encryption.write;
  CopyOptions how;
  how.platforms = selection.value().platforms;
  how.types = given.format == "oci" ? TypesChoice::kOci : TypesChoice::kKeep;
  how.digest = given.must_preserve_digests ? DigestRule::kMustStay : DigestRule::kMayChange;
  how.write = write.options();
  const OpenedSides image = write.open(selection, output);
  const CopyResult result = copy_image(*image.source, *image.destination, how, output);
  Ending ending{.json = json_of(result, image.target)};
  for (const CopiedLayer& layer : result.layers) ending.would.add_line(layer.place + ": would be copied");
  finish(result, image, write, std::move(ending), output);
}

void run_copy(const CopyArguments& given, Output& output) {
  check_skopeo_options(given.multi_arch, given.format);
  check_combination(given);
  EncryptArguments options = given.encryption;
  options.selection = selection_of(given);
  if (encrypts(given)) return run_encrypt(options, output);
  if (decrypts(given)) {
    return run_decrypt({.write = options.write, .selection = options.selection, .keys = options.keys},
                       output);
  }
  copy_unchanged(given, options.selection, output);
}

// Of skopeo copy, so that scripts keep working.
void add_skopeo_options(CLI::App& command, CopyArguments& options, CLI::Option* platforms) {
  command
      .add_option("--multi-arch", options.multi_arch,
                  "all platforms (the default), or only that of this system")
      ->type_name("all|system")
      ->excludes(platforms);
  command
      .add_option("-f,--format", options.format,
                  "oci: Docker's media types become OCI's (default: types stay as they are)")
      ->type_name("oci");
  command.add_flag("--preserve-digests", options.must_preserve_digests,
                   "fail if the copy would have another digest");
  command
      .add_flag("--remove-signatures", options.removes_signatures, "leave signatures behind (the default)")
      ->excludes("--referrers");
}

}  // namespace

void define_copy(CLI::App& command, Output& output) {
  const auto options = std::make_shared<CopyArguments>();
  EncryptArguments& all = options->encryption;
  all.write.add_arguments_to(command, "SRC", "image to read", IfMissing::kFail);
  CLI::Option* platforms = all.selection.add_platforms_to(command, "not written");
  all.write.add_options_to(command);
  add_skopeo_options(command, *options, platforms);
  all.recipients.add_to(command);
  all.keys.add_to(command);
  // Without the variables of the environment: a copy stays a copy wherever it runs.
  command.get_option("--recipient")
      ->description("encrypt the image, as imgcrypt encrypt does, for this recipient: " + recipient_forms() +
                    "; can be given more than once");
  command.get_option("--key")->description(
      "decrypt the image, as imgcrypt decrypt does, with this key: " + key_argument_help() +
      ", its certificate, or " + key_forms() + "; can be given more than once");
  all.selection.layers.add_to(command, "--layer,--encrypt-layer",
                              "with -r or -k, change only these layers: N[,N|A..B]; 0 is the bottom layer, "
                              "-1 the top (default: all)",
                              "N");
  command.callback([options, &output] { run_copy(*options, output); });
}

}  // namespace imgcrypt::cli
