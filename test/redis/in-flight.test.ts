import { expect, test } from 'vitest'
import { InFlight } from '../../src/redis/in-flight.ts'
import { range } from './rig.ts'

test('spoils the looks at a key that were under way when it changed, and no others', () => {
  const inFlight = new InFlight()
  const before = inFlight.begin()
  inFlight.spoil('a')
  const after = inFlight.begin()

  expect(inFlight.isSpoilt(before, 'a')).toBe(true)
  expect(inFlight.isSpoilt(before, 'b')).toBe(false)
  expect(inFlight.isSpoilt(after, 'a')).toBe(false)
})

test('spoils every look when anything may have changed', () => {
  const inFlight = new InFlight()
  const look = inFlight.begin()
  expect(inFlight.isCut(look)).toBe(false)

  inFlight.spoilAll()

  expect(inFlight.isSpoilt(look, 'any')).toBe(true)
  expect(inFlight.isCut(look)).toBe(true)
})

test('remembers a change for as long as a look from before it goes on', () => {
  const inFlight = new InFlight()
  const old = inFlight.begin()
  inFlight.spoil('a')
  const others = range(500).map(() => inFlight.begin())
  inFlight.spoil('b')
  for (const other of others) inFlight.end(other)

  expect(inFlight.isSpoilt(old, 'a')).toBe(true)
  expect(inFlight.isSpoilt(old, 'b')).toBe(true)
  inFlight.end(old)
  expect(inFlight.size).toBe(0)
})

test('keeps nothing of looks that are over, in whatever order they end', () => {
  const inFlight = new InFlight()
  const looks = range(1_000).map((i) => {
    inFlight.spoil(`key-${i}`)
    return inFlight.begin()
  })
  for (const look of looks.filter((_, i) => i % 2 === 0)) inFlight.end(look)
  for (const look of looks.filter((_, i) => i % 2 === 1)) inFlight.end(look)

  expect(inFlight.size).toBe(0)
})

test('wakes those who watch a key, once', () => {
  const inFlight = new InFlight()
  let wakes = 0
  inFlight.watch('a', () => {
    wakes += 1
  })
  const stop = inFlight.watch('a', () => {
    wakes += 10
  })
  stop()

  inFlight.spoil('b')
  inFlight.spoil('a')
  inFlight.spoil('a')

  expect(wakes).toBe(1)
  expect(inFlight.size).toBe(0)
})

test('wakes everybody when anything may have changed', () => {
  const inFlight = new InFlight()
  const woken: string[] = []
  for (const key of ['a', 'b']) inFlight.watch(key, () => void woken.push(key))

  inFlight.spoilAll()

  expect(woken).toEqual(['a', 'b'])
})
