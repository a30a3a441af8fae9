#!/usr/bin/env bash
# Installs what the tests in test/interop need: real Kafka brokers and real clients.
#
#   scripts/setup-interop.sh            everything
#   scripts/setup-interop.sh kafka go   only these parts: kafka java streams python go kcat tshark chromium
#
# Everything goes to ${KAFKASCOPE_INTEROP:-.interop} (kcat, tshark, chromium: Debian's packages). Running it again does nothing that is
# done already: each part leaves a stamp with a checksum of what it was made from. A part whose tool is absent or
# whose packages cannot be had is skipped with a line that says so; the tests then skip it by name.
# Exit status: 0 even with parts skipped, 1 when --strict is given and a part is not ready.
set -uo pipefail

project=$(cd "$(dirname "$0")/.." && pwd)
clients="$project/test/interop/clients"
cache="${KAFKASCOPE_INTEROP:-$project/.interop}"
case "$cache" in /*) ;; *) cache="$project/$cache" ;; esac

readonly kafka_releases='4.4.0 3.9.2'
ready=()
skipped=()

say() { printf 'interop: %s\n' "$*"; }
skip() { # part, reason
  skipped+=("$1: $2")
  say "skipped $1: $2"
}
have() { command -v "$1" >/dev/null 2>&1; }
checksum() { cat "$@" | sha256sum | cut -c1-16; }

# step NAME STAMP COMMAND...: runs the command unless the stamp of that name is there already. On failure the last
# lines of its log are shown and the part counts as skipped.
step() {
  local name=$1 stamp=$2 log="$cache/logs/$1.log"
  shift 2
  if [ "$(cat "$cache/stamps/$name" 2>/dev/null)" = "$stamp" ]; then
    ready+=("$name")
    return 0
  fi
  say "installing $name"
  rm -f "$cache/stamps/$name"
  if "$@" >"$log" 2>&1; then
    echo "$stamp" >"$cache/stamps/$name"
    ready+=("$name")
  else
    tail -n 5 "$log" | sed 's/^/    /'
    skip "$name" 'installation failed, see the log above'
    return 1
  fi
}

# The broker and its runtime dependencies, with a logger that writes to stdout. kafka-clients is among them, so the
# same folder is the class path of our Java client.
kafka_pom() { # release
  local logger
  case "$1" in
    3.*) logger='<groupId>org.slf4j</groupId><artifactId>slf4j-reload4j</artifactId><version>1.7.36</version>' ;;
    *) logger='<groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.5</version>' ;;
  esac
  cat <<EOF
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kafkascope</groupId><artifactId>interop-kafka</artifactId><version>$1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$1</version></dependency>
    <dependency>$logger</dependency>
  </dependencies>
</project>
EOF
}

install_kafka() { # release
  local dir="$cache/kafka-$1"
  rm -rf "$dir" && mkdir -p "$dir"
  kafka_pom "$1" >"$dir/pom.xml"
  mvn -q -B -f "$dir/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$dir/libs" &&
    [ -n "$(ls "$dir"/libs/kafka_2.13-"$1".jar)" ]
}

# Kafka Streams without its on-disk store, which is large and native: our application keeps its state in memory.
streams_pom() {
  cat <<EOF
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kafkascope</groupId><artifactId>interop-streams</artifactId><version>4.4.0</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-streams</artifactId><version>4.4.0</version>
      <exclusions><exclusion><groupId>org.rocksdb</groupId><artifactId>rocksdbjni</artifactId></exclusion></exclusions>
    </dependency>
  </dependencies>
</project>
EOF
}

install_streams() {
  local dir="$cache/streams-4.4.0"
  rm -rf "$dir" && mkdir -p "$dir"
  streams_pom >"$dir/pom.xml"
  mvn -q -B -f "$dir/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$dir/libs" &&
    [ -f "$dir/libs/kafka-streams-4.4.0.jar" ]
}

install_java_client() { # release
  local out="$cache/java-$1"
  rm -rf "$out" && mkdir -p "$out"
  local sources=("$clients"/java/*.java)
  case "$1" in 3.*) ;; *) sources+=("$clients"/java/since4/*.java) ;; esac
  javac -nowarn -cp "$cache/kafka-$1/libs/*" -d "$out" "${sources[@]}"
}

install_venv() { # name, requirements file
  rm -rf "$cache/venv-$1"
  python3 -m venv "$cache/venv-$1" &&
    "$cache/venv-$1/bin/pip" install -q --disable-pip-version-check --only-binary :all: -r "$2" &&
    "$cache/venv-$1/bin/python" -c "import ${3:?module}"
}

install_go_client() {
  mkdir -p "$cache/go"
  (cd "$clients/go" && go build -trimpath -o "$cache/go/franz-client" .)
}

install_kfake() {
  mkdir -p "$cache/go"
  (cd "$clients/kfake" && go build -trimpath -o "$cache/go/kfake" .)
}

part_kafka() {
  have java || { skip kafka 'no java on the PATH (Java 17 or newer)'; return; }
  have mvn || { skip kafka 'no mvn on the PATH (Maven)'; return; }
  for release in $kafka_releases; do
    step "kafka-$release" "$(kafka_pom "$release" | checksum -)" install_kafka "$release"
  done
}

part_java() {
  have javac || { skip java 'no javac on the PATH (a JDK, Java 17 or newer)'; return; }
  for release in $kafka_releases; do
    if [ -d "$cache/kafka-$release/libs" ]; then
      step "java-$release" "$(checksum "$clients"/java/*.java "$clients"/java/*/*.java)" install_java_client "$release"
    else
      skip "java-$release" "needs the part kafka"
    fi
  done
}

