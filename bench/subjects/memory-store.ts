import { importMemory } from '../harness/package.ts'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

const LIFETIME_MS = 300_000

/** Our in-process store by itself, for what it weighs. `variant` is its number of entries. */
export async function open({ variant }: SubjectOptions): Promise<Subject> {
  const { createMemoryStore } = await importMemory()
  const store = createMemoryStore(variant === undefined ? {} : { maxEntries: Number(variant) })
  const region = store.space('bench').region('product')
  const now = performance.timeOrigin + performance.now()
  const lasting = { createdAt: now, freshUntil: now + LIFETIME_MS, staleUntil: now + LIFETIME_MS }
  const get = async (key: string): Promise<unknown> => region.get(key)?.value
  return {
    read: get,
    get,
    set: async (key, value) =>
      region.set(key, { value, ...lasting, loadMs: 0, tags: [], stamp: 0 }),
    delete: async (key) => region.delete(key),
    close: async () => store.close(),
  }
}
