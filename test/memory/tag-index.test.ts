import { expect, test } from 'vitest'
import { createMemoryStore } from '../../src/memory/index.ts'
import { TagIndex } from '../../src/memory/tag-index.ts'
import { fakeClock } from '../../src/testing/fake-clock.ts'
import { seededRandom } from '../../src/testing/random.ts'
import { entryOf } from './support.ts'

test('a tag is forgotten with the last entry that carries it', () => {
  const index = new TagIndex()
  index.add(1, ['red', 'round', 'red'])
  index.add(2, ['red'])

  index.remove(1, ['red', 'round', 'absent'])
  expect([...index.find(['red', 'round'])]).toEqual([2])
  index.remove(2, ['red'])

  expect(index.size).toBe(0)
})

test('tags and entries stay in step in a store that is always full', () => {
  const random = seededRandom(5)
  const store = createMemoryStore({ maxEntries: 50, clock: fakeClock() })
  const space = store.space('a')
  const pick = (count: number): number => Math.floor(random() * count)
  const tagsOf = (): string[] => Array.from({ length: pick(3) }, () => `tag ${pick(5)}`)

  for (let round = 0; round < 200; round++) {
    for (let step = 0; step < 100; step++) {
      space.region(`${pick(3)}`).set(`${pick(200)}`, entryOf(step, { tags: tagsOf() }))
    }
    const tag = `tag ${pick(5)}`
    const carrying = [...space.regions()].flatMap((region) =>
      [...region.keys()].filter((key) => region.get(key)?.tags.includes(tag)),
    )

    expect(store.size.entries).toBe(50)
    expect(space.deleteTags([tag])).toBe(carrying.length)
  }
})