part_streams() {
  have java || { skip streams 'no java on the PATH (Java 17 or newer)'; return; }
  have mvn || { skip streams 'no mvn on the PATH (Maven)'; return; }
  step streams-4.4.0 "$(streams_pom | checksum -)" install_streams
}

part_python() {
  have python3 || { skip python 'no python3 on the PATH'; return; }
  local py="$clients/py"
  step venv-current "$(checksum "$py/requirements-current.txt")" \
    install_venv current "$py/requirements-current.txt" 'confluent_kafka, aiokafka, kafka'
  step venv-kafka-python-2 "$(checksum "$py/requirements-kafka-python-2.txt")" \
    install_venv kafka-python-2 "$py/requirements-kafka-python-2.txt" kafka
}

part_go() {
  have go || { skip franz-go 'no go on the PATH'; return; }
  step franz-go "$(checksum "$clients"/go/go.mod "$clients"/go/*.go)" install_go_client
  step kfake "$(checksum "$clients"/kfake/go.mod "$clients"/kfake/*.go)" install_kfake
}

# part_package NAME: a program that is a Debian package of the same name.
part_package() {
  if ! have "$1" && have apt-get && [ "$(id -u)" = 0 ]; then
    say "installing $1"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1"; } >"$cache/logs/$1.log" 2>&1
  fi
  if have "$1"; then ready+=("$1"); else skip "$1" 'not on the PATH, and no apt-get as root to install it'; fi
}

strict=0
[ "${1:-}" = --strict ] && { strict=1; shift; }
mkdir -p "$cache/stamps" "$cache/logs"
[ $# -gt 0 ] || set -- kafka java streams python go kcat tshark chromium
for part in "$@"; do
  case "$part" in
    kafka | java | streams | python | go) "part_$part" ;;
    kcat | tshark | chromium) part_package "$part" ;;
    *) echo "setup-interop: unknown part '$part' (kafka java streams python go kcat tshark chromium)" >&2; exit 2 ;;
  esac
done
say "ready: ${ready[*]:-nothing}"
for line in "${skipped[@]:-}"; do [ -z "$line" ] || say "not ready: $line"; done
[ "$strict" = 0 ] || [ ${#skipped[@]} = 0 ]
