#include "streamproc/candidates.hpp"

#include "base/cancel.hpp"

#include <imgcrypt/error.hpp>

#include <thread>
#include <utility>

namespace imgcrypt::streamproc {
namespace {

// Each try lists the store again. Long enough not to keep the disk busy that the manifest is written to.
constexpr auto kRetryInterval = std::chrono::milliseconds(50);

}  // namespace

std::optional<Descriptor> Candidates::next() {
  if (!in_store_) return std::exchange(of_payload_, std::nullopt);
  if (!std::exchange(is_first_, false)) return in_store_->next();
  if (auto first = wait_for_first()) return first;
  const std::string why = cut_short();
  throw Error(
      ErrorCode::kNotFound, "no manifest in " + in_store_->store().root() + " says how it is encrypted" + why,
      why.empty() ? "an image built FROM an encrypted one may have lost its annotations: pull the image "
                    "it was built from"
                  : "");
}

std::optional<Descriptor> Candidates::wait_for_first() {
  const auto deadline = SearchClock::now() + patience_;
  while (true) {
    auto first = in_store_->next();
    if (first || SearchClock::now() > deadline) return first;
    throw_if_cancelled();
    std::this_thread::sleep_for(kRetryInterval);
  }
}

std::string Candidates::cut_short() const {
  return in_store_ && !in_store_->cut_short().empty() ? " (" + in_store_->cut_short() + ")" : "";
}

}  // namespace imgcrypt::streamproc
