#!/usr/bin/env bash
# librdkafka's own tests, which are those of what confluent-kafka for Python and kcat stand on, made ready to run against
# any broker:
#
#   scripts/suites/librdkafka.sh                 fetches and builds them
#   scripts/suites/librdkafka.sh HOST:PORT       and runs librdkafka's that talk to a broker there (8 minutes)
#
# TEST_CONSUMER_GROUP_PROTOCOL=consumer runs them with KIP-848 groups; TESTS=0081 one of them. Some call kafka-topics.sh and
# kafka-acls.sh in $KAFKA_PATH/bin. The broker gives new topics 4 partitions and takes ACLs.
#
# The sources with tests/ come with the npm package of node-rdkafka; confluent-kafka's sdists have no tests. And the tests of
# confluent-kafka-go, from Go's module proxy, with the librdkafka that it carries. Wanted: npm, a C and C++ compiler,
# make, OpenSSL's headers, Go. It goes to .interop/suites/librdkafka ($KAFKASCOPE_INTEROP names another folder than .interop).
set -euo pipefail
cd "$(dirname "$0")/../.."
root="${KAFKASCOPE_INTEROP:-.interop}/suites/librdkafka"
mkdir -p "$root"
readonly node_rdkafka=3.6.1 # has librdkafka 2.12.0
readonly confluent_go=v2.11.1

if [ ! -x "$root/sources/tests/test-runner" ]; then
  (
    cd "$root"
    npm pack --silent "node-rdkafka@$node_rdkafka" >/dev/null
    tar xzf "node-rdkafka-$node_rdkafka.tgz" package/deps/librdkafka
    rm -rf sources "node-rdkafka-$node_rdkafka.tgz"
    mv package/deps/librdkafka sources && rm -r package
    cd sources
    ./configure >configure.log
    make -j2 libs >make.log 2>&1
    make -C tests -j2 test-runner >tests/make.log 2>&1
  )
fi

# Its integration tests can start a cluster with docker by testcontainers: hundreds of modules for a branch that is not
# taken. An empty module stands for it.
if command -v go >/dev/null && [ ! -x "$root/confluent-kafka-go/kafka.test" ]; then
  mkdir -p "$root/confluent-kafka-go/compose"
  (
    cd "$root/confluent-kafka-go"
    cat >compose/go.mod <<'GO'
module github.com/testcontainers/testcontainers-go/modules/compose
go 1.21
GO
    cat >compose/compose.go <<'GO'
package compose

type Result struct{ Error error }
type LocalDockerCompose struct{}

func NewLocalDockerCompose(files []string, name string) *LocalDockerCompose { return &LocalDockerCompose{} }
func (c *LocalDockerCompose) WithCommand(words []string) *LocalDockerCompose { return c }
func (c *LocalDockerCompose) Invoke() Result                                 { return Result{} }
func (c *LocalDockerCompose) Down() Result                                   { return Result{} }
GO
    module=github.com/confluentinc/confluent-kafka-go/v2
    source=$(go mod download -json "$module@$confluent_go" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
    rm -rf module && mkdir module && cp -r "$source/kafka" module/ && chmod -R u+w module
    cat >module/go.mod <<GO
module $module
go 1.21
require github.com/stretchr/testify v1.9.0
require github.com/testcontainers/testcontainers-go/modules/compose v0.0.0
replace github.com/testcontainers/testcontainers-go/modules/compose => ../compose
GO
    cd module && go mod tidy && go test -c -o ../kafka.test ./kafka
  )
fi
echo "librdkafka suites: librdkafka of node-rdkafka $node_rdkafka and confluent-kafka-go $confluent_go are ready"

if [ $# -gt 0 ]; then
  tests="$PWD/$root/sources/tests"
  case "$root" in /*) tests="$root/sources/tests" ;; esac
  folder=$(mktemp -d)
  cd "$folder"
  printf 'bootstrap.servers=%s\n' "$1" >test.conf
  # -L: none of those that need no broker (most have a mock of librdkafka's own).
  BROKERS=$1 RDKAFKA_TEST_CONF=$folder/test.conf TEST_KAFKA_VERSION=4.2.0 LD_LIBRARY_PATH=$tests/../src:$tests/../src-cpp \
    "$tests/test-runner" -L -E -p4
fi
