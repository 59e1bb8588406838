import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createAuthority } from './certificates.ts'
import { eventually } from './eventually.ts'
import { expectNothingLeft, openResources } from './invariants.ts'
import { type RedisServer, type RedisServerOptions, startRedis } from './redis-server.ts'

const started: RedisServer[] = []

async function start(options?: RedisServerOptions): Promise<RedisServer> {
  const server = await startRedis(options)
  started.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()))
})

test('answers on a unix socket and leaves nothing behind', async () => {
  const before = openResources()
  const server = await start()
  expect(await server.client().ping()).toBe('PONG')
  expect(server.url).toBe(`unix://${server.socketPath}`)
  const { pid } = server

  await server.stop()
  await server.stop()

  expect(existsSync(server.folder)).toBe(false)
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  await expectNothingLeft(before)
})

test('listens on a TCP port when asked to', async () => {
  const server = await start({ tcp: true })

  expect(server.url).toBe(`redis://127.0.0.1:${server.port}`)
  expect(await server.client().ping()).toBe('PONG')
})

test('speaks TLS with certificates of a private authority', async () => {
  const authority = createAuthority()
  const server = await start({ tls: { authority } })

  expect(await server.client().ping()).toBe('PONG')
  const stranger = server.client({ tls: { ca: createAuthority().cert } })
  await expect(stranger.ping()).rejects.toThrow()
})

test('comes back empty, or with its data', async () => {
  const server = await start()
  const { pid } = server
  await server.command('SET', 'a', '1')

  await server.restart({ keepData: true })
  expect(await server.command('GET', 'a')).toBe('1')

  await server.restart()
  expect(await server.command('GET', 'a')).toBeNull()
  expect(server.pid).not.toBe(pid)
})

test('freezes and goes on', async () => {
  const server = await start()
  const client = server.client()
  await client.ping()
  let hasAnswered = false

  server.pause()
  const reply = client.ping().then(() => {
    hasAnswered = true
  })
  // The kernel still accepts: this is what tells a frozen server from a dead one.
  await new Promise<void>((resolve) => {
    const socket = connect({ path: server.socketPath }, () => {
      socket.destroy()
      resolve()
    })
  })
  expect(hasAnswered).toBe(false)

  server.resume()
  await reply
})

test('takes directives at the start and later', async () => {
  const server = await start({
    config: { requirepass: 'secret', maxmemory: '50mb' },
    admin: { password: 'secret' },
  })

  await server.config({ maxmemory: '60mb', 'maxmemory-policy': 'allkeys-lru' })

  expect(await server.command('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '62914560'])
  await expect(server.client().get('a')).rejects.toThrow('NOAUTH')
})

test('cuts its clients when it is killed', async () => {
  const server = await start()
  const client = server.client()
  await client.ping()

  await server.kill()

  await eventually(() => client.status === 'end')
})

test('shows what the server wrote when it does not start', async () => {
  await expect(start({ config: { 'no-such-directive': '1' } })).rejects.toThrow('no-such-directive')
})

test('stops a paused server', async () => {
  const server = await start()
  server.pause()

  await server.stop()

  expect(existsSync(server.folder)).toBe(false)
})
