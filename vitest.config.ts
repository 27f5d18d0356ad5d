import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const SOURCE = fileURLToPath(new URL('./src', import.meta.url))

/** Files that measure the memory of their own process: it is to hold nothing of other files. */
const ALONE = ['tests/index/flat.test.ts', 'tests/lists/flat.test.ts', 'tests/media/decode.test.ts']
/** Files that start, kill and start again many processes: what they hold takes minutes, so `npm run test:long` holds it. */
const LONG = [
  'tests/browser/day.test.ts',
  'tests/browser/desk.test.ts',
  'tests/browser/limits.test.ts',
  'tests/browser/people.test.ts',
  'tests/browser/pages.test.ts',
  'tests/browser/refused.test.ts',
  'tests/browser/review.test.ts',
  'tests/browser/video.test.ts',
  'tests/cli/commands.test.ts',
  'tests/cli/integrator.test.ts',
  'tests/cli/killed-desk.test.ts',
  'tests/cli/resume.test.ts',
  'tests/cli/scan.test.ts',
  'tests/cli/service.test.ts',
  'tests/cli/store.test.ts',
  'tests/cli/unlock.test.ts',
  'tests/index/service/writing.test.ts',
  'tests/media/ending.test.ts',
  'tests/media/video.test.ts',
  'tests/prioritiser/models.test.ts',
  'tests/store/backup/backup.test.ts',
  'tests/store/backup/into.test.ts',
  'tests/store/embedded/full.test.ts',
  'tests/store/embedded/server.test.ts',
  'tests/store/import-killed.test.ts',
  'tests/workflow/ledger/continue.test.ts',
  'tests/workflow/ledger/killed.test.ts',
]
/** Files of which `npm test` takes a share, and `npm run test:long` the whole: they ask `inWhole` of tests/support/share.ts. */
const SHARED = [
  'kernels/tests/hamming/lifecycle.test.ts',
  'tests/server/malformed.test.ts',
  'tests/workflow/evidence/crash.test.ts',
]
const EVERY = ['tests/**/*.test.ts', 'kernels/tests/**/*.test.ts']

/** Tests run from source: the `source` condition of every package door, so no stale build can pass. */
const FROM_SOURCE = {
  // The alias says it once more, for the set-up before the tests, which heeds no condition.
  resolve: { conditions: ['source'], alias: [{ find: /^#(.*)$/, replacement: `${SOURCE}/$1.ts` }] },
  ssr: { resolve: { conditions: ['source', 'node'], externalConditions: ['source', 'node'] } },
}

const WAITING_MAX = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  ...FROM_SOURCE,
  test: {
    globalSetup: ['tests/support/postgres.setup.ts'],
    maxWorkers: '100%', // the commands' tests wait for processes: a core to spare would stand idle
    reporters: ['default'],
    projects: [
      {
        ...FROM_SOURCE,
        test: { ...WAITING_MAX, name: 'alone', include: ALONE, sequence: { groupOrder: 0 } },
      },
      {
        ...FROM_SOURCE,
        test: {
          ...WAITING_MAX,
          name: 'together',
          include: EVERY,
          exclude: [...ALONE, ...LONG],
          sequence: { groupOrder: 1 },
          // A file in work has its process to itself, but the modules in it are those of the files before: they need not be
          // read anew. What a file changes beyond itself (a variable of the environment, a spy) it sets right at its end.
          isolate: false,
        },
      },
      {
        ...FROM_SOURCE,
        test: {
          ...WAITING_MAX,
          name: 'long',
          include: [...LONG, ...SHARED],
          env: { TUTELA_TESTS: 'whole' },
          sequence: { groupOrder: 2 },
          isolate: false,
        },
      },
    ],
  },
})
