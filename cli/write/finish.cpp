#include "cli/write/finish.hpp"

#include <utility>

namespace imgcrypt::cli {

void finish(const WriteResult& result, const OpenedSides& image, const WriteArguments& arguments,
            Ending ending, Output& output) {
  // First: the image is complete, whatever fails below.
  if (result.root) arguments.digest_file.write(result.root->digest);
  FormerOutcome former = settle_former(result, image, arguments.prune, ending.readers, output, ending.json);
  if (ending.besides) ending.besides(former, ending.json);
  if (result.root)
    output.print_text(image.target.string() + "@" + result.root->digest.string());
  else if (!ending.would.empty())
    output.print_text(ending.would);
  output.print_json(std::move(ending.json));
  if (former.failure) throw Error(*former.failure);
}

}  // namespace imgcrypt::cli
