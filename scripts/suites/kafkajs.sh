#!/usr/bin/env bash
# kafkajs's own tests, made ready to run against any broker:
#
#   scripts/suites/kafkajs.sh                  the suite that its package of 0.2.0 carries (the last one that does)
#   scripts/suites/kafkajs.sh CHECKOUT         and that of a checkout of kafkajs 2.x: folders src/ and testHelpers/
#
# It goes to .interop/suites/kafkajs ($KAFKASCOPE_INTEROP names another folder than .interop). Wanted: npm, tar, openssl.
#
#   KAFKASCOPE_TESTS=all npx vitest run test/interop/kafkajs-suite.test.ts
#
# starts the brokers and runs it. The suite was written for hosts and ports of docker; what is changed in it is where
# brokers are: the ports in testHelpers come from KAFKA_PLAIN, KAFKA_SSL and KAFKA_SASL, certificates are made anew
# (those of the suite have expired). No test is touched but for a port that it names.
set -euo pipefail
cd "$(dirname "$0")/../.."
root="${KAFKASCOPE_INTEROP:-.interop}/suites/kafkajs"
mkdir -p "$root/certs"

# Certificates for localhost, one CA for both sides; PEM, which Kafka takes as key store and trust store (KIP-651).
if [ ! -f "$root/certs/server.pem" ]; then
  (
    cd "$root/certs"
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=suite CA' -keyout ca.key -out ca.crt 2>/dev/null
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >names
    for side in server client; do
      openssl req -newkey rsa:2048 -nodes -subj "/CN=$side" -keyout "$side.rsa" -out "$side.csr" 2>/dev/null
      openssl pkcs8 -topk8 -nocrypt -in "$side.rsa" -out "$side.key"
      openssl x509 -req -days 3650 -in "$side.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -extfile names -out "$side.crt" 2>/dev/null
      cat "$side.key" "$side.crt" ca.crt >"$side.pem"
    done
  )
fi

# The packages that the suites ask for, at versions that run on today's Node; jest 29 instead of their 20 and 25.
if [ ! -d "$root/node_modules/jest" ]; then
  printf '{ "private": true }\n' >"$root/package.json"
  (cd "$root" && npm install --silent --no-audit --no-fund --save-exact \
    jest@29.7.0 jest-extended@0.11.5 long@4.0.0 ip@1.1.9 execa@2.1.0 uuid@3.4.0 semver@6.3.1 jsonwebtoken@9.0.2)
fi

# adapt FOLDER: ports, host and certificates of its testHelpers, and a configuration of jest's.
adapt() {
  local helpers="$1/testHelpers"
  sed -i.orig -E \
    -e 's/:(9092|9095|9098)`/:${process.env.KAFKA_PLAIN}`/g' -e 's/port: 9092/port: Number(process.env.KAFKA_PLAIN)/' \
    -e 's/:(9093|9096|9099)`/:${process.env.KAFKA_SSL}`/g' -e 's/port: 9093/port: Number(process.env.KAFKA_SSL)/' \
    -e 's/:(9094|9097|9100)`/:${process.env.KAFKA_SASL}`/g' -e 's/port: 9094/port: Number(process.env.KAFKA_SASL)/' \
    -e "s/getHost = \(\) => .*/getHost = () => '127.0.0.1'/" \
    "$helpers/index.js"
  # Some tests name the port of the listener with logins themselves.
  find "$1/src" -name '*.spec.js' -exec sed -i 's/port: 9094/port: Number(process.env.KAFKA_SASL)/' {} +
  mkdir -p "$helpers/certs"
  cp "$root/certs/ca.crt" "$helpers/certs/ca_cert.pem"
  cp "$root/certs/ca.crt" "$helpers/certs/cert-signed"
  cp "$root/certs/client.crt" "$helpers/certs/client_cert.pem"
  cp "$root/certs/client.key" "$helpers/certs/client_key.pem"
  # Many of its tests race with the broker: each may try again once, on whatever broker.
  cat >"$helpers/suite-setup.js" <<'SETUP'
jest.retryTimes(1)
// A matcher of kafkajs's own: what may lack.
if (!expect.optional) {
  const pass = (received, expected, equals) => received === undefined || equals(received, expected)
  expect.extend({
    optional(received, expected) {
      return { pass: pass(received, expected, this.equals), message: () => `${received} is not ${expected}` }
    },
  })
}
SETUP
  cat >"$1/jest.config.suite.js" <<'CONFIG'
// Only tests that talk to a broker: the rest says nothing of one.
const extended = __dirname.endsWith('0.2.0') ? [] : ['jest-extended', '<rootDir>/testHelpers/setup.js']
module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleNameMapper: { '^testHelpers$': '<rootDir>/testHelpers/index.js' },
  setupFilesAfterEnv: ['<rootDir>/testHelpers/suite-setup.js', ...extended],
  testTimeout: 20000,
  testRegex: ['/src/(admin|broker|cluster|consumer|network|producer)/.*\\.spec\\.js$'],
  testPathIgnorePatterns: ['/node_modules/', '/partitioners/', '/assigners/', '/groupMessagesPerPartition'],
}
CONFIG
}

rm -rf "$root/0.2.0"
(cd "$root" && npm pack --silent kafkajs@0.2.0 >/dev/null && tar xzf kafkajs-0.2.0.tgz 2>/dev/null && mv package 0.2.0 && rm kafkajs-0.2.0.tgz)
adapt "$root/0.2.0"
# With ZooKeeper a topic that was made by asking for it had no leader for a moment; with KRaft there is no such topic then.
sed -i "s/if (e.type !== errorType) {/if (![errorType, 'UNKNOWN_TOPIC_OR_PARTITION'].includes(e.type)) {/" "$root/0.2.0/testHelpers/index.js"
echo "kafkajs suite: 0.2.0 is ready"

if [ $# -gt 0 ]; then
  rm -rf "$root/current"
  mkdir "$root/current"
  # The client under test is the published one; of the checkout only its tests are taken.
  (cd "$root" && npm pack --silent kafkajs@2.2.4 >/dev/null && tar xzf kafkajs-2.2.4.tgz && mv package/* current && rm -r package kafkajs-2.2.4.tgz)
  (cd "$1" && find src testHelpers -path '*__tests__*' -o -name '*.spec.js' -o -path 'testHelpers/*' | tar cf - -T -) | tar xf - -C "$root/current"
  adapt "$root/current"
  echo "kafkajs suite: $1 is ready"
fi
