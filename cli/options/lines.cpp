#include "cli/options/lines.hpp"

#include "base/process/fd.hpp"
#include "keys/named_file.hpp"

#include <cstdlib>
#include <string_view>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kMostFileBytes = std::size_t{1} << 20U;
constexpr std::string_view kSpace = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

std::vector<Line> lines_of(std::string_view text, const std::string& what) {
  std::vector<Line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view item = trimmed(text.substr(0, end));
    if (!item.empty() && !item.starts_with('#'))
      lines.push_back({std::string(item), what + ": line " + std::to_string(number)});
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace

std::vector<Line> read_lines(const std::string& file) {
  try {
    const Bytes text = read_all(open_named_file(file).get(), kMostFileBytes, "its content");
    auto lines = lines_of(as_text(text), file);
    if (lines.empty()) throw Error(ErrorCode::kUsage, "it lists nothing");
    return lines;
  } catch (const Error& error) {
    throw about_argument(file, error);
  }
}

std::vector<Line> lines_of_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::vector<Line>() : lines_of(value, name);
}

}  // namespace imgcrypt::cli
