#include "cli/recipients/change.hpp"

#include "cli/json/results.hpp"
#include "cli/write/finish.hpp"

#include <utility>

namespace imgcrypt::cli {

void add_changed_image(CLI::App& command, WriteArguments& write) {
  write.add_arguments_to(command, "REF", "image to change", IfMissing::kInPlace);
}

void finish_change(const RecipientsResult& result, const OpenedSides& image, FormerReaders readers,
                   const WriteArguments& write, Output& output) {
  Ending ending{
      .json = written_result(image.target, result).add("layersChanged", result.layers),
      .would = "the recipients of " + std::to_string(result.layers) +
               (result.layers == 1 ? " layer" : " layers") + " would change",
      .readers = readers,
  };
  finish(result, image, write, std::move(ending), output);
}

}  // namespace imgcrypt::cli
