/*
 * The user that docs/redis.md shows, on a real server: it may do all that a cache does, and it is
 * given no command that the scripts and clients do not use.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Cache, createCache, type Tracking } from '../../src/index.ts'
import { eventually } from '../support/eventually.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { ROOT } from './snippets.ts'

const page = readFileSync(join(ROOT, 'docs/redis.md'), 'utf8')
const rules = (/^```acl\nuser stays (.*?)^```/ms.exec(page)?.[1] ?? '').trim().split(/\s+/)
const granted = rules.filter((rule) => rule.startsWith('+')).map((rule) => rule.slice(1))

/** Sent outside of scripts. */
const SENT = [
  ...['ping', 'subscribe', 'eval', 'evalsha', 'mget', 'set', 'unlink', 'scan'],
  ...['client|id', 'client|setname', 'client|tracking'],
]

const open: { close(): Promise<void> }[] = []
let server: RedisServer | undefined

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
  await server?.stop()
})

test.each(['keys', 'broadcast', 'pubsub', 'off'] as const)(
  'the user of the page may do all that a cache does with tracking %s',
  async (tracking) => {
    const redis = await serverWithUser()
    const writer = await openCache(tracking)
    const reader = await openCache(tracking)

    await useAll(writer, reader)

    await eventually(async () => {
      const sweepers = await redis.command('KEYS', '*:sweeper:*')
      expect(sweepers).toHaveLength(1)
    })
    expect(await redis.command('ACL', 'LOG')).toEqual([])
  },
)

test('the user of the page is given the commands that are used, and no other', () => {
  const folder = join(ROOT, 'src/redis/scripts')
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  const inScripts = [...texts.join('\n').matchAll(/redis\.call\('(\w+)'/g)].map(([, name]) => name)
  const used = new Set([...SENT, ...inScripts.map((name) => name?.toLowerCase())])

  expect([...granted].sort()).toEqual([...used].sort())
})

async function serverWithUser(): Promise<RedisServer> {
  server = await startRedis()
  await server.command('ACL', 'SETUSER', 'stays', ...rules)
  return server
}

async function openCache(tracking: Tracking): Promise<Cache> {
  const socketPath = server?.socketPath ?? ''
  const redis = { socketPath, username: 'stays', password: 'password', tracking }
  const cache = createCache({ namespace: 'stays', grace: '1h', redis })
  open.push(cache)
  await cache.ready()
  return cache
}

/** Every command and every branch of every script, but for those that only wait for time. */
async function useAll(writer: Cache, reader: Cache): Promise<void> {
  const options = { name: 'product', tags: (id: string) => [`product:${id}`] }
  const written = writer.define({ ...options, load: (id: string) => ({ id }) })
  const read = reader.define({ ...options, load: (id: string) => ({ id }) })
  const broken = writer.define({
    name: 'broken',
    load: (_id: string): string => {
      throw new Error('no')
    },
  })
  await written.get('1')
  await read.getMany(['1', '2', '3'])
  await written.set('4', { id: '4' })
  await written.expire('4')
  await read.get('4')
  await written.delete('4')
  await expect(broken.get('1')).rejects.toThrow('no')
  await writer.namespace('sub').getOrSet('key', () => 1)
  await writer.invalidateTags(['product:1'])
  await read.get('1')
  await writer.invalidatePattern('product:*')
  await writer.namespace('sub').clear()
}
