import type { Cache, CacheStats } from '../../../src/index.ts'
import type { Marker } from '../data/build.ts'
import type { CountingDatabase, QueryCounts } from '../db/counting.ts'

/** What the server under test tells the load driver, over the channel to a parent process. */
export type ServerMessage =
  | { readonly kind: 'ready'; readonly url: string; readonly marker: Marker }
  | { readonly kind: 'counts'; readonly queries: QueryCounts; readonly stats: CacheStats }

/** `clear` empties the cache and begins the counts anew; both are answered with the counts. */
export type DriverMessage = { readonly kind: 'clear' | 'count' }

interface Parts {
  readonly url: string
  readonly marker: Marker
  readonly database: CountingDatabase
  readonly cache: Cache
}

/** Answers the driver where there is one: a process started by hand has no such channel. */
export function serveDriver({ url, marker, database, cache }: Parts): void {
  const send = (message: ServerMessage): void => void process.send?.(message)
  if (!process.send) return
  process.on('message', async ({ kind }: DriverMessage) => {
    if (kind === 'clear') {
      await cache.clear()
      database.resetCounts()
    }
    send({ kind: 'counts', queries: database.counts(), stats: cache.stats() })
  })
  send({ kind: 'ready', url, marker })
}
