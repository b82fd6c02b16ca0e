#include "keyprovider/pkcs11/yaml_scalars.hpp"

#include "base/bytes.hpp"

#include <imgcrypt/error.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

namespace imgcrypt::keyprovider::pkcs11 {
namespace {

constexpr std::size_t kMostLevels = 16;
constexpr std::size_t kMostScalars = 1000;

class ScalarCollector final : public YAML::EventHandler {
 public:
  std::vector<YamlScalar> scalars;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { take(mark, ""); }
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {
    throw Error(ErrorCode::kRefused, "YAML with aliases");
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& value) override {
    take(mark, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    begin(mark, Level{path(), false});
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    begin(mark, Level{path(), true});
  }
  void OnMapEnd() override { end(); }

 private:
  struct Level {
    std::string path;
    bool is_map;
    bool has_key = false;  // a value is to come
    std::string key = {};
  };

  [[nodiscard]] std::string path() const {
    if (levels_.empty()) return {};
    const Level& level = levels_.back();
    if (!level.is_map) return level.path;
    return level.path + (level.path.empty() ? "" : "/") + level.key;
  }

  void begin(const YAML::Mark& mark, Level level) {
    if (levels_.size() == kMostLevels)
      throw Error(ErrorCode::kRefused, "YAML with more than " + std::to_string(kMostLevels) + " levels");
    if (is_key_next()) throw YAML::ParserException(mark, "a key that is not a scalar");
    levels_.push_back(std::move(level));
  }

  void end() {
    levels_.pop_back();
    finish_value();
  }

  void take(const YAML::Mark&, const std::string& value) {
    if (is_key_next()) {
      levels_.back().key = value;
      levels_.back().has_key = true;
      return;
    }
    if (scalars.size() == kMostScalars)
      throw Error(ErrorCode::kRefused, "YAML with more than " + std::to_string(kMostScalars) + " values");
    scalars.push_back({path(), value, !levels_.empty() && !levels_.back().is_map});
    finish_value();
  }

  [[nodiscard]] bool is_key_next() const {
    return !levels_.empty() && levels_.back().is_map && !levels_.back().has_key;
  }

  void finish_value() {
    if (!levels_.empty()) levels_.back().has_key = false;
  }

  std::vector<Level> levels_;
};

}  // namespace

std::vector<YamlScalar> read_yaml(std::string_view text) {
  if (text.size() > kMostYamlBytes)
    throw Error(ErrorCode::kRefused, "YAML of more than " + in_kib(kMostYamlBytes));
  std::istringstream stream{std::string(text)};
  ScalarCollector collector;
  try {
    YAML::Parser parser(stream);
    (void)parser.HandleNextDocument(collector);
  } catch (const YAML::Exception& error) {
    // What the library says may quote the text, and so a PIN.
    throw Error(ErrorCode::kUsage, "line " + std::to_string(error.mark.line + 1) + " is not YAML");
  }
  return std::move(collector.scalars);
}

std::string value_at(const std::vector<YamlScalar>& scalars, std::string_view path) {
  const YamlScalar* found = nullptr;
  for (const YamlScalar& scalar : scalars) {
    if (scalar.path != path) continue;
    if (found != nullptr) throw Error(ErrorCode::kUsage, std::string(path) + " occurs twice");
    found = &scalar;
  }
  return found == nullptr ? std::string() : found->value;
}

}  // namespace imgcrypt::keyprovider::pkcs11
