import type { Change, InvalidationLog } from '../store/invalidation-log.ts'
import type { SharedRegion, SharedStore } from '../store/shared-store.ts'
import { NamespaceLink, type NamespaceParts } from './namespace-link.ts'
import { RedisRegion } from './region.ts'

/** The entries of one namespace in Redis. */
export class RedisStore implements SharedStore {
  readonly name = 'redis'
  readonly maxUnverifiedMs: number
  readonly serveUnverified: boolean
  readonly #link: NamespaceLink

  constructor(parts: NamespaceParts) {
    this.#link = new NamespaceLink(parts)
    this.maxUnverifiedMs = parts.server.settings.maxUnverifiedMs
    this.serveUnverified = parts.server.settings.serveUnverified
    void parts.server.join(this.#link)
  }

  get log(): InvalidationLog {
    return this.#link.log
  }

  isAvailable(): boolean {
    return this.#link.isAvailable
  }

  region(definition: string, schema: number): SharedRegion {
    return new RedisRegion(definition, schema, this.#link)
  }

  invalidate(change: Change): Promise<number | undefined> {
    return this.#link.invalidate(change)
  }

  catchUp(number: number): Promise<boolean> {
    return this.#link.catchUp(number)
  }

  ready(): Promise<void> {
    return this.#link.server.ready()
  }

  async close(): Promise<void> {
    await this.#link.close()
  }
}
