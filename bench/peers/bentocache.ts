import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** In its fastest form: values in memory are not serialised, commands are pipelined. */
export async function open({ tier, socketPath, load, prefix }: SubjectOptions): Promise<Subject> {
  const connection = { path: socketPath, enableAutoPipelining: true }
  const store = bentostore()
  if (tier !== 'redis') store.useL1Layer(memoryDriver({ maxItems: 100_000, serialize: false }))
  if (tier !== 'memory') store.useL2Layer(redisDriver({ connection }))
  if (tier === 'both') store.useBus(redisBusDriver({ connection: { path: socketPath } }))
  const cache = new BentoCache({ default: 'main', prefix, ttl: '5m', stores: { main: store } })
  return {
    read: (key) => cache.get({ key }),
    get: (key) => cache.getOrSet({ key, factory: async () => load(key) }),
    set: (key, value) => cache.set({ key, value }),
    delete: (key) => cache.delete({ key }),
    close: () => cache.disconnectAll(),
  }
}
