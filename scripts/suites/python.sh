#!/usr/bin/env bash
# kafka-python's own integration tests, made ready to run against any broker:
#
#   scripts/suites/python.sh                    fetches them
#   scripts/suites/python.sh PORT [PYTEST ARGS] and runs those of 3.0.12 that need neither TLS nor a login against 127.0.0.1:PORT
#
# The broker gives new topics 4 partitions (as the suite's own does) and takes ACLs. With KAFKA_SSL, KAFKA_SASL and SUITE_CA
# set, see kafka_python_conftest.py, pytest in the unpacked folder runs the others too.
#
# It goes to .interop/suites/kafka-python ($KAFKASCOPE_INTEROP names another folder than .interop): the sdists of two
# releases, unpacked, and a virtual environment. Wanted: python3 with pip and venv. What the suite starts Kafka with is not
# in its sdist; kafka_python_conftest.py beside this file hands it brokers that run already. No test is touched.
set -euo pipefail
cd "$(dirname "$0")/../.."
root="${KAFKASCOPE_INTEROP:-.interop}/suites/kafka-python"
shims="$PWD/scripts/suites/python"
mkdir -p "$root"

if [ ! -x "$root/venv/bin/pytest" ]; then
  python3 -m venv "$root/venv"
  "$root/venv/bin/pip" install -q --disable-pip-version-check --only-binary :all: \
    pytest==9.2.0 pytest-mock==3.17.0 pytest-timeout==2.4.0 py==1.11.0 lz4==4.4.5 python-snappy==0.7.3 zstandard==0.25.0 crc32c==2.9.post0
fi

for release in 3.0.12 2.2.15; do
  [ -d "$root/$release" ] && continue
  pip download -q --disable-pip-version-check --no-deps --no-binary :all: -d "$root" "kafka-python==$release"
  tar xzf "$root/kafka_python-$release.tar.gz" -C "$root"
  # The tests are a package `test`, which without this file is that of Python itself.
  touch "$root/kafka_python-$release/test/__init__.py"
  cp "$shims/kafka_python_service.py" "$root/kafka_python-$release/test/service.py"
  mv "$root/kafka_python-$release" "$root/$release"
done
for release in 3.0.12 2.2.15; do cp "$shims/kafka_python_conftest.py" "$root/$release/conftest.py"; done
echo "kafka-python suite: 3.0.12 and 2.2.15 are ready"

if [ $# -gt 0 ]; then
  port=$1
  shift
  cd "$root/3.0.12"
  certificate=$(mktemp)
  KAFKA_PLAIN=$port SUITE_CA=$certificate KAFKA_VERSION=4.2.0 ../venv/bin/python -m pytest test/integration -q --tb=line -W ignore \
    -p no:cacheprovider --timeout 90 --ignore test/integration/test_sasl_integration.py \
    --ignore test/integration/test_ssl_integration.py "$@"
fi
