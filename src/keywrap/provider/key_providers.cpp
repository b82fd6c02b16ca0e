#include "keywrap/provider/key_providers.hpp"

#include "base/process/fd.hpp"
#include "base/process/fork.hpp"
#include "base/process/startable.hpp"
#include "base/text/spelling.hpp"
#include "keywrap/provider/own_programs.hpp"
#include "keywrap/provider_key.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostConfigBytes = std::size_t{1} << 20U;
// Only for messages: the programs read it and pass on its value.
constexpr const char* kConfigVariable = "OCICRYPT_KEYPROVIDER_CONFIG";

constexpr std::chrono::milliseconds kTimeToSayWhy{5000};

const std::vector<std::string> kServe = {"--serve"};

Error failure_of(const std::string& name, const Error& error) {
  if (error.code() == ErrorCode::kCancelled || is_fork_failure(error)) return error;
  return {ErrorCode::kProvider, "key provider " + name + ": " + error.message(), error.hint()};
}

// Whether a configured program is one of ours: those can be kept. Compared as files, since paths may lead
// through links.
bool is_in(const std::string& directory, const std::string& program) {
  std::error_code failure;
  const auto path = std::filesystem::canonical(program, failure);
  return !failure && std::filesystem::equivalent(path.parent_path(), directory, failure) && !failure;
}

}  // namespace

std::string libexec_directory() {
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  return (program.parent_path().parent_path() / "libexec/imgcrypt").string();
}

std::string own_provider_program(const std::string& libexec, std::string_view program) {
  const std::string path = libexec + "/" + std::string(program);
  if (::access(path.c_str(), X_OK) == 0) return path;
  if (const OwnProgram* left_out = find_left_out(program)) {
    throw Error(ErrorCode::kProvider, "this build of imgcrypt has no " + std::string(program),
                "install one that has it: built with -D" + std::string(left_out->option) + "=ON");
  }
  throw Error(ErrorCode::kProvider, std::string(program) + " is not installed at " + path,
              "it comes with imgcrypt: keep bin and libexec together, or install it again");
}

// One provider. One that is kept answers one request at a time; others are started side by side.
class KeyProviders::Connection {
 public:
  Connection(Program program, bool is_kept, ProgramLimits limits, const DeathWatch& watch)
      : program_(std::move(program)), is_kept_(is_kept), limits_(limits), watch_(watch) {}

  [[nodiscard]] const std::string& path() const noexcept { return program_.path; }

  SecretBytes exchange(const SecretBytes& document) {
    if (!is_kept_) {
      return in_time([&] { return ChildProcess(program_, limits_, watch_).finish(document.expose()); });
    }
    const std::lock_guard lock(mutex_);
    return in_time([&] { return ask_kept(document); });
  }

 private:
  // Nobody waits again for a provider that was too late once.
  template <typename Ask>
  SecretBytes in_time(Ask ask) {
    throw_if_late();
    const auto start = std::chrono::steady_clock::now();
    try {
      return ask();
    } catch (const Error& error) {
      if (std::chrono::steady_clock::now() - start >= limits_.time) remember(error);
      throw;
    }
  }

  void throw_if_late() {
    const std::lock_guard lock(timeout_mutex_);
    if (timeout_) throw Error(*timeout_);
  }

  void remember(const Error& error) {
    const std::lock_guard lock(timeout_mutex_);
    if (!timeout_) timeout_ = error;
  }

  SecretBytes ask_kept(const SecretBytes& document) {
    // Not before the first request: many commands name a provider that they then do not need.
    if (!kept_) kept_ = std::make_unique<ChildProcess>(program_, limits_, watch_);
    const std::uint64_t id = next_id_++;
    const SecretBytes line = with_request_id(document.expose(), id);
    const SecretBytes request = SecretBytes::joined({as_text(line.expose()), "\n"});
    try {
      SecretBytes reply = kept_->ask(request.expose());
      // An answer to another request would be another layer's key.
      if (request_id_of(reply.expose()) == id) return reply;
      throw Error(ErrorCode::kOther, program_.path + ": its answer is not to request " + std::to_string(id));
    } catch (const Error&) {
      kept_.reset();  // what it would say next may belong to this request
      throw;
    }
  }

  Program program_;
  bool is_kept_;
  ProgramLimits limits_;
  const DeathWatch& watch_;
  std::mutex mutex_;
  std::unique_ptr<ChildProcess> kept_;
  std::uint64_t next_id_ = 1;
  std::mutex timeout_mutex_;
  std::optional<Error> timeout_;
};

KeyProviders::KeyProviders(ProviderSettings settings) : settings_(std::move(settings)) {
  // Now, as long as no keys have been read that the watch would keep a copy of.
  if (::access(settings_.config.c_str(), R_OK) == 0) watch_ = std::make_unique<DeathWatch>();
}

KeyProviders::~KeyProviders() = default;

const std::vector<ProviderEntry>& KeyProviders::entries() {
  const std::lock_guard lock(mutex_);
  load();
  if (config_problem_) throw Error(*config_problem_);
  return entries_;
}

void KeyProviders::require_configured(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (!entry(name).is_own) return;
  // It may be in the part that cannot be read.
  if (config_problem_) throw Error(*config_problem_);
  throw Error(ErrorCode::kNoKey, "no key of key provider " + name + " was given (" +
                                     key_form_of(*find_own_provider(name)) + ")");
}

