import type { Entry } from '../store/entry.ts'
import type { Awaitable, Store } from '../store/store.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'

export interface StoreSuiteOptions {
  /** How time passes for the store. @default it moves the clock that `open` was given */
  readonly pass?: (clock: FakeClock, ms: number) => Awaitable<void>
}

// Everything else in this door works without vitest; only inside its runner is there a suite to
// describe, and only there can it be loaded.
const vitest = process.env.VITEST === undefined ? undefined : await import('vitest')

const FRESH_MS = 100
const STALE_MS = 200

/**
 * The contract of a store as tests: a store that passes them can stand in for any other.
 * Call it at the top of a test file of vitest.
 *
 * @param open makes an empty store; each test opens its own and closes it
 * @example
 * ```ts
 * storeSuite('myStore', (clock) => myStore({ clock }))
 * ```
 */
export function storeSuite(
  name: string,
  open: (clock: FakeClock) => Awaitable<Store>,
  options: StoreSuiteOptions = {},
): void {
  if (vitest === undefined) throw new Error('storeSuite describes tests: run it with vitest.')
  const suite = new Suite(vitest, open, options)
  vitest.describe(name, () => {
    suite.keepsAndReplaces()
    suite.forgets()
    suite.separatesKeys()
    suite.carriesValues()
    suite.closes()
  })
}

type Vitest = typeof import('vitest')
type Work = (store: Store, clock: FakeClock) => Promise<void>

class Suite {
  readonly #vitest: Vitest
  readonly #open: (clock: FakeClock) => Awaitable<Store>
  readonly #pass: (clock: FakeClock, ms: number) => Awaitable<void>

  constructor(
    vitest: Vitest,
    open: (clock: FakeClock) => Awaitable<Store>,
    { pass = (clock, ms) => clock.advanceAsync(ms) }: StoreSuiteOptions,
  ) {
    this.#vitest = vitest
    this.#open = open
    this.#pass = pass
  }

  keepsAndReplaces(): void {
    const { expect } = this.#vitest
    this.#test('returns nothing for a key that was never set', async (store) => {
      expect(await store.get('absent')).toBeUndefined()
    })
    this.#test('returns an entry with everything it was set with', async (store, clock) => {
      const entry = entryAt(clock.now(), { a: [1, 'two'] }, ['red', 'blue'])
      await store.set('key', entry)
      expect(await store.get('key')).toEqual(entry)
    })
    this.#test('replaces what the key held', async (store, clock) => {
      await store.set('key', entryAt(clock.now(), 'old', ['old']))
      const entry = entryAt(clock.now(), 'new')
      await store.set('key', entry)
      expect(await store.get('key')).toEqual(entry)
    })
  }

  forgets(): void {
    const { expect } = this.#vitest
    this.#test('drops a deleted key and no other', async (store, clock) => {
      await store.set('one', entryAt(clock.now(), 1))
      await store.set('two', entryAt(clock.now(), 2))
      await store.delete('one')
      expect(await store.get('one')).toBeUndefined()
      expect((await store.get('two'))?.value).toBe(2)
    })
    this.#test('deletes a key that is not there without complaint', async (store) => {
      await store.delete('absent')
      expect(await store.get('absent')).toBeUndefined()
    })
    this.#test('keeps a stale entry: judging it is not its business', async (store, clock) => {
      await store.set('key', entryAt(clock.now(), 'value'))
      await this.#pass(clock, FRESH_MS)
      expect((await store.get('key'))?.value).toBe('value')
    })
    this.#test('never returns an entry after its grace', async (store, clock) => {
      await store.set('key', entryAt(clock.now(), 'value'))
      await this.#pass(clock, STALE_MS)
      expect(await store.get('key')).toBeUndefined()
    })
  }

  separatesKeys(): void {
    const { expect } = this.#vitest
    this.#test('keeps keys apart that look alike', async (store, clock) => {
      for (const key of LOOKALIKES) await store.set(key, entryAt(clock.now(), key))
      for (const key of LOOKALIKES) expect((await store.get(key))?.value).toBe(key)
    })
    this.#test('takes many calls at once', async (store, clock) => {
      const keys = Array.from({ length: 200 }, (_, index) => `key-${index}`)
      await Promise.all(keys.map((key) => store.set(key, entryAt(clock.now(), key))))
      const entries = await Promise.all(keys.map((key) => store.get(key)))
      expect(entries.map((entry) => entry?.value)).toEqual(keys)
    })
  }

  carriesValues(): void {
    const { expect } = this.#vitest
    this.#test('tells an entry with an empty value from no entry', async (store, clock) => {
      for (const value of [undefined, null, false, 0, '']) {
        await store.set('key', entryAt(clock.now(), value))
        const entry = await store.get('key')
        expect(entry).toBeDefined()
        expect(entry?.value).toBe(value)
      }
    })
    this.#test('returns values with the types they had', async (store, clock) => {
      const value = typedValue()
      await store.set('key', entryAt(clock.now(), value))
      expect((await store.get('key'))?.value).toEqual(value)
    })
  }

  closes(): void {
    this.#test('closes twice without complaint', async (store) => {
      await store.close()
    })
  }

  #test(name: string, work: Work): void {
    this.#vitest.test(name, async () => {
      const clock = fakeClock()
      const store = await this.#open(clock)
      try {
        await work(store, clock)
      } finally {
        await store.close()
      }
    })
  }
}

/** Keys that a careless encoding, a plain object or a glob would take for one another. */
const LOOKALIKES = [
  'key',
  'Key',
  'key ',
  'key:',
  'k*y',
  '{key}',
  '__proto__',
  'constructor',
  'caf\u00e9',
  'cafe\u0301',
  '\ud83d\udd11',
  'key\nkey',
  'k'.repeat(1_000),
]

function entryAt(now: number, value: unknown, tags: readonly string[] = []): Entry {
  const [freshUntil, staleUntil] = [now + FRESH_MS, now + STALE_MS]
  return { value, createdAt: now, freshUntil, staleUntil, loadMs: 3, tags, stamp: 7 }
}

function typedValue(): unknown {
  return {
    when: new Date(1_700_000_000_000),
    map: new Map<unknown, unknown>([
      ['a', 1],
      [2, new Set(['b'])],
    ]),
    big: 2n ** 70n,
    bytes: new Uint8Array([0, 127, 255]),
    list: [null, undefined, Number.NaN, -0, Infinity],
    nested: { deep: { text: '\u00fcber \ud83d\udd11' } },
  }
}
