#include "cli/commands.hpp"

#include "cli/options/keys/key_options.hpp"

#include <algorithm>

namespace imgcrypt::cli {
namespace {

using Define = void(CLI::App& command, Output& output);

// Adds commands to the tree, with their options where `arguments` may need them.
class Commands {
 public:
  Commands(std::span<const std::string> arguments, Output& output) : arguments_(arguments), output_(output) {}

  void add(CLI::App& above, const std::string& name, const std::string& description, Define* define) const {
    CLI::App* command = above.add_subcommand(name, description);
    // `man` prints the options of all; everything else is only about commands that are named.
    if (is_given(name) || is_given("man")) define(*command, output_);
  }

  // A command that only has other commands below it.
  static CLI::App& add_group(CLI::App& app, const std::string& name, const std::string& description) {
    return *app.add_subcommand(name, description)->require_subcommand(1);
  }

 private:
  [[nodiscard]] bool is_given(std::string_view word) const {
    return std::ranges::find(arguments_, word) != arguments_.end();
  }

  std::span<const std::string> arguments_;
  Output& output_;
};

}  // namespace

void add_commands(CLI::App& app, std::span<const std::string> arguments, Output& output) {
  const Commands commands(arguments, output);
  commands.add(app, "encrypt", "Encrypt the layers of an image for one or more recipients", define_encrypt);
  commands.add(app, "decrypt", "Decrypt the layers of an image", define_decrypt);
  commands.add(app, "copy",
               "Copy an image as it is, encrypted or not; with -r or -k, as encrypt or decrypt do",
               define_copy);
  commands.add(app, "check", "Check that an image is complete and that your keys open its layers",
               define_check);

  CLI::App& recipients = Commands::add_group(app, "recipients", "List and change who can decrypt an image");
  commands.add(recipients, "list", "List recipients (needs no key)", define_recipients_list);
  commands.add(recipients, "add", "Add recipients (does not encrypt layers again)", define_recipients_add);
  commands.add(
      recipients, "replace",
      "Replace all recipients (without --rotate, anyone who has kept a layer's key can still decrypt it)",
      define_recipients_replace);
  commands.add(recipients, "remove", "Remove recipients (needs no key)", define_recipients_remove);

  commands.add(app, "inspect", "Show what an image contains, what is encrypted and who can decrypt it",
               define_inspect);
  commands.add(app, "tags", "List the tags of a store", define_tags);
  commands.add(app, "gc", "Remove blobs from an image layout that no image of it needs", define_gc);
  commands.add(app, "login", "Store credentials for a registry, after it has accepted them", define_login);
  commands.add(app, "logout", "Remove stored credentials for a registry", define_logout);

  CLI::App& key = Commands::add_group(app, "key", "Generate keys and show what key files contain");
  commands.add(key, "generate", "Generate a key pair: the private key in FILE, the public key in FILE.pub",
               define_key_generate);
  commands.add(key, "public", "Print the public key of a private key", define_key_public);
  commands.add(key, "show", "Show the keys and certificates in a file and what each can be used for",
               define_key_show);

  CLI::App& provider = Commands::add_group(app, "provider", "List and test key providers");
  commands.add(provider, "list",
               "List the key providers that are configured and those that come with imgcrypt",
               define_provider_list);
  commands.add(provider, "test", "Test a key provider: wrap and unwrap a key, then send it invalid input",
               define_provider_test);

  CLI::App& config = Commands::add_group(app, "config", "Set a node up to run encrypted images");
  commands.add(config, "containerd", "Print or install what containerd needs to unpack encrypted layers",
               define_config_containerd);
  commands.add(config, "k3s", "Print or install what the containerd of k3s or RKE2 needs", define_config_k3s);
  commands.add(config, "docker", "Print or install what Docker Engine needs", define_config_docker);
  commands.add(config, "crio", "Print or install what CRI-O needs to find its keys", define_config_crio);
  commands.add(config, "decoder", "Copy ctd-decoder to a node, or remove it there", define_config_decoder);
  commands.add(config, "keys", "Make the key directory of a node, and put private keys into it",
               define_config_keys);

  commands.add(app, "doctor",
               "Find out what keeps this node from running encrypted images, and how to mend it",
               define_doctor);

  commands.add(app, "help", "Print the help of imgcrypt or of one of its commands", define_help);
  commands.add(app, "version", "Print the version of imgcrypt and of its libraries", define_version);
  CLI::App& completion = Commands::add_group(
      app, "completion", "Print the script that completes commands and options in a shell");
  for (const std::string shell : {"bash", "zsh", "fish"})
    commands.add(completion, shell, "Script for " + shell, define_completion_script);
  commands.add(app, "man", "Print the man page of imgcrypt or of one of its commands", define_man);
  forget_key_variable();
}

}  // namespace imgcrypt::cli
