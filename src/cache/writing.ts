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
  /** Undefined where the value must not be stored: then the key is deleted. */
  readonly entry: Entry | undefined
  readonly epoch: string
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
  const prepared = new Map<string, Prepared>()
  for (const { key, value, policy, tags } of writes) {
    const chance = policy.jitter === 0 ? 0 : scope.clock.random()
    const { epoch, latest: stamp } = scope.log
    const entry = makeEntry({ value, policy, tags, stamp, now, loadMs: 0, chance })
    prepared.set(key, { entry, epoch, policy })
  }
  // All begin in this very step: a stamp means nothing in the epoch that might follow.
  return settle(await Promise.all([...prepared].map((each) => storeOne(collection, ...each))))
}

function settle(outcomes: readonly boolean[]): Applied {
  // A write is not numbered: other processes hear of it by the push alone.
  return { applied: outcomes.every(Boolean) ? 'all' : 'local', number: undefined }
}

/** @returns whether it reached every tier */
async function storeOne(
  collection: Collection,
  key: string,
  { entry, epoch, policy }: Prepared,
): Promise<boolean> {
  if (!entry) return (await deleteKeys(collection, [key])).applied === 'all'
  const isLastWord = collection.beginWrite(key)
  // What is there now is outdated, whatever becomes of the write.
  collection.local.delete(key)
  if (!collection.shared) {
    if (isLastWord()) collection.keepLocal(key, entry, 'heard', policy)
    return true
  }
  const reply = await storeShared(collection, key, entry)
  const isStored = reply?.kind === 'stored'
  const isProvable = epoch === collection.scope.log.epoch && collection.isValid(key, entry)
  // A reader may have brought the old entry back meanwhile, and nobody tells us of our own writes.
  collection.local.delete(key)
  if (isLastWord() && isProvable) {
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
