import { defineConfig } from 'vitest/config'

/** Tests run from source: the `source` condition of every package door, so no stale build can pass. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'], externalConditions: ['source', 'node'] } },
  test: {
    include: ['tests/**/*.test.ts', 'kernels/tests/**/*.test.ts'],
    maxWorkers: '100%', // the commands' tests wait for processes: a core to spare would stand idle
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
})
