import type { Clock } from '../base/clock.ts'
import type { InvalidationLog } from '../store/invalidation-log.ts'
import type { LocalSpace } from '../store/local-store.ts'
import type { SharedStore } from '../store/shared-store.ts'
import type { Events } from './events.ts'

/** What a definition's entries need of the namespace they live in. */
export interface Realm {
  readonly clock: Clock
  readonly local: LocalSpace
  readonly shared: SharedStore | undefined
  readonly log: InvalidationLog
  readonly events: Events
  readonly isEnabled: boolean
  readonly isOpen: boolean
  /** Whether what is read now will be heard of when it changes. */
  readonly isVerified: boolean
  /** The shared tier, if asking it is worth while now. */
  readonly reachable: SharedStore | undefined
  /** @throws {CacheError} ERR_CLOSED */
  checkOpen(): void
  /** Deals with entries in memory that nothing vouches for any longer, once their time is up. */
  dropUnverified(): void
}
