import { channel } from 'node:diagnostics_channel'
import type { EvictionReason } from '../store/local-store.ts'

/** What a cache tells of itself. Keys are key texts; values are never part of an event. */
export interface CacheEvents {
  /** A fresh entry was served. */
  hit: { definition: string; key: string; tier: 'memory' | 'shared' }
  /** A stale entry was served. */
  stale: { definition: string; key: string }
  /** A caller has to wait for a load. */
  miss: { definition: string; key: string }
  /** A loader ran. */
  load: { definition: string; key: string; ms: number; error: Error | undefined }
  /** Entries were deleted, expired or invalidated: by this process or, as far as heard, by others. */
  invalidate: {
    kind: 'delete' | 'expire' | 'tags' | 'pattern' | 'clear'
    /** The keys, tags or pattern; empty for a clear. */
    targets: readonly string[]
    origin: 'local' | 'remote'
    number: number | undefined
  }
  /** An entry left memory without anyone asking for it. */
  evict: { definition: string; key: string; reason: EvictionReason }
  /** The shared tier was reached or lost. */
  connection: { state: 'connected' | 'disconnected'; error: Error | undefined }
  /** The circuit breaker of the shared tier changed its state. */
  breaker: { state: 'closed' | 'open' | 'half-open' }
  /** What was stored could not be used and counts as absent. */
  rejected: { key: string; reason: string }
  /** Something failed that no caller was told of. */
  error: { error: Error }
}

export type EventName = keyof CacheEvents
export type Listener<N extends EventName> = (event: CacheEvents[N]) => void

/** Diagnostics channels carry every event under `cachetier:<name>`, with the namespace added. */
const CHANNELS = Object.fromEntries(
  (
    [
      'hit',
      'stale',
      'miss',
      'load',
      'invalidate',
      'evict',
      'connection',
      'breaker',
      'rejected',
      'error',
    ] as const
  ).map((name) => [name, channel(`cachetier:${name}`)]),
) as Record<EventName, ReturnType<typeof channel>>

export const EVENT_NAMES: readonly EventName[] = Object.keys(CHANNELS) as EventName[]

const HIT_CHANNEL = CHANNELS.hit

/**
 * Tells listeners and diagnostics channels. With nobody listening, an event costs one test.
 *
 * A listener that throws neither stops the others nor reaches the caller of the cache: its error
 * is an uncaught exception of its own, as an exception in any callback would be.
 */
export class Events {
  readonly #namespace: string
  readonly #listeners = new Map<EventName, Set<(event: never) => void>>()
  #hasListeners = false

  constructor(namespace: string) {
    this.#namespace = namespace
  }

  /** Whether anybody may hear of hits: one look, for the path on which a call would cost. */
  get isHeard(): boolean {
    return this.#hasListeners || HIT_CHANNEL.hasSubscribers
  }

  /** @returns stops listening */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    this.#hasListeners = true
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(name)
      this.#hasListeners = this.#listeners.size > 0
    }
  }

  /** Whether anybody listens: ask before an event is put together on a hot path. */
  wants(name: EventName): boolean {
    return this.#listeners.has(name) || CHANNELS[name].hasSubscribers
  }

  emit<N extends EventName>(name: N, event: CacheEvents[N]): void {
    if (CHANNELS[name].hasSubscribers) {
      CHANNELS[name].publish({ namespace: this.#namespace, ...event })
    }
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        ;(listener as Listener<N>)(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
