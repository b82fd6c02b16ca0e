#include "keyprovider/pkcs11/tokens.hpp"

#include "base/cancel_hold.hpp"
#include "base/text/short_list.hpp"
#include "keyprovider/pkcs11/module_rules.hpp"

#include <p11-kit/p11-kit.h>

#include <cstdlib>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

// What a key file wants for its module only, until this is destroyed.
class EnvironmentScope {
 public:
  explicit EnvironmentScope(const Environment& environment) {
    for (const auto& [name, value] : environment) {
      const char* const before = std::getenv(name.c_str());
      before_.emplace(name, before == nullptr ? std::nullopt : std::optional<std::string>(before));
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  ~EnvironmentScope() {
    for (const auto& [name, value] : before_) {
      if (value)
        ::setenv(name.c_str(), value->c_str(), 1);
      else
        ::unsetenv(name.c_str());
    }
  }
  EnvironmentScope(const EnvironmentScope&) = delete;
  EnvironmentScope& operator=(const EnvironmentScope&) = delete;

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

struct Slot {
  CK_SLOT_ID id;
  CK_TOKEN_INFO token;
};

}  // namespace

class Tokens::Module {
 public:
  Module(const std::string& path, Environment environment)
      : path_(path), environment_(std::move(environment)) {
    const EnvironmentScope scope(environment_);
    functions_ = ::p11_kit_module_load(path.c_str(), P11_KIT_MODULE_UNMANAGED);
    if (functions_ == nullptr) {
      const char* const why = ::p11_kit_message();
      throw Error(ErrorCode::kProvider,
                  "cannot load the module " + path + (why == nullptr ? "" : ": " + std::string(why)));
    }
    const CK_RV status = ::p11_kit_module_initialize(functions_);
    if (status == CKR_OK) return;
    ::p11_kit_module_release(functions_);
    check(status, "the module " + path);
  }
  ~Module() {
    tokens_.clear();
    (void)::p11_kit_module_finalize(functions_);
    ::p11_kit_module_release(functions_);
  }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  [[nodiscard]] const Environment& environment() const noexcept { return environment_; }

  Token& open(const Uri& uri, std::map<std::string, Login>& logins) {
    const EnvironmentScope scope(environment_);
    const Slot slot = find_slot(uri);
    if (const auto open = tokens_.find(slot.id); open != tokens_.end()) return *open->second;
    const std::string label = token_text(slot.token.label);
    Login& login = logins[path_ + " " + label + " " + token_text(slot.token.serialNumber)];
    return *tokens_.emplace(slot.id, std::make_unique<Token>(functions_, slot.id, label, login))
                .first->second;
  }

 private:
  [[nodiscard]] std::vector<Slot> slots() const {
    CK_ULONG count = 0;
    check(functions_->C_GetSlotList(CK_TRUE, nullptr, &count), "the module " + path_);
    std::vector<CK_SLOT_ID> ids(count);
    check(functions_->C_GetSlotList(CK_TRUE, ids.data(), &count), "the module " + path_);
    ids.resize(count);
    std::vector<Slot> slots;
    for (const CK_SLOT_ID id : ids) {
      Slot slot{id, {}};
      if (functions_->C_GetTokenInfo(id, &slot.token) == CKR_OK) slots.push_back(slot);
    }
    return slots;
  }

  [[nodiscard]] Slot find_slot(const Uri& uri) const {
    std::vector<Slot> fitting;
    std::vector<std::string> present;
    for (const Slot& slot : slots()) {
      if ((slot.token.flags & CKF_TOKEN_INITIALIZED) != 0) present.push_back(token_text(slot.token.label));
      if (uri.fits(slot.id, slot.token)) fitting.push_back(slot);
    }
    if (fitting.size() == 1) return fitting.front();
    if (!fitting.empty())
      throw Error(ErrorCode::kUsage, "several tokens are called " + uri.token_name(),
                  "add serial= or slot-id=");
    throw Error(ErrorCode::kUsage,
                "the token " + uri.token_name() + " is absent; " + path_ + " has " +
                    (present.empty() ? "none" : short_list(present)),
                "insert it");
  }

  std::string path_;
  Environment environment_;
  CK_FUNCTION_LIST* functions_ = nullptr;
  std::map<CK_SLOT_ID, std::unique_ptr<Token>> tokens_;
};

Tokens::Tokens() {
  // It would write to stderr what our errors say.
  ::p11_kit_be_quiet();
}

Tokens::~Tokens() {
  // Logging out must not be cut short.
  const CancelHold hold;
  close_all();
}

void Tokens::close_all() noexcept { modules_.clear(); }

Tokens::Module& Tokens::load(const std::string& path, const Environment& environment) {
  const auto found = modules_.find(path);
  if (found != modules_.end() && found->second->environment() == environment) return *found->second;
  // A module reads its environment when it is initialized, so another one begins anew.
  if (found != modules_.end()) modules_.erase(found);
  return *modules_.emplace(path, std::make_unique<Module>(path, environment)).first->second;
}

Token& Tokens::open(const TokenKey& key) {
  return load(find_module(key.uri, read_module_rules()), key.environment).open(key.uri, logins_);
}

}  // namespace imgcrypt::keyprovider::pkcs11
