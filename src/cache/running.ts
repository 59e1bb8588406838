import type { Entry } from '../store/entry.ts'
import type { LoadNotes } from './load-context.ts'
import type { Policy } from './options.ts'

/** How the value of one key is made. */
export interface LoadJob {
  readonly key: string
  readonly policy: Policy
  /** Runs the caller's loader. */
  run(notes: LoadNotes): Promise<unknown>
  tagsOf(value: unknown): readonly string[]
  /** Called once it is known that this job itself need not run now: batches wait for that word. */
  stepBack?(): void
  /** The look-up or load that has taken it over, and says that word when it is done with it. */
  holder?: object
  /** It runs together with others, so it must not wait for its own turn. */
  readonly isBatched?: boolean
}

/** What a load came to: made here, made by another process, or left to another process. */
export type LoadOutcome =
  | { readonly kind: 'loaded' | 'found'; readonly value: unknown }
  | { readonly kind: 'elsewhere' }

/** A load that runs, as others see it. */
export interface RunningLoad {
  readonly key: string
  readonly promise: Promise<LoadOutcome>
  /** Its outcome stands, though those who wait have not been told yet: too late to join. */
  readonly isDecided: boolean
  /** The epoch in which it began to run without a lease; undefined while it has one, or waits. */
  readonly unleasedSince: string | undefined
  /** From now on somebody waits for the value, so it may not be left to another process. */
  demand(): void
  /** @returns call it to wait no longer; when the last has left, the loader is told to stop */
  join(): () => void
  /** It may neither store its value nor hand it out. */
  void(): void
  /** Tells the loader to stop, and lets the next caller begin anew. */
  abort(reason: unknown): void
}

/** What a look-up found: something fresh, or something stale whose reload may be under way. */
export type LookupOutcome =
  | { readonly kind: 'fresh'; readonly value: unknown; readonly from: 'shared' | 'load' }
  | { readonly kind: 'stale'; readonly entry: Entry; readonly reload: RunningLoad | undefined }

/** A look-up that is under way, as others see it. */
export interface RunningLookup {
  readonly promise: Promise<LookupOutcome>
  /** See `RunningLoad`. */
  readonly isDecided: boolean
  /** @returns call it to wait no longer */
  join(): () => void
}
