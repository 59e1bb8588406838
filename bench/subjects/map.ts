import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** The floor of a hit in memory: an async getter over a bare `Map`, with no bound and no expiry. */
export async function open({ load }: SubjectOptions): Promise<Subject> {
  const entries = new AsyncMap()
  return {
    read: (key) => entries.get(key),
    get: (key) => entries.getOrSet(key, () => load(key)),
    set: (key, value) => entries.getOrSet(key, () => value),
    delete: async (key) => entries.delete(key),
    close: async () => {},
  }
}

class AsyncMap {
  readonly #entries = new Map<string, unknown>()

  async get(key: string): Promise<unknown> {
    return this.#entries.get(key)
  }

  async getOrSet(key: string, load: () => unknown): Promise<unknown> {
    const found = this.#entries.get(key)
    if (found !== undefined) return found
    const value = await load()
    this.#entries.set(key, value)
    return value
  }

  delete(key: string): boolean {
    return this.#entries.delete(key)
  }
}
