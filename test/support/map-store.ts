import type { Clock } from '../../src/base/clock.ts'
import type { Entry } from '../../src/store/entry.ts'
import type { Store } from '../../src/store/store.ts'

/** The simplest store that keeps the contract: what others are compared with. */
export function mapStore(clock: Clock): Store {
  const entries = new Map<string, Entry>()
  return {
    get: (key) => {
      const entry = entries.get(key)
      return entry !== undefined && clock.now() < entry.staleUntil ? entry : undefined
    },
    set: (key, entry) => entries.set(key, entry),
    delete: (key) => entries.delete(key),
    close: () => entries.clear(),
  }
}
