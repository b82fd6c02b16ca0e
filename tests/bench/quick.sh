#!/bin/bash
# The benchmark works and measures every part. The measured times are not checked.
set -euo pipefail
result=$(python3 "$(dirname "${BASH_SOURCE[0]}")/run" --quick -o json)
jq -e '
  def is_figure: type == "number" and . > 0;
  ([.images[] | .place + " " + .what] | unique | length) >= 8
  and (.images | map(.seconds, .cpu, .peak, .bound) | all(is_figure))
  and (.images | map(select(.what | startswith("imgcrypt")) | .against_skopeo) | all(is_figure))
  and (.registry | length == 24 and (map(.seconds, .cpu, .peak) | all(is_figure)))
  and (.keys | length == 11 and (map(.first) | all(is_figure)))
  and (.decoder | length == 2 and all(.seconds > 0))
  and (.containerd | length == 8 and all(.plain > 0 and .encrypted > 0))' <<<"$result" >/dev/null ||
  { echo "FAIL: not every part was measured: $result" >&2; exit 1; }
