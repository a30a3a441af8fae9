import { configDefaults, defineConfig } from 'vitest/config'
import { LONG_TESTS } from './test/long.ts'

const all = process.env.KAFKASCOPE_TESTS === 'all'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(all ? [] : LONG_TESTS)],
    globalSetup: 'test/skips.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
