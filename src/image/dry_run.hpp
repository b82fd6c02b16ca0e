// Whether a verb only says what it would do: it reads the source's documents and opens its keys, but writes
// nothing.
#pragma once

namespace imgcrypt {

enum class DryRun { kNo, kYes };

}  // namespace imgcrypt
