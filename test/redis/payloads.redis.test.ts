import { expect, test } from 'vitest'
import { ENVELOPE_VERSION } from '../../src/store/envelope.ts'
import { poisons } from '../store/poison.ts'
import { counted, PATIENT, range, settles, until, useRig } from './rig.ts'

/* What may lie under a key of ours, and what becomes of values that do not fit. */

const rig = useRig(PATIENT)
const ENTRY = 'test:kv:{a}'

test('D01 whatever lies under a key, the loader is called, and an event says why', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { memory: false })
  const client = server.client()

  for (const [name, bytes] of poisons) {
    await client.set(ENTRY, bytes)
    const load = counted(() => 'loaded')

    expect(await settles(here.cache.getOrSet('a', load)), name).toBe('loaded')
    expect(load.runs, name).toBe(1)
  }
  expect(await settles(here.cache.getMany(['a', 'b']))).toBeDefined()

  expect(here.said.error).toEqual([])
  expect(here.said.rejected.length).toBeGreaterThan(poisons.length / 2)
  expect(new Set(here.said.rejected.map(({ key }) => key))).toEqual(new Set([ENTRY]))
})

test('A13 a stored entry of which any byte is changed or missing is a miss', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { memory: false })
  await here.cache.set('a', { text: 'a value of some length', list: [1, 2, 3] }, { tags: ['red'] })
  const client = server.client()
  const bytes = (await client.getBuffer(ENTRY)) as Buffer

  const spoilt = [
    ...range(bytes.length).map((at) => changed(bytes, at)),
    ...range(bytes.length).map((length) => bytes.subarray(0, length)),
  ]
  for (const each of spoilt) {
    await client.set(ENTRY, each)
    expect(await here.cache.get('a')).toBeUndefined()
  }

  expect(here.said.rejected.length).toBeGreaterThan(bytes.length)
  await client.set(ENTRY, bytes)
  expect(await here.cache.get('a')).toMatchObject({ list: [1, 2, 3] })
})

test('B15 an entry of a newer version is neither read nor overwritten by a load', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('a', 'ours')
  const client = server.client()
  const newer = (await client.getBuffer(ENTRY)) as Buffer
  newer[2] = ENVELOPE_VERSION + 1
  await client.set(ENTRY, newer)
  await until(() => here.cache.peek('a') === undefined)

  expect(await here.cache.getOrSet('a', () => 'loaded')).toBe('loaded')
  const many = await here.cache.getOrSetMany(['a', 'b'], (keys) => keys.map(() => 'batch'))

  expect(many).toEqual(['loaded', 'batch'])
  expect(await client.getBuffer(ENTRY)).toEqual(newer)
  expect(here.said.rejected[0]).toEqual({ key: ENTRY, reason: 'newer-version' })
  expect(here.said.error).toEqual([])
})

test('B15 a delete and a set still reach an entry of a newer version', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const client = server.client()
  const newer = Buffer.from(changedVersion)

  await client.set(ENTRY, newer)
  await here.cache.delete('a')
  expect(await client.exists(ENTRY)).toBe(0)
  await client.set(ENTRY, newer)
  await here.cache.set('a', 'ours')
  expect(await here.cache.get('a')).toBe('ours')
})

const changedVersion = [0xc7, 0xca, ENVELOPE_VERSION + 1, ...range(100)]

test('D10 a value that is too large is served and counted, and leaves nothing older behind', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { maxValueBytes: '10kb' })
  const there = await rig.ready(server, { maxValueBytes: '10kb' })
  const large = Array.from({ length: 20_000 }, () => Math.random())
  await here.cache.set('a', 'small')
  expect(await there.cache.get('a')).toBe('small')

  expect((await here.cache.set('a', large)).applied).toBe('local')
  expect(await here.cache.getOrSet('b', () => large)).toEqual(large)

  expect(await server.command('EXISTS', ENTRY, 'test:kv:{b}', 'test:kv:{b}:l')).toBe(0)
  await until(async () => (await there.cache.get('a')) === undefined)
  expect(here.cache.stats().unstorable).toBe(2)
  expect(here.said.error).toHaveLength(2)
})

test('D10 a load that ends with too large a value wakes those who wait for it', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { maxValueBytes: '1kb' })
  const there = await rig.ready(server, { maxValueBytes: '1kb' })
  const large = Array.from({ length: 2_000 }, () => Math.random())
  const load = counted(() => large)

  const both = await settles(
    Promise.all([here.cache.getOrSet('a', load), there.cache.getOrSet('a', load)]),
  )

  expect(both).toEqual([large, large])
  expect(load.runs).toBe(2)
})

test('a value that cannot be encoded is served all the same', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const value = { run: () => 1 }

  expect(await here.cache.getOrSet('a', () => value)).toBe(value)

  expect(here.cache.stats().unstorable).toBe(1)
})

test('an entry of another schema of its definition is loaded anew', async () => {
  const server = await rig.redis()
  const older = await rig.ready(server)
  const newer = await rig.ready(server)
  const settings = { name: 'user', key: (id: string) => id }
  const users = older.cache.define({ ...settings, load: () => 'old shape', version: 1 })
  const changedUsers = newer.cache.define({ ...settings, load: () => 'new shape', version: 2 })

  expect(await users.get('1')).toBe('old shape')
  expect(await changedUsers.get('1')).toBe('new shape')
})

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] as number) ^ 0x5a
  return copy
}
