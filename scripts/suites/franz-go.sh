#!/usr/bin/env bash
# franz-go's own tests of its client (pkg/kgo of github.com/twmb/franz-go, from the Go module proxy), against any broker:
#
#   scripts/suites/franz-go.sh                         builds them: .interop/suites/franz-go/kgo.test
#   scripts/suites/franz-go.sh HOST:PORT [ARGUMENT...] and runs them there; arguments as -test.run 'TestTxnEtl'
#
# The other modules' tests (kadm, kmsg, sr, plugins) talk to no broker. What the environment may say:
#   KGO_TEST_RF=3             replicas of topics; 1 where this is not set, as a single node has it
#   KGO_TEST_RECORDS=500000   of the ETL tests; 20000 where this is not set: their own default takes minutes
#   KGO_TEST_CHAOS=1          connections that break at random
#   KGO_TEST_SCRAM=testuser:testpass with KGO_TEST_SCRAM_SEEDS, and KGO_TEST_OAUTH_SEEDS: listeners with logins
# KAFKASCOPE_INTEROP names another folder than .interop. Exit status: 0 all pass, 1 some do not, 2 it can't be built.
#
#   npx vitest run test/interop/franz-go-suite.test.ts
#
# starts the brokers, runs it against each and compares.
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly module=github.com/twmb/franz-go version=v1.22.3
root="${KAFKASCOPE_INTEROP:-.interop}/suites/franz-go"
mkdir -p "$root"
root=$(cd "$root" && pwd)

command -v go >/dev/null || { echo 'franz-go suite: no go on the PATH' >&2; exit 2; }
# A test reads its own source: the suite runs where Go keeps that.
folder=$(cat "$root/folder" 2>/dev/null || true)
if [ "$(cat "$root/version" 2>/dev/null)" != "$version" ] || [ ! -d "$folder" ]; then
  # Outside of any module: the suite's own go.mod counts.
  folder=$(cd "$root" && GOFLAGS=-mod=mod go mod download -json "$module@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  [ -n "$folder" ] || { echo "franz-go suite: $module@$version could not be downloaded" >&2; exit 2; }
  (cd "$folder/pkg/kgo" && go test -c -o "$root/kgo.test" .) || exit 2
  echo "$folder/pkg/kgo" >"$root/folder"
  echo "$version" >"$root/version"
fi
echo "franz-go suite: $version is ready" >&2
[ $# -gt 0 ] || exit 0

seeds=$1
shift
cd "$(cat "$root/folder")"
export KGO_SEEDS="$seeds" KGO_TEST_RF="${KGO_TEST_RF:-1}" KGO_TEST_RECORDS="${KGO_TEST_RECORDS:-20000}"
export KGO_LOG_LEVEL="${KGO_LOG_LEVEL:-none}"
exec "$root/kgo.test" -test.v -test.timeout 15m "$@"
