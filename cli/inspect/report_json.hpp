// An image's report as JSON.
#pragma once

#include "cli/json/json_object.hpp"
#include "image/inspect.hpp"

namespace imgcrypt::cli {

// The whole report as the result of `imgcrypt inspect -o json`; docs/output.schema.json has its members.
// Nothing is cut or made printable: JsonObject escapes what is not ASCII.
[[nodiscard]] JsonObject report_json(const ImageReport& report);

}  // namespace imgcrypt::cli
