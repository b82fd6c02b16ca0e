#include "base/text/spelling.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// Longer text is not compared: the cost is quadratic, and no name is longer.
constexpr std::size_t kMostLetters = 40;

// How many letters must be added, removed, replaced or swapped with their neighbour (Damerau-Levenshtein, in
// the form that edits no letter twice).
std::size_t letters_apart(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> costs(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        costs[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = costs[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      costs[i][j] = std::min({costs[i - 1][j] + 1, costs[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        costs[i][j] = std::min(costs[i][j], costs[i - 2][j - 2] + 1);
    }
  }
  return costs[a.size()][b.size()];
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string nearest_name(std::string_view text, const std::vector<std::string>& names) {
  std::string best;
  // A third of the letters may be wrong, 3 at most: a farther name is a guess, and a wrong hint is worse than
  // none.
  std::size_t least = std::clamp<std::size_t>(text.size() / 3, 1, 3) + 1;
  for (const std::string& name : names) {
    const std::size_t letters = text.size() > kMostLetters ? kMostLetters : letters_apart(text, name);
    if (letters < least) {
      least = letters;
      best = name;
    }
  }
  if (!best.empty() || text.size() < 3) return best;
  const auto begins = [&](const std::string& name) { return name.starts_with(text); };
  return std::ranges::count_if(names, begins) == 1 ? *std::ranges::find_if(names, begins) : std::string();
}

}  // namespace imgcrypt
