#include "cli/options/list_option.hpp"

#include "cli/options/make_repeatable.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt::cli {

CLI::Option* ListOption::add_to(CLI::App& command, const std::string& names, const std::string& description,
                                const std::string& type) {
  option = make_repeatable(command.add_option(names, lists, description), type);
  return option;
}

std::vector<std::string> ListOption::values() const {
  std::vector<std::string> values;
  for (const std::string& list : lists) {
    std::string_view rest = list;
    while (true) {
      const std::size_t comma = rest.find(',');
      values.emplace_back(rest.substr(0, comma));
      if (values.back().empty()) {
        throw Error(ErrorCode::kUsage, option->get_name() + " \"" + list + "\" has an empty value",
                    list.empty() ? "give a value, or leave the option out"
                                 : "remove a comma, or add the missing value");
      }
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return values;
}

}  // namespace imgcrypt::cli
