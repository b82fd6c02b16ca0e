#include "image/inspect.hpp"

#include "image/tree.hpp"
#include "layer/layer_recipients.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

class Printer {
 public:
  void print(const ImageNode& node, std::size_t indent) {
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      line(indent, "manifest " + node.descriptor.digest.string() + platform_of(node));
      line(indent + 1, "config " + manifest->config().digest.string() + ", readable by everyone");
      for (std::size_t i = 0; i < manifest->layers().size(); ++i)
        print_layer(manifest->layers()[i], i, indent + 1);
    } else if (std::holds_alternative<Index>(node.document)) {
      line(indent, "index " + node.descriptor.digest.string());
      for (const ImageNode& child : node.children) print(child, indent + 1);
    } else {
      const bool missing = std::get<Opaque>(node.document).is_missing;
      line(indent, (missing ? "missing " : "other ") + node.descriptor.digest.string() + platform_of(node));
    }
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  void line(std::size_t indent, const std::string& text) {
    text_ += std::string(2 * indent, ' ') + printable(text) + "\n";
  }

  static std::string platform_of(const ImageNode& node) {
    return node.descriptor.platform ? " " + node.descriptor.platform->string() : "";
  }

  void print_layer(const Descriptor& layer, std::size_t number, std::size_t indent) {
    const bool encrypted = is_encrypted(layer.media_type);
    line(indent, "layer " + std::to_string(number) + " " + layer.digest.string() + ", " +
                     std::to_string(layer.size) + " bytes, " + layer.media_type +
                     (encrypted ? ", encrypted" : ", readable by everyone"));
    if (!encrypted) return;
    if (!has_encryption_annotations(layer.annotations)) line(indent + 1, "its wrapped keys are missing");
    const LayerRecipients recipients = describe_recipients(layer.annotations);
    for (const LayerRecipient& row : recipients.list) line(indent + 1, "for " + row.recipient.text());
    if (recipients.omitted != 0) line(indent + 1, "and " + std::to_string(recipients.omitted) + " more");
  }

  std::string text_;
};

}  // namespace

std::string inspect_image(ImageSource& source) {
  Printer printer;
  printer.print(load_tree(source), 0);
  return printer.text();
}

}  // namespace imgcrypt
