#include "keyprovider/command_line.hpp"
#include "keyprovider/grpc/offered_program.hpp"
#include "keyprovider/grpc/provider.hpp"

#include <grpc/support/log.h>

#include <cstdlib>

namespace imgcrypt::keyprovider::remote {
namespace {

struct Arguments {
  ServeOptions serve{.name = "grpc"};
  std::string address;
  std::string listen;
  bool has_tls = false;
  TlsFiles tls;
  std::vector<std::string> program;
  std::size_t timeout = static_cast<std::size_t>(ProgramLimits().time.count());

  [[nodiscard]] std::optional<TlsFiles> tls_files() const {
    const bool is_used = has_tls || tls.skips_verification || !tls.root_ca.empty() ||
                         !tls.certificate.empty() || !tls.key.empty() || !tls.server_name.empty();
    return is_used ? std::optional(tls) : std::nullopt;
  }
};

void add_tls_options(CLI::App& app, Arguments& arguments) {
  app.add_flag("--tls", arguments.has_tls, "use TLS; implied by the options below");
  app.add_option("--tls-root-ca", arguments.tls.root_ca,
                 "who signed the other side's certificate (default: whom the system trusts)")
      ->type_name("FILE");
  app.add_option("--tls-cert", arguments.tls.certificate, "certificate to show")->type_name("FILE");
  app.add_option("--tls-key", arguments.tls.key, "private key of the certificate")->type_name("FILE");
  app.add_option("--tls-server-name", arguments.tls.server_name,
                 "name in the service's certificate, if not the host")
      ->type_name("NAME");
  app.add_flag("--tls-skip-verify", arguments.tls.skips_verification,
               "do not verify the service: for tests only");
}

void ask_service(const Arguments& arguments) {
  // As other programs look names up; gRPC's own resolver does not ask the system.
  ::setenv("GRPC_DNS_RESOLVER", "native", 0);
  RemoteService service(parse_address(arguments.address), arguments.tls_files(),
                        std::chrono::milliseconds(arguments.timeout));
  GrpcProvider provider(service, arguments.serve.name);
  serve(provider, arguments.serve);
}

void offer(const Arguments& arguments) {
  if (arguments.program.empty())
    throw Error(ErrorCode::kUsage, "the program to offer is missing", "write -- PROGRAM ARGUMENT...");
  ProgramLimits limits;
  limits.time = std::chrono::milliseconds(arguments.timeout);
  limits.end = kTimeToEnd;
  offer_program({parse_address(arguments.listen),
                 arguments.tls_files(),
                 {arguments.program.front(), {arguments.program.begin() + 1, arguments.program.end()}},
                 limits});
}

int run(int argc, char** argv) {
  constexpr std::size_t kMostMilliseconds = 24UL * 60 * 60 * 1000;
  CLI::App app("Asks a key provider service over gRPC, or offers a key provider program as one.",
               "keyprovider-grpc");
  Arguments arguments;
  add_serve_options(app, arguments.serve);
  auto* const address =
      app.add_option("--address", arguments.address, "service to ask: unix:PATH or HOST:PORT")
          ->type_name("ADDRESS");
  auto* const listen = app.add_option("--listen", arguments.listen,
                                      "offer PROGRAM there; a port needs the certificates of TLS")
                           ->type_name("ADDRESS")
                           ->excludes(address);
  add_tls_options(app, arguments);
  app.add_option("--timeout", arguments.timeout, "milliseconds for one answer")
      ->type_name("MILLISECONDS")
      ->check(CLI::Range(std::size_t{1}, kMostMilliseconds))
      ->capture_default_str();
  app.add_option("PROGRAM", arguments.program, "key provider to offer, with its arguments")->needs(listen);
  app.callback([&] {
    if (!arguments.listen.empty()) return offer(arguments);
    if (arguments.address.empty())
      throw Error(ErrorCode::kUsage, "--address or --listen is needed", "see keyprovider-grpc --help");
    ask_service(arguments);
  });
  // What it logs goes to stderr, beside the one message that says what failed.
  ::gpr_set_log_function([](gpr_log_func_args*) {});
  return run_command_line(app, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::remote

int main(int argc, char** argv) { return imgcrypt::keyprovider::remote::run(argc, argv); }
