#include "keywrap/provider/provider_config.hpp"

#include "base/text/json.hpp"
#include "keywrap/schemes.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>

namespace imgcrypt {
namespace {

constexpr std::string_view kGrpcProgram = "keyprovider-grpc";

struct TlsMember {
  std::string_view member;
  std::string_view option;  // of that program
};

constexpr std::array kTlsMembers = {TlsMember{"root-ca-file", "--tls-root-ca"},
                                    TlsMember{"cert-file", "--tls-cert"}, TlsMember{"key-file", "--tls-key"},
                                    TlsMember{"server-name", "--tls-server-name"}};

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

class ConfigReader {
 public:
  ConfigReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  std::vector<ProviderEntry> read() const {
    const JsonView root = checked();
    require(root, JsonView::Kind::kObject, "the configuration", "an object");
    const auto providers = find(root, "key-providers");
    if (!providers) fail(root, "the member \"key-providers\" is missing");
    require(*providers, JsonView::Kind::kObject, "\"key-providers\"", "an object");
    std::vector<ProviderEntry> entries;
    for (const JsonMember& member : providers->members()) entries.push_back(read_entry(member));
    return entries;
  }

 private:
  static constexpr std::size_t kDeepest = 32;  // as refuse_duplicates() goes

  JsonView checked() const {
    if (text_.starts_with(kByteOrderMark))
      throw Error(ErrorCode::kUsage, file_ + ": line 1: starts with a byte order mark",
                  "save the file as UTF-8 without it");
    try {
      check_json(text_, {.depth = kDeepest});
    } catch (const Error& error) {
      throw Error(ErrorCode::kUsage, file_ + ": " + error.message());
    }
    const JsonView root(text_);
    refuse_duplicates(root);
    return root;
  }

  // Everywhere: a person wrote the file, and meant one of the two.
  void refuse_duplicates(const JsonView& value) const {
    if (value.kind() != JsonView::Kind::kObject) return;
    std::set<std::string> names;
    for (const JsonMember& member : value.members()) {
      const std::string name = member.name();
      if (!names.insert(name).second) fail(member.key, "member \"" + name + "\" occurs twice");
      refuse_duplicates(member.value);
    }
  }

  [[noreturn]] void fail(const JsonView& at, const std::string& what) const {
    const std::string_view before =
        text_.substr(0, static_cast<std::size_t>(at.text().data() - text_.data()));
    throw Error(ErrorCode::kUsage,
                file_ + ": line " + std::to_string(1 + std::ranges::count(before, '\n')) + ": " + what);
  }

  // JsonView refuses a name in another case, but does not say in which line.
  std::optional<JsonView> find(const JsonView& object, std::string_view name) const {
    try {
      return object.find(name);
    } catch (const Error& error) {
      fail(object, error.message());
    }
  }

  void require(const JsonView& value, JsonView::Kind kind, const std::string& what,
               const char* kind_name) const {
    if (value.kind() != kind) fail(value, what + " must be " + kind_name);
  }

  ProviderEntry read_entry(const JsonMember& member) const {
    ProviderEntry entry;
    entry.name = member.key.string();
    const std::string what = "key provider " + entry.name;
    if (entry.name.empty() || entry.name.find_first_of(":,") != std::string::npos)
      fail(member.key, "a provider's name must not be empty or contain ':' or ','");
    if (is_reserved_provider_name(entry.name)) fail(member.key, what + ": the name is reserved");
    require(member.value, JsonView::Kind::kObject, what, "an object");
    if (const auto command = find(member.value, "cmd")) {
      read_command(*command, what, entry);
    } else if (const auto address = find(member.value, "grpc")) {
      read_service(*address, find(member.value, "grpc-tls"), what, entry);
    } else if (find(member.value, "ttrpc")) {
      entry.unusable =
          "speaks ttrpc, which is not supported: only guests of confidential containers have it. "
          "Configure \"grpc\" or \"cmd\"";
    } else if (find(member.value, "path")) {
      fail(member.value, what + ": \"path\" and \"args\" belong inside \"cmd\"");
    } else {
      entry.unusable = "has no \"cmd\"";
    }
    return entry;
  }

  void read_command(const JsonView& command, const std::string& what, ProviderEntry& entry) const {
    require(command, JsonView::Kind::kObject, what + ": \"cmd\"", "an object");
    const auto path = find(command, "path");
    if (!path) fail(command, what + ": \"cmd\" has no \"path\"");
    require(*path, JsonView::Kind::kString, what + ": \"path\"", "a string");
    entry.program = Program{path->string(), read_strings(find(command, "args"), what + ": \"args\"")};
    if (entry.program->path.empty() || entry.program->path.find('\0') != std::string::npos)
      fail(*path, what + ": \"path\" is empty or has a NUL byte");
    if (const auto serve = find(command, "serve-args"))
      entry.serve_arguments = read_strings(serve, what + ": \"serve-args\"");
  }

  void read_service(const JsonView& address, const std::optional<JsonView>& tls, const std::string& what,
                    ProviderEntry& entry) const {
    entry.is_grpc = true;
    entry.serve_arguments = std::vector<std::string>{"--serve"};
    entry.program = Program{
        std::string(kGrpcProgram),
        {"--name=" + entry.name, "--address=" + read_argument(address, what + ": \"grpc\"", "a string")}};
    if (!tls) return;
    std::vector<std::string>& arguments = entry.program->arguments;
    require(*tls, JsonView::Kind::kObject, what + ": \"grpc-tls\"", "an object");
    arguments.emplace_back("--tls");
    for (const auto& [member, option] : kTlsMembers) {
      const auto value = find(*tls, member);
      if (!value) continue;
      const std::string text = read_argument(*value, what + ": \"" + std::string(member) + "\"", "a string");
      // An empty one is none, as in Go.
      if (!text.empty()) arguments.push_back(std::string(option) + "=" + text);
    }
    const auto skip = find(*tls, "insecure-skip-verify");
    if (!skip) return;
    require(*skip, JsonView::Kind::kLiteral, what + ": \"insecure-skip-verify\"", "true or false");
    if (skip->boolean()) arguments.emplace_back("--tls-skip-verify");
  }

  std::vector<std::string> read_strings(const std::optional<JsonView>& list, const std::string& what) const {
    std::vector<std::string> strings;
    if (!list) return strings;
    require(*list, JsonView::Kind::kArray, what, "an array of strings");
    for (const JsonView& element : list->elements())
      strings.push_back(read_argument(element, what, "an array of strings"));
    return strings;
  }

  // A string that a program can be given.
  std::string read_argument(const JsonView& value, const std::string& what, const char* kind_name) const {
    require(value, JsonView::Kind::kString, what, kind_name);
    std::string text = value.string();
    if (text.find('\0') != std::string::npos) fail(value, what + " has a NUL byte");
    return text;
  }

  std::string_view text_;
  const std::string& file_;
};

}  // namespace

bool is_reserved_provider_name(std::string_view name) {
  return std::ranges::any_of(schemes(),
                             [&](const Scheme* scheme) { return contains(scheme->parameter_names, name); });
}

std::vector<ProviderEntry> parse_provider_config(std::string_view text, const std::string& file) {
  return ConfigReader(text, file).read();
}

}  // namespace imgcrypt
