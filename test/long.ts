/**
 * Tests that take minutes, most of them with real clients and brokers. They run with KAFKASCOPE_TESTS=all; without it
 * they are skipped, by name.
 */
export const LONG_TESTS: readonly string[] = [
  'test/conform/planted.test.ts',
  'test/interop/acls.test.ts',
  'test/interop/admin.test.ts',
  'test/interop/broker-kill.test.ts',
  'test/interop/broker-modes.test.ts',
  'test/interop/bugs.test.ts',
  'test/interop/client-sasl.test.ts',
  'test/interop/conform.test.ts',
  'test/interop/diff-planted.test.ts',
  'test/interop/diff.test.ts',
  'test/interop/embedded-groups.test.ts',
  'test/interop/franz-go-suite.test.ts',
  'test/interop/kafkajs-plays.test.ts',
  'test/interop/kafkajs-suite.test.ts',
  'test/interop/kfake.test.ts',
  'test/interop/load.test.ts',
  'test/interop/mixed.test.ts',
  'test/interop/recording-kills.test.ts',
  'test/interop/replay.test.ts',
  'test/interop/tls-captures.test.ts',
  'test/interop/streams.test.ts',
  'test/interop/transactions.test.ts',
]
