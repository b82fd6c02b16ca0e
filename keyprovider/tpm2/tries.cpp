#include "keyprovider/tpm2/tries.hpp"

#include <algorithm>
#include <span>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

struct TryCount {
  UINT32 used = 0;
  UINT32 most = 0;
  UINT32 interval = 0;  // seconds, after which the TPM forgets one
};

constexpr const char* kGiveValue = "give it as -k KEY:file=PASSPHRASEFILE, :fd=N, :env=VARIABLE or :prompt";

TryCount count_tries(const Tpm& tpm) {
  TPMS_CAPABILITY_DATA* data = nullptr;
  constexpr UINT32 kProperties = TPM2_PT_LOCKOUT_INTERVAL - TPM2_PT_LOCKOUT_COUNTER + 1;
  check(Esys_GetCapability(tpm.esys(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CAP_TPM_PROPERTIES,
                           TPM2_PT_LOCKOUT_COUNTER, kProperties, nullptr, &data),
        "ask the TPM how many tries are used");
  const Owned<TPMS_CAPABILITY_DATA> owned(data);
  const TPML_TAGGED_TPM_PROPERTY& list = data->data.tpmProperties;
  TryCount tries;
  for (const TPMS_TAGGED_PROPERTY& item : std::span(list.tpmProperty).first(list.count)) {
    if (item.property == TPM2_PT_LOCKOUT_COUNTER) tries.used = item.value;
    if (item.property == TPM2_PT_MAX_AUTH_FAIL) tries.most = item.value;
    if (item.property == TPM2_PT_LOCKOUT_INTERVAL) tries.interval = item.value;
  }
  return tries;
}

std::string text_of(const TryCount& tries) {
  return std::to_string(tries.used) + " of " + std::to_string(tries.most) + " tries are used";
}

bool is_counted(TPMA_OBJECT attributes) { return (attributes & TPMA_OBJECT_NODA) == 0; }

Error wrong_value(const Tpm& tpm, const AuthAttempt& attempt) {
  const std::string reason =
      attempt.value.empty() ? "the key needs its authorization value" : "the authorization value is wrong";
  const std::string hint = attempt.value.empty() ? kGiveValue : "it was not tried again";
  if (!is_counted(attempt.attributes)) return {ErrorCode::kUsage, reason, hint};
  return {ErrorCode::kUsage, reason + ": " + text_of(count_tries(tpm)),
          hint + "; the TPM locks itself when all are used"};
}

}  // namespace

void check_tries_left(const Tpm& tpm, TPMA_OBJECT attributes) {
  if (!is_counted(attributes)) return;
  const TryCount tries = count_tries(tpm);
  if (tries.used == 0 || tries.used + 1 != tries.most) return;
  throw Error(
      ErrorCode::kProvider,
      "the authorization value was not tried, since another wrong one would lock the TPM: " + text_of(tries),
      "wait, as the TPM forgets one every " + std::to_string(tries.interval) +
          " seconds, or its owner resets the count with tpm2_dictionarylockout --clear-lockout");
}

void Tries::check(const Tpm& tpm, const AuthAttempt& attempt) const {
  const auto found = std::ranges::find_if(refused_, [&](const Refused& refused) {
    return refused.name == attempt.name && equal_constant_time(refused.value.expose(), attempt.value);
  });
  if (found != refused_.end()) throw Error(found->error);
  check_tries_left(tpm, attempt.attributes);
}

void Tries::refuse(const Tpm& tpm, const AuthAttempt& attempt) {
  refused_.push_back(
      {std::string(attempt.name), SecretBytes::copy_of(attempt.value), wrong_value(tpm, attempt)});
  throw Error(refused_.back().error);
}

}  // namespace imgcrypt::keyprovider::tpm2
