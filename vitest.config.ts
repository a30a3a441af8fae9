import { configDefaults, defineConfig } from 'vitest/config'
import { LONG_TESTS } from './test/long.ts'

const all = process.env.KAFKASCOPE_TESTS === 'all'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(all ? [] : LONG_TESTS)],
    globalSetup: 'test/skips.ts',
    // Many wait for servers and terminals: two at a time, also where there is one processor to spare.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
