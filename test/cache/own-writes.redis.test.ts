import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { range, until, untilShared, useRig } from '../redis/rig.ts'

const rig = useRig()
const THREADS = Number(process.env.UV_THREADPOOL_SIZE ?? 4)
/** Too large to be compressed at once: that is left to another thread. */
const LARGE = 'large '.repeat(20_000)

/**
 * Keeps the threads busy that compress: each opens a pipe for reading, and waits for who writes.
 *
 * @returns lets them go
 */
function holdThreads(folder: string): () => Promise<void> {
  const pipe = join(folder, 'held')
  execFileSync('mkfifo', [pipe])
  const readers = range(THREADS).map(() => open(pipe, 'r'))
  let writer: number | undefined
  return async () => {
    if (writer !== undefined) return
    writer = openSync(pipe, 'r+')
    await Promise.all(readers.map((reader) => reader.then((file: FileHandle) => file.close())))
    closeSync(writer)
  }
}

test('a set leaves no older value behind that a reader has brought back meanwhile', async () => {
  const server = await rig.redis()
  // Nobody tells a process of its own writes in this mode, not even by chance.
  const here = await rig.ready(server, { redis: { tracking: 'pubsub' } })
  const other = await rig.ready(server, { redis: { tracking: 'pubsub' } })
  await other.cache.set('a', 'old')
  const letGo = holdThreads(server.folder)
  rig.closing(letGo)

  const write = here.cache.set('a', LARGE, { tags: ['red'] })
  expect(await here.cache.get('a')).toBe('old')
  expect(here.cache.peek('a')).toBe('old')
  // The new value is outdated before it is stored, so that it cannot take the old one's place.
  await other.cache.invalidateTags(['red'])
  await until(() => here.said.invalidate.length === 1)
  await letGo()

  expect((await write).applied).toBe('all')
  expect(here.cache.peek('a')).toBeUndefined()
  expect(await here.cache.get('a')).toBeUndefined()
  expect(await other.cache.get('a')).toBeUndefined()
})

test('the value of a set is in memory when it is done, whatever was read meanwhile', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const other = await rig.ready(server)
  await other.cache.set('a', 'old')
  const letGo = holdThreads(server.folder)
  rig.closing(letGo)

  const write = here.cache.set('a', LARGE)
  expect(await here.cache.get('a')).toBe('old')
  await letGo()
  await write

  expect(here.cache.peek('a')).toBe(LARGE)
  await until(async () => (await other.cache.get('a')) === LARGE)
})

test('a set that outlives its namespace leaves nothing in the one opened anew', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const here = await rig.ready(proxy)
  const first = here.cache.namespace('sub')
  await until(() => first.stats().shared?.isAvailable === true)
  const letGo = holdThreads(server.folder)
  rig.closing(letGo)
  const write = first.set('a', LARGE)
  await first.close()
  const second = here.cache.namespace('sub')
  await second.delete('a')

  // Where it cannot be stored, memory is all that could keep it.
  await proxy.set({ refuse: true })
  proxy.reset()
  await untilShared(here, false)
  await letGo()

  expect((await write).applied).toBe('local')
  expect(second.peek('a')).toBeUndefined()
})
