import KeyvRedis from '@keyv/redis'
import { RedisMessageProvider } from '@qified/redis'
import { Cacheable, type CacheableOptions, createKeyv } from 'cacheable'
import { Keyv } from 'keyv'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** In its fastest form: values in memory are not cloned. With both tiers it has its sync, too. */
export async function open(options: SubjectOptions): Promise<Subject> {
  const { tier, socketPath, tcpUrl, load, prefix } = options
  const socket = { path: socketPath, tls: false as const }
  const redis = (): Keyv => new Keyv(new KeyvRedis({ socket }), { namespace: prefix })
  const memory = createKeyv({ useClone: false, lruSize: 0 })
  const tiers: Record<typeof tier, () => CacheableOptions> = {
    memory: () => ({ primary: memory }),
    redis: () => ({ primary: redis() }),
    both: () => {
      const provider = new RedisMessageProvider(tcpUrl === undefined ? {} : { uri: tcpUrl })
      return {
        primary: memory,
        secondary: redis(),
        namespace: prefix,
        sync: { qified: provider as never },
      }
    },
  }
  const cache = new Cacheable({ ttl: '5m', ...tiers[tier]() })
  cache.on('error', () => {})
  return {
    read: (key) => cache.get(key),
    get: (key) => cache.getOrSet(key, async () => load(key)),
    getMany: (keys) => cache.getMany([...keys]),
    set: (key, value) => cache.set(key, value),
    delete: (key) => cache.delete(key),
    close: () => cache.disconnect(),
  }
}
