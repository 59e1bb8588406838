import { expect, test } from 'vitest'
import { Outbox, type Unsent } from '../../src/redis/outbox.ts'
import { range } from './rig.ts'

const tags = (...list: string[]): Unsent => ({
  kind: 'change',
  change: { kind: 'tags', tags: list },
})
const deleted = (...entries: string[]): Unsent => ({ kind: 'delete', entries })

async function sent(outbox: Outbox): Promise<Unsent[]> {
  const all: Unsent[] = []
  await outbox.drain(async (unsent) => void all.push(unsent))
  return all
}

test('B10 sends in the order in which it was told', async () => {
  const outbox = new Outbox()
  const all = [tags('a'), deleted('b', 'c'), tags('d')]
  for (const each of all) outbox.add(each)

  expect(await sent(outbox)).toEqual(all)
  expect(outbox.isEmpty).toBe(true)
})

test('A08 becomes one clear when more keys and tags wait than it may hold', async () => {
  const outbox = new Outbox(10)
  for (const i of range(11)) outbox.add(deleted(`key-${i}`))
  outbox.add(tags('late'))

  expect(outbox.size).toBe(2)
  expect(await sent(outbox)).toEqual([{ kind: 'change', change: { kind: 'clear' } }, tags('late')])
})

test('A08 never holds more than its bound, however long it goes on', () => {
  const outbox = new Outbox(100)

  const sizes = range(10_000).map((i) => {
    outbox.add(deleted(`key-${i}`))
    return outbox.size
  })

  expect(Math.max(...sizes)).toBe(100)
})

test('keeps what could not be sent, and all after it', async () => {
  const outbox = new Outbox()
  for (const each of ['a', 'b', 'c']) outbox.add(deleted(each))
  const seen: Unsent[] = []
  const failing = outbox.drain(async (unsent) => {
    seen.push(unsent)
    if (seen.length === 2) throw new Error('gone')
  })
  await expect(failing).rejects.toThrow('gone')

  expect(await sent(outbox)).toEqual([deleted('b'), deleted('c')])
})

test('sends the clear too that an overflow has made while it was sending', async () => {
  const outbox = new Outbox(3)
  for (const each of ['a', 'b']) outbox.add(deleted(each))
  const seen: Unsent[] = []

  await outbox.drain(async (unsent) => {
    seen.push(unsent)
    if (seen.length === 1) outbox.add(deleted('c', 'd', 'e'))
  })

  expect(seen).toEqual([deleted('a'), { kind: 'change', change: { kind: 'clear' } }])
  expect(outbox.isEmpty).toBe(true)
})

test('has room again after it was sent', async () => {
  const outbox = new Outbox(3)
  outbox.add(tags('a', 'b', 'c'))
  await sent(outbox)
  outbox.add(tags('d', 'e', 'f'))

  expect(await sent(outbox)).toEqual([tags('d', 'e', 'f')])
})
