import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../src/memory/index.ts'
import { type Entry, judge } from '../../src/store/entry.ts'
import { ABSENT, type LocalSpace } from '../../src/store/local-store.ts'
import { type FakeClock, fakeClock } from '../../src/testing/fake-clock.ts'

/** What a store is, without bounds: fifteen lines that cannot be wrong. */
class Model {
  readonly held = new Map<string, { region: string; key: string; entry: Entry; checkAt: number }>()
  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  forget(matches: (region: string, key: string, tags: readonly string[]) => boolean): number {
    let count = 0
    for (const [id, { region, key, entry }] of this.held) {
      const isGone = judge(entry, this.#clock.now()) === 'expired'
      if (!isGone && !matches(region, key, entry.tags)) continue
      this.held.delete(id)
      if (!isGone) count += 1
    }
    return count
  }
}

interface World {
  readonly clock: FakeClock
  readonly space: LocalSpace
  readonly model: Model
}

type Step = (world: World) => void

const region = fc.constantFrom('product', 'host')
const key = fc.constantFrom('a', 'b', 'c', '__proto__', '')
const tags = fc.subarray(['red', 'blue', 'round'])
const span = fc.oneof(fc.integer({ min: -5, max: 60 }), fc.double({ min: 0, max: 50, noNaN: true }))

const setStep = fc
  .record({ region, key, tags, value: fc.jsonValue(), ttl: span, grace: span, head: span })
  .map(
    (step): Step =>
      ({ clock, space, model }) => {
        const now = clock.now()
        const freshUntil = now + step.ttl
        const staleUntil = freshUntil + step.grace
        const { value, tags } = step
        const entry: Entry = {
          value,
          createdAt: now,
          freshUntil,
          staleUntil,
          loadMs: 1,
          tags,
          stamp: 2,
        }
        const checkAt = freshUntil - step.head
        const isKept = judge(entry, now) !== 'expired'

        expect(space.region(step.region).set(step.key, entry, checkAt)).toBe(isKept)

        const id = JSON.stringify([step.region, step.key])
        if (isKept) model.held.set(id, { region: step.region, key: step.key, entry, checkAt })
        else model.held.delete(id)
      },
  )

const deleteStep = fc.tuple(region, key).map(
  ([name, key]): Step =>
    ({ space, model }) => {
      const count = model.forget((region, other) => region === name && other === key)
      expect(space.region(name).delete(key)).toBe(count === 1)
    },
)

const tagStep = tags.map(
  (tags): Step =>
    ({ space, model }) => {
      const count = model.forget((_, __, carried) => carried.some((tag) => tags.includes(tag)))
      expect(space.deleteTags(tags)).toBe(count)
    },
)

const whereStep = key.map(
  (key): Step =>
    ({ space, model }) => {
      const matches = (_: string, other: string): boolean => other === key
      expect(space.deleteWhere(matches)).toBe(model.forget(matches))
    },
)

const clearStep = fc.constant<Step>(({ space, model }) => {
  expect(space.clear()).toBe(model.forget(() => true))
})

const waitStep = fc.nat(30).map(
  (ms): Step =>
    ({ clock }) =>
      clock.advance(ms),
)

const steps = fc.array(
  fc.oneof(
    { arbitrary: setStep, weight: 8 },
    { arbitrary: deleteStep, weight: 2 },
    { arbitrary: tagStep, weight: 1 },
    { arbitrary: whereStep, weight: 1 },
    { arbitrary: clearStep, weight: 1 },
    { arbitrary: waitStep, weight: 4 },
  ),
  { maxLength: 60 },
)

function expectSame({ clock, space, model }: World): void {
  model.forget(() => false)
  for (const name of ['product', 'host']) {
    const found = space.region(name)
    const held = [...model.held.values()].filter((one) => one.region === name)
    expect([...found.keys()].sort()).toEqual(held.map((one) => one.key).sort())
    for (const { key, entry, checkAt } of held) {
      expect(found.get(key)).toEqual(entry)
      const isFresh = clock.now() < Math.min(checkAt, entry.freshUntil)
      expect(found.fresh(key)).toEqual(isFresh ? entry.value : ABSENT)
    }
    expect(found.fresh('never set')).toBe(ABSENT)
  }
}

describe.each(['reference', 'copy'] as const)('a store that isolates by %s', (isolation) => {
  test('does what a map with a clock does', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const clock = fakeClock()
        const store = createMemoryStore({ clock, isolation })
        const world = { clock, space: store.space('stays'), model: new Model(clock) }
        for (const step of steps) {
          step(world)
          expectSame(world)
        }
        expect(world.space.clear()).toBe(world.model.held.size)
        expect(store.size.entries).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
