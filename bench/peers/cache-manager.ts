import KeyvRedis from '@keyv/redis'
import { createCache } from 'cache-manager'
import { Keyv } from 'keyv'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** Stores of Keyv, in order. */
export async function open({ tier, socketPath, load, prefix }: SubjectOptions): Promise<Subject> {
  const stores: Keyv[] = []
  if (tier !== 'redis') stores.push(new Keyv())
  if (tier !== 'memory') {
    const socket = { path: socketPath, tls: false as const }
    stores.push(new Keyv(new KeyvRedis({ socket }), { namespace: prefix }))
  }
  for (const store of stores) store.on('error', () => {})
  const cache = createCache({ stores, ttl: 300_000 })
  return {
    read: (key) => cache.get(key),
    get: (key) => cache.wrap(key, async () => load(key)),
    getMany: (keys) => cache.mget([...keys]),
    set: (key, value) => cache.set(key, value),
    delete: (key) => cache.del(key),
    close: () => cache.disconnect(),
  }
}
