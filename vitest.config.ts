import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const SOURCE = fileURLToPath(new URL('./src', import.meta.url))

/** Tests run from source: the `source` condition of every package door, so no stale build can pass. */
export default defineConfig({
  // The alias says it once more, for the set-up before the tests, which heeds no condition.
  resolve: { conditions: ['source'], alias: [{ find: /^#(.*)$/, replacement: `${SOURCE}/$1.ts` }] },
  ssr: { resolve: { conditions: ['source', 'node'], externalConditions: ['source', 'node'] } },
  test: {
    include: ['tests/**/*.test.ts', 'kernels/tests/**/*.test.ts'],
    globalSetup: ['tests/support/postgres.setup.ts'],
    maxWorkers: '100%', // the commands' tests wait for processes: a core to spare would stand idle
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
})
