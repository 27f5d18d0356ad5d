/** An import that never ends by itself: it says when it has begun to send entries, and waits to be killed. */
import { Database } from '#store/database'
import { applySteps } from '#store/steps'
import { md5 } from '#terms/hash'
import type { EntryStep } from '#terms/register'

const [config = '{}', list = ''] = process.argv.slice(2)
const BATCHES = 20

async function* steps(): AsyncGenerator<readonly EntryStep[]> {
  for (let batch = 0; batch < BATCHES; batch++) {
    yield Array.from({ length: 1000 }, (_, at): EntryStep => {
      const hash = md5((batch * 1000 + at).toString(16).padStart(32, '0'))
      return { kind: 'put', entry: { key: `k${batch * 1000 + at}`, ...(hash && { md5: hash }) } }
    })
  }
  process.stdout.write('sent\n')
  await new Promise(() => setInterval(() => {}, 1000))
}

const database = new Database(JSON.parse(config))
await applySteps(database, list, steps(), { kind: 'import', signed: { actor: 'tutela', at: new Date(0) } })
