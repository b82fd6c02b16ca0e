#include "keyprovider/serve.hpp"

#include "base/cancel.hpp"
#include "base/process/fd.hpp"
#include "keys/key_text.hpp"
#include "keywrap/device/device_protocol.hpp"

#include <unistd.h>

#include <algorithm>

namespace imgcrypt::keyprovider {
namespace {

SecretBytes answer(KeyProvider& provider, const std::string& name, ByteView document) {
  if (is_device_request(document)) return provider.use_key(document);
  const ProviderRequest request = parse_provider_request(document, name);
  for (const std::string& parameter : request.parameters) refuse_key_text("a parameter", parameter);
  if (request.operation == ProviderOperation::kWrap)
    return format_provider_reply(request.operation, provider.wrap(request.parameters, request.content));
  return format_provider_reply(request.operation, provider.unwrap_with_passphrases(request).expose());
}

// A kept program must outlive a bad request: others of the same image wait after it.
SecretBytes answer_or_failure(KeyProvider& provider, const std::string& name, ByteView document) {
  std::optional<std::uint64_t> id;
  SecretBytes reply;
  try {
    // First, so that a request that is malformed further on still gets its own answer.
    id = request_id_of(document);
    reply = answer(provider, name, document);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    reply = format_provider_failure({error.code(), printable(error.message()), printable(error.hint())});
  }
  return id ? with_request_id(reply.expose(), *id) : std::move(reply);
}

void write_line(const SecretBytes& text) {
  write_all(STDOUT_FILENO, text.expose(), "stdout");
  write_all(STDOUT_FILENO, as_bytes("\n"), "stdout");
}

// The lines of stdin, without their ends; the last may lack one. Requests to wrap hold a layer's key, so they
// are read into locked memory, by hand: no stream or string buffers them.
class LineReader {
 public:
  // nullopt at the end. The view lives until the next call.
  std::optional<ByteView> next() {
    // Moves to the front what came after the last line: whoever writes need not wait for each answer.
    rest_ -= consumed_;
    std::ranges::copy_n(buffer_.expose().begin() + static_cast<std::ptrdiff_t>(consumed_),
                        static_cast<std::ptrdiff_t>(rest_), buffer_.expose_mutable().begin());
    consumed_ = 0;
    while (true) {
      const ByteView held = buffer_.expose().first(rest_);
      const auto end = std::ranges::find(held, std::uint8_t{'\n'});
      if (end != held.end()) return take(static_cast<std::size_t>(end - held.begin()), 1);
      // Not answered but ended: where the next request begins is no longer known.
      if (rest_ == buffer_.size()) throw Error(ErrorCode::kRefused, "a request of more than 1 MiB");
      const std::size_t size = read_some(STDIN_FILENO, buffer_.expose_mutable().subspan(rest_), "stdin");
      if (size == 0) return rest_ == 0 ? std::nullopt : take(rest_, 0);
      rest_ += size;
    }
  }

 private:
  std::optional<ByteView> take(std::size_t size, std::size_t line_end) {
    consumed_ = size + line_end;
    return buffer_.expose().first(size);
  }

  SecretBytes buffer_{kMostProviderRequestBytes};
  std::size_t rest_ = 0;
  std::size_t consumed_ = 0;
};

}  // namespace

SecretBytes KeyProvider::use_key(ByteView) {
  throw Error(ErrorCode::kUsage, "this key provider holds no keys in a device");
}

void serve_one(KeyProvider& provider, const std::string& name) {
  const SecretBytes document = read_secret(STDIN_FILENO, kMostProviderRequestBytes, "stdin");
  // A failure is thrown past this: an exit status without an answer is how the protocol reports it.
  write_line(answer(provider, name, document.expose()));
}

void serve_lines(KeyProvider& provider, const std::string& name) {
  LineReader lines;
  while (const auto line = lines.next()) {
    write_line(answer_or_failure(provider, name, *line));
    // What holds signals for a while (CancelHold) leaves none to interrupt the next read.
    throw_if_cancelled();
  }
}

void say(std::string_view program, std::string_view kind, const std::string& text) {
  const std::string line = std::string(program) + ": " + std::string(kind) + ": " + printable(text) + "\n";
  write_all(STDERR_FILENO, as_bytes(line), "stderr");
}

std::string describe(const Error& error) {
  return printable(error.hint().empty() ? error.message() : error.message() + "; " + error.hint());
}

}  // namespace imgcrypt::keyprovider
