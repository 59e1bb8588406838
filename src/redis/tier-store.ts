import { type Clock, systemClock } from '../base/clock.ts'
import { judge } from '../store/entry.ts'
import { EntryCodec } from '../store/entry-codec.ts'
import { KEY_VALUE_DEFINITION, validateNamespace } from '../store/key.ts'
import { keyText } from '../store/key-text.ts'
import type { CoherenceListener } from '../store/shared-store.ts'
import type { Store } from '../store/store.ts'
import { type RedisOptions, resolveRedisOptions } from './options.ts'
import { RedisStore } from './redis-store.ts'
import { RedisServer } from './server.ts'

export interface TierStoreOptions extends RedisOptions {
  /** What keeps the keys apart from others on the same server. */
  readonly namespace: string
}

/**
 * The Redis tier as a plain store of entries, without an engine in front: for tests of your own,
 * and for tools that look at what is stored. What is set by a cache under a key alone is read here.
 *
 * @throws {CacheError} ERR_OPTION, ERR_CONFIG, ERR_STORE
 * @example
 * ```ts no-check
 * const store = await createTierStore({ url: 'redis://localhost', namespace: 'stays' })
 * await store.get('greeting')
 * ```
 */
export async function createTierStore(
  { namespace, ...redis }: TierStoreOptions,
  clock: Clock = systemClock,
): Promise<Store> {
  const name = validateNamespace(namespace)
  const server = new RedisServer(resolveRedisOptions(redis), `${name}:`, clock, () => {})
  const store = new RedisStore({
    namespace: name,
    server,
    codec: new EntryCodec({ namespace: name }),
    listener: NOBODY,
    report: () => {},
  })
  const close = async (): Promise<void> => {
    await store.close()
    await server.close()
  }
  try {
    await store.ready()
  } catch (error) {
    await close()
    throw error
  }
  const region = store.region(KEY_VALUE_DEFINITION, 0)
  return {
    async get(key) {
      const entry = (await region.get(keyText(key)))?.entry
      return entry && judge(entry, clock.now()) !== 'expired' ? entry : undefined
    },
    set: (key, entry) => region.set(keyText(key), entry),
    delete: (key) => region.delete([keyText(key)]),
    close,
  }
}

/** Nothing is kept in memory, so nobody needs to hear of changes. */
const NOBODY: CoherenceListener = {
  keyChanged() {},
  invalidated() {},
  lost() {},
  verified() {},
}
