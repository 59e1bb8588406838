import { createCache } from 'async-cache-dedupe'
import { Redis } from 'ioredis'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** Memory or Redis, not both. */
export async function open({ tier, socketPath, load, prefix }: SubjectOptions): Promise<Subject> {
  const client = tier === 'memory' ? undefined : connect(socketPath)
  const storage = client
    ? { type: 'redis' as const, options: { client } }
    : { type: 'memory' as const, options: { size: 100_000 } }
  const cache = createCache({ ttl: 300, storage }).define(prefix, async (key: string) => load(key))
  const get = (cache as unknown as Record<string, (key: string) => Promise<unknown>>)[prefix]
  if (!get) throw new Error('async-cache-dedupe defined nothing.')
  return {
    get: get.bind(cache),
    delete: (key) => cache.clear(prefix as never, key as never),
    close: async () => client?.disconnect(),
  }
}

function connect(socketPath: string): Redis {
  const client = new Redis({ path: socketPath, enableAutoPipelining: true })
  client.on('error', () => {})
  return client
}