std::optional<Error> KeyProviders::config_problem() {
  const std::lock_guard lock(mutex_);
  return config_problem_;
}

bool KeyProviders::is_own(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return entry(name).is_own;
}

void KeyProviders::require(const std::string& name) {
  const std::string& path = connection(name).path();
  try {
    check_startable(path);
  } catch (const Error& error) {
    throw failure_of(name, error);
  }
}

SecretBytes KeyProviders::exchange(const std::string& name, const SecretBytes& document) {
  // An image may name any number of packets, and each call starts a program or waits for one.
  if (++calls_ > kMostProviderCalls) {
    throw Error(ErrorCode::kRefused,
                "more than " + std::to_string(kMostProviderCalls) + " calls of key providers for one image");
  }
  Connection& provider = connection(name);
  try {
    return provider.exchange(document);
  } catch (const Error& error) {
    throw failure_of(name, error);
  }
}

std::string KeyProviders::program_of(const std::string& name) { return connection(name).path(); }

void KeyProviders::load() {
  if (is_loaded_) return;
  if (!settings_.config.empty()) read_config();
  for (ProviderEntry& entry : entries_) {
    if (entry.is_grpc) find_grpc(entry);
    if (entry.program && !entry.serve_arguments && is_in(settings_.libexec, entry.program->path))
      entry.serve_arguments = kServe;
  }
  // Last, so that a provider that the user configured under one of these names is the one that counts.
  for (const OwnProvider* own : own_providers()) add_own(*own);
  is_loaded_ = true;
}

void KeyProviders::find_grpc(ProviderEntry& entry) const {
  try {
    entry.program->path = own_provider_program(settings_.libexec, entry.program->path);
  } catch (const Error& error) {
    entry.program.reset();
    entry.unusable = "speaks gRPC, but " + error.message() + ": " + error.hint();
  }
}

void KeyProviders::add_own(const OwnProvider& own) {
  if (std::ranges::find(entries_, own.name, &ProviderEntry::name) != entries_.end()) return;
  const std::string program = settings_.libexec + "/" + std::string(own.program);
  if (::access(program.c_str(), X_OK) == 0)
    entries_.push_back({std::string(own.name), Program{program, {}}, kServe, {}, true});
}

void KeyProviders::read_config() {
  try {
    const SecretBytes file = read_secret_file(settings_.config, kMostConfigBytes);
    entries_ = parse_provider_config(as_text(file.expose()), settings_.config);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    is_config_missing_ = error.code() == ErrorCode::kNotFound;
    if (is_config_missing_ && settings_.missing == MissingConfig::kCountsAsEmpty) return;
    // It must not keep our own providers from working, which need no configuration.
    config_problem_ = Error(ErrorCode::kUsage, std::string(kConfigVariable) + ": " + error.message(),
                            is_config_missing_ ? "let it name a file, or unset it" : error.hint());
  }
}

Error KeyProviders::not_configured(const std::string& name) const {
  if (const OwnProvider* own = find_own_provider(name))
    (void)own_provider_program(settings_.libexec, own->program);
  if (config_problem_) return *config_problem_;
  const std::string why = settings_.config.empty() ? std::string(kConfigVariable) + " is not set"
                          : is_config_missing_     ? settings_.config + " does not exist"
                                                   : "it is not in " + settings_.config;
  std::vector<std::string> names;
  for (const ProviderEntry& known : entries_) names.push_back(known.name);
  if (const std::string near = nearest_name(name, names); !near.empty() && near != name)
    return {ErrorCode::kUsage, "key provider " + name + " is not configured: " + why,
            "did you mean " + form_of_provider(near) + "?"};
  return {ErrorCode::kUsage, "key provider " + name + " is not configured: " + why,
          "let " + std::string(kConfigVariable) + R"( name a file with {"key-providers":{")" + name +
              R"(":{"cmd":{"path":"PROGRAM"}}}})"};
}

const ProviderEntry& KeyProviders::entry(const std::string& name) {
  load();
  const auto found = std::ranges::find(entries_, name, &ProviderEntry::name);
  if (found == entries_.end()) throw not_configured(name);
  if (!found->program) throw Error(ErrorCode::kProvider, "key provider " + name + " " + found->unusable);
  return *found;
}

KeyProviders::Connection& KeyProviders::connection(const std::string& name) {
  const std::lock_guard lock(mutex_);
  auto& connection = connections_[name];
  if (connection) return *connection;
  const ProviderEntry& found = entry(name);
  // Our own providers need no configuration, so the constructor may not have made one.
  if (!watch_) watch_ = std::make_unique<DeathWatch>();
  Program program = *found.program;
  if (found.serve_arguments) {
    program.arguments.insert(program.arguments.end(), found.serve_arguments->begin(),
                             found.serve_arguments->end());
  }
  ProgramLimits limits = settings_.limits;
  if (found.is_grpc) {
    // It knows best why there is no answer, so it may say so.
    program.arguments.push_back("--timeout=" + std::to_string(limits.time.count()));
    limits.time += kTimeToSayWhy;
  }
  const bool is_kept = found.serve_arguments.has_value();
  // It knows by the end of its input that it is no longer needed.
  if (is_kept) limits.end = kTimeToEnd;
  connection = std::make_unique<Connection>(std::move(program), is_kept, limits, *watch_);
  return *connection;
}

}  // namespace imgcrypt
