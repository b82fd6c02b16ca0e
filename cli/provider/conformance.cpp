#include "cli/provider/conformance.hpp"

#include "base/parallel.hpp"
#include "base/text/encoding.hpp"
#include "cli/provider/stopwatch.hpp"
#include "keywrap/key_wrapper.hpp"
#include "layer/private_options.hpp"

#include <algorithm>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kAtTheSameTime = 8;

bool contains(ByteView bytes, ByteView part) { return !std::ranges::search(bytes, part).empty(); }

// What `call` throws, with what mends it; empty if it throws nothing.
template <typename Call>
std::string fault_of(Call call) {
  try {
    call();
    return {};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return error.hint().empty() ? error.message() : error.message() + "; " + error.hint();
  }
}

// A provider refuses by an exit status or a failure in its reply; it neither crashes nor stays silent.
bool is_breakdown(const std::string& fault) {
  return fault.find("killed by signal") != std::string::npos ||
         fault.find("no answer within") != std::string::npos;
}

}  // namespace

SecretBytes test_options() {
  return PrivateOptions::generate(Digest::parse("sha256:" + std::string(64, '0'))).to_json();
}

Conformance::Conformance(KeyProviders& providers, std::string name, std::vector<std::string> wrap_parameters,
                         std::vector<ProviderParameter> unwrap_parameters)
    : providers_(providers),
      name_(std::move(name)),
      wrap_parameters_(std::move(wrap_parameters)),
      unwrap_parameters_(std::move(unwrap_parameters)),
      options_(test_options()) {}

std::size_t Conformance::run(const Print& print) {
  print_ = print;
  check_wrap();
  if (packet_.size() == 0) return failures_;  // the other checks need a packet
  check_secrecy();
  check_reply_form();
  check_unwrap();
  check_concurrency();
  // Last, as what these send may break a provider that is kept open.
  check_damaged_packets();
  check_wrong_requests();
  return failures_;
}

void Conformance::check_wrap() {
  const Stopwatch time;
  const std::string fault = fault_of([&] { packet_ = wrap(options_.expose()); });
  report("wraps a key: " + time.text(), fault);
  if (packet_.size() > kMostPacketBytes) report("the wrapped key is short", "it is larger than 64 KiB");
}

void Conformance::check_unwrap() {
  const Stopwatch time;
  std::string fault = fault_of([&] {
    if (!equal_constant_time(unwrap(packet_.expose()).expose(), options_.expose()))
      throw Error(ErrorCode::kProvider, "it returned something other than what was wrapped");
  });
  report("unwraps it again: " + time.text(), fault);
}

void Conformance::check_secrecy() {
  const std::string_view options = as_text(options_.expose());
  // Readable as it is, or as base64, whose last characters depend on what follows. More than such
  // carelessness no test from outside can see.
  const std::string_view symkey = options.substr(options.find(':') + 2, 44);
  const std::string encoded =
      encode_base64(options_.expose().first(options_.size() / 3 * 3), Base64::kStandard);
  const bool is_shown = contains(packet_.expose(), as_bytes(symkey)) ||
                        contains(packet_.expose(), as_bytes(encoded).first(encoded.size() - 4));
  report("the wrapped key reveals nothing of the key", is_shown ? "the key can be read in it" : "");
}

void Conformance::check_reply_form() {
  const std::string fault = fault_of([&] {
    const SecretBytes reply = providers_.exchange(
        name_,
        format_provider_request(
            {ProviderOperation::kWrap, wrap_parameters_, SecretBytes::copy_of(options_.expose())}, name_));
    if (as_text(reply.expose()).find('[') == std::string_view::npos)
      print_(Verdict::kNote, "it answers in base64, but ocicrypt-rs reads only arrays of numbers");
  });
  report("wraps it a second time", fault);
}

void Conformance::check_concurrency() {
  const Stopwatch time;
  const std::string fault = fault_of([&] {
    StopFlag stop;
    run_parallel(kAtTheSameTime, kAtTheSameTime, stop, [&](std::size_t) { (void)unwrap(packet_.expose()); });
  });
  report("unwraps " + std::to_string(kAtTheSameTime) + " keys at the same time: " + time.text(), fault);
}

void Conformance::check_damaged_packets() {
  Bytes damaged = to_bytes(packet_.expose());
  // One bit each: places at random would make the test a lottery.
  for (const std::size_t place : {damaged.size() / 4, damaged.size() / 2, damaged.size() - 1}) {
    damaged[place] ^= 0x01U;
    report("copes with a wrapped key damaged at byte " + std::to_string(place), fault_of_damaged(damaged));
    damaged[place] ^= 0x01U;
  }
  report("copes with half of a wrapped key", fault_of_damaged(ByteView(damaged).first(damaged.size() / 2)));
  report("copes with an empty wrapped key", fault_of_damaged({}));
}

void Conformance::check_wrong_requests() {
  for (const std::string_view request : {"", "{}", "{\"op\":\"keyrotate\"}", "[1,2", "nonsense"}) {
    const std::string fault = fault_of([&] {
      const SecretBytes reply = providers_.exchange(name_, SecretBytes::copy_of(as_bytes(request)));
      // The request names no operation that could say which result to look for.
      for (const auto operation : {ProviderOperation::kWrap, ProviderOperation::kUnwrap}) {
        if (parse_provider_reply(operation, reply.expose())) return;
      }
      throw Error(ErrorCode::kProvider, "no result");
    });
    report("refuses the request '" + std::string(request) + "'",
           fault.empty() ? "it answered" : (is_breakdown(fault) ? fault : ""));
  }
}

SecretBytes Conformance::wrap(ByteView options) const {
  auto packet =
      providers_.ask(name_, {ProviderOperation::kWrap, wrap_parameters_, SecretBytes::copy_of(options)});
  if (!packet || packet->size() == 0) throw Error(ErrorCode::kProvider, "the reply has no annotation");
  return std::move(*packet);
}

SecretBytes Conformance::unwrap(ByteView packet) const {
  ProviderRequest request{ProviderOperation::kUnwrap, {}, SecretBytes::copy_of(packet)};
  add_parameters(unwrap_parameters_, request);
  auto options = providers_.ask(name_, request);
  if (!options) throw Error(ErrorCode::kProvider, "the reply has no optsdata");
  return std::move(*options);
}

// Refusing is right, and so is the right key: a packet may have bytes that do not matter.
std::string Conformance::fault_of_damaged(ByteView packet) const {
  std::string other;
  const std::string refusal = fault_of([&] {
    if (!equal_constant_time(unwrap(packet).expose(), options_.expose())) other = "it returned another key";
  });
  return is_breakdown(refusal) ? refusal : other;
}

void Conformance::report(const std::string& check, const std::string& fault) {
  if (fault.empty()) {
    print_(Verdict::kPassed, check);
  } else {
    print_(Verdict::kFailed, check + ": " + fault);
    ++failures_;
  }
}

}  // namespace imgcrypt::cli
