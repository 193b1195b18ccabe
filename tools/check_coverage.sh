#!/usr/bin/env bash
# Coverage of lib/ by the tests: every line, and 95 % of the branches. Details: build/coverage/index.html.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# An exclusion must say why, on its own line: /* GCOV_EXCL_LINE: reason */ (nothing is asked of ..._STOP).
if grep -rnE '[GL]COV_EXCL' lib include | grep -vE '[GL]COV_EXCL_(BR_)?STOP|[GL]COV_EXCL_(BR_)?(LINE|START): *[^ ]+ +[^ ]+'; then
  echo "coverage exclusions without a reason"
  exit 1
fi

cmake --preset coverage
cmake --build --preset coverage
# counts of earlier runs would add up
find build/coverage -name '*.gcda' -delete
ctest --preset coverage
gcovr --root . --filter 'lib/' build/coverage --exclude-unreachable-branches \
  --html-details build/coverage/index.html --json-summary build/coverage/coverage.json \
  --txt --print-summary --fail-under-line 100 --fail-under-branch 95
