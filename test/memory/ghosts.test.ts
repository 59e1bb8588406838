import { describe, expect, test } from 'vitest'
import { Ghosts } from '../../src/memory/ghosts.ts'
import { spread } from '../../src/memory/hash.ts'

describe('ghosts', () => {
  test('are taken once', () => {
    const ghosts = new Ghosts(100)
    ghosts.add(0)
    ghosts.add(-5)

    expect([ghosts.take(0), ghosts.take(-5), ghosts.take(7)]).toEqual([true, true, false])
    expect([ghosts.take(0), ghosts.take(-5)]).toEqual([false, false])
  })

  test('fade, the oldest first', () => {
    const ghosts = new Ghosts(1_000)
    for (let key = 1; key <= 2_000; key++) ghosts.add(spread(key))

    const isHere = (key: number): boolean => ghosts.take(spread(key))
    const old = Array.from({ length: 200 }, (_, index) => isHere(index + 1)).filter(Boolean)
    const young = Array.from({ length: 200 }, (_, index) => isHere(2_000 - index)).filter(Boolean)

    expect(old).toHaveLength(0)
    expect(young.length).toBeGreaterThan(190)
  })

  test('survive growth', () => {
    const ghosts = new Ghosts(100)
    for (let key = 1; key <= 20; key++) ghosts.add(spread(key))

    ghosts.ensure(100_000)
    const here = Array.from({ length: 20 }, (_, index) => ghosts.take(spread(index + 1)))

    expect(here.filter(Boolean)).toHaveLength(20)
    expect(ghosts.bytes).toBeLessThanOrEqual(4 * 100_000)
  })
})
