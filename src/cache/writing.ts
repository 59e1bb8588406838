import type { Entry } from '../store/entry.ts'
import type { FillReply } from '../store/shared-store.ts'
import type { Collection } from './collection.ts'
import { type Applied, deleteKeys } from './invalidating.ts'
import { makeEntry } from './make-entry.ts'
import type { Policy } from './options.ts'

/** A value to be stored by hand. */
export interface Write {
  readonly key: string
  readonly value: unknown
  readonly policy: Policy
  readonly tags: readonly string[]
}

interface Prepared {
  readonly entry: Entry
  readonly policy: Policy
}

/**
 * Stores values in every tier. A load that is under way began before them and does not replace
 * them; where a value cannot be stored (ttl 0), the key is deleted.
 */
export async function write(collection: Collection, writes: readonly Write[]): Promise<Applied> {
  const { scope } = collection
  scope.checkOpen()
  const now = scope.clock.now()
  const entries = new Map<string, Prepared>()
  const absent: string[] = []
  for (const { key, value, policy, tags } of writes) {
    const chance = policy.jitter === 0 ? 0 : scope.clock.random()
    const stamp = scope.log.latest
    const entry = makeEntry({ value, policy, tags, stamp, now, loadMs: 0, chance })
    if (entry) entries.set(key, { entry, policy })
    else absent.push(key)
  }
  if (absent.length > 0) await deleteKeys(collection, absent)
  return store(collection, entries)
}

async function store(
  collection: Collection,
  entries: ReadonlyMap<string, Prepared>,
): Promise<Applied> {
  const outcomes = await Promise.all(
    [...entries].map(([key, prepared]) => storeOne(collection, key, prepared)),
  )
  const isShared = outcomes.every(Boolean)
  // A write is not numbered: other processes hear of it by the push alone.
  return { applied: isShared ? 'all' : 'local', number: undefined }
}

/** @returns whether it reached every tier */
async function storeOne(
  collection: Collection,
  key: string,
  { entry, policy }: Prepared,
): Promise<boolean> {
  const isLastWord = collection.beginWrite(key)
  // What is there now is outdated, whatever becomes of the write.
  collection.local.delete(key)
  if (!collection.shared) {
    if (isLastWord()) collection.keepLocal(key, entry, 'heard', policy)
    return true
  }
  const reply = await storeShared(collection, key, entry)
  const isStored = reply?.kind === 'stored'
  if (isLastWord() && collection.isValid(key, entry)) {
    collection.keepLocal(key, entry, isStored ? reply.keep : 'bounded', policy)
  }
  return isStored
}

async function storeShared(
  { shared, counters, scope }: Collection,
  key: string,
  entry: Entry,
): Promise<FillReply | undefined> {
  try {
    const reply = await shared?.set(key, entry)
    if (reply?.kind !== 'unstorable') return reply
    counters.unstorable += 1
    scope.events.emit('error', { error: reply.error })
    return reply
  } catch {
    // The tier reported it, and deletes the outdated entry once it is reachable again.
    return undefined
  }
}
