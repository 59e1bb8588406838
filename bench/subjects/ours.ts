import { importPackage } from '../harness/package.ts'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** The cache of this repository: by a definition, or by the low-level form (`getOrSet`). */
export async function open(options: SubjectOptions): Promise<Subject> {
  const { tier, socketPath, prefix, load, variant } = options
  const { createCache } = await importPackage()
  const cache = createCache({
    namespace: prefix,
    ttl: '5m',
    memory: tier === 'redis' ? false : { maxBytes: tier === 'both' ? '256mb' : '64mb' },
    redis: tier === 'memory' ? undefined : { socketPath },
  })
  if (tier !== 'memory') await cache.ready()
  const close = (): Promise<void> => cache.close()
  const set = (key: string, value: unknown): Promise<unknown> => cache.set(key, value)
  if (variant === 'getOrSet') {
    const get = (key: string): Promise<unknown> => cache.getOrSet(key, () => load(key))
    return { get, set, delete: (key) => cache.delete(key), close }
  }
  const entries = cache.define({ name: 'product', load: (key: string) => load(key) })
  const get = (key: string): Promise<unknown> => entries.get(key)
  return {
    read: get,
    get,
    getMany: (keys) => entries.getMany(keys),
    set: (key, value) => entries.set(key, value),
    delete: (key) => entries.delete(key),
    close,
  }
}
