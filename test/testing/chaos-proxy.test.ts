import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ChaosProxy, chaosProxy } from '../../src/testing/chaos-proxy.ts'
import { eventually } from '../support/eventually.ts'
import { expectNothingLeft, type OpenResources, openResources } from '../support/invariants.ts'

let before: OpenResources
let echo: Server
let proxy: ChaosProxy
let serverSide: Socket[]
const clients: Socket[] = []

beforeEach(async () => {
  before = openResources()
  serverSide = []
  echo = createServer((socket) => {
    serverSide.push(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await chaosProxy({ port: portOf(echo) })
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await proxy.close()
  await proxy.close()
  for (const socket of serverSide) socket.destroy()
  echo.close()
  await expectNothingLeft(before)
})

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

interface Client {
  readonly socket: Socket
  readonly pieces: Buffer[]
  text(): string
}

async function open(): Promise<Client> {
  const socket = connect({ port: proxy.port, host: proxy.host })
  clients.push(socket)
  const pieces: Buffer[] = []
  socket.on('data', (piece) => pieces.push(piece))
  socket.on('error', () => {})
  await once(socket, 'connect')
  return { socket, pieces, text: () => Buffer.concat(pieces).toString() }
}

/** A piece that has gone round: whatever was to come before it has come. */
async function roundTrip(client: Client, text: string): Promise<void> {
  const expected = client.text() + text
  client.socket.write(text)
  await eventually(() => expect(client.text()).toBe(expected))
}

test('passes bytes on in both directions and counts them', async () => {
  const client = await open()

  await roundTrip(client, 'hello')

  expect(proxy.bytes).toEqual({ toClient: 5, toServer: 5 })
  expect(proxy.connections).toBe(1)
  expect(proxy.accepted).toBe(1)
})

test('passes an orderly end on and forgets the connection', async () => {
  const client = await open()
  await roundTrip(client, 'hello')

  client.socket.end()
  await eventually(() => client.socket.closed)

  await eventually(() => proxy.connections === 0)
  expect(client.socket.errored).toBeNull()
})

test('delays what passes, and keeps its order under jitter', async () => {
  await proxy.set({ latencyMs: 5, jitterMs: 10 })
  const client = await open()

  for (let i = 0; i < 20; i++) client.socket.write(`${i},`)

  await eventually(() => expect(client.text()).toMatch(/19,$/))
  expect(client.text()).toBe(Array.from({ length: 20 }, (_, i) => `${i},`).join(''))
})

test('swallows replies in silence, and lets them through when it heals', async () => {
  const client = await open()
  await roundTrip(client, 'a')

  await proxy.set({ blackHole: 'toClient' })
  client.socket.write('b')
  await eventually(() => proxy.bytes.toServer === 2)
  expect(client.text()).toBe('a')
  expect(client.socket.destroyed).toBe(false)

  await proxy.heal()
  await eventually(() => client.text() === 'ab')
})

test('swallows requests alone', async () => {
  const client = await open()
  await roundTrip(client, 'a')

  await proxy.set({ blackHole: 'toServer' })
  client.socket.write('b')
  serverSide[0]?.write('from the server')

  await eventually(() => client.text() === 'afrom the server')
  expect(proxy.bytes.toServer).toBe(1)
})

test('tells nobody of an end behind a black hole', async () => {
  const client = await open()
  await roundTrip(client, 'a')

  await proxy.set({ blackHole: 'both' })
  client.socket.end()
  await once(client.socket, 'finish')
  expect(serverSide[0]?.readableEnded).toBe(false)

  await proxy.heal()
  await eventually(() => serverSide[0]?.readableEnded === true)
})

test('refuses new connections on the same port and takes them again', async () => {
  const client = await open()
  const { port } = proxy

  await proxy.set({ refuse: true })
  await expect(open()).rejects.toThrow('ECONNREFUSED')
  await roundTrip(client, 'still open')

  await proxy.heal()
  expect(proxy.port).toBe(port)
  await roundTrip(await open(), 'open again')
})

test('resets every connection on both sides', async () => {
  const client = await open()
  await roundTrip(client, 'a')

  expect(proxy.reset()).toBe(1)

  await eventually(() => client.socket.closed)
  expect(client.socket.errored).toMatchObject({ code: 'ECONNRESET' })
  await eventually(() => serverSide[0]?.destroyed === true)
  expect(proxy.connections).toBe(0)
})

test('resets its client where no server listens', async () => {
  echo.close()
  for (const socket of serverSide) socket.destroy()

  const client = await open()

  await eventually(() => client.socket.closed)
  await eventually(() => proxy.connections === 0)
})

test('passes a reset on', async () => {
  const client = await open()
  await roundTrip(client, 'a')

  client.socket.resetAndDestroy()

  await eventually(() => serverSide[0]?.destroyed === true)
  await eventually(() => proxy.connections === 0)
})

test('cuts a stream after so many bytes, once', async () => {
  await proxy.set({ cut: { direction: 'toClient', at: 3 } })
  const client = await open()

  client.socket.write('hello')
  await eventually(() => client.socket.closed)
  expect(client.text()).toBe('hel')

  await roundTrip(await open(), 'hello')
})

test('cuts before the first byte', async () => {
  await proxy.set({ cut: { direction: 'toClient', at: 0 } })
  const client = await open()

  client.socket.write('hello')
  await eventually(() => client.socket.closed)

  expect(client.text()).toBe('')
})

test('changes one byte, the same one for the same seed', async () => {
  const texts: string[] = []
  for (const _ of [1, 2]) {
    await proxy.close()
    proxy = await chaosProxy({ port: portOf(echo) }, { seed: 7 })
    await proxy.set({ corrupt: { direction: 'toServer', at: 2 } })
    const client = await open()
    client.socket.write('hello')
    await eventually(() => proxy.bytes.toClient === 5)
    await eventually(() => Buffer.concat(client.pieces).length === 5)
    texts.push(Buffer.concat(client.pieces).toString('latin1'))
  }

  expect(texts[0]).toBe(texts[1])
  expect(texts[0]).not.toBe('hello')
  expect(`${texts[0]?.slice(0, 2)}l${texts[0]?.slice(3)}`).toBe('hello')
})

test('splits a stream into pieces that arrive one by one', async () => {
  await proxy.set({ chunkBytes: 1 })
  const client = await open()

  client.socket.write('hello')

  await eventually(() => client.text() === 'hello')
  expect(client.pieces.length).toBeGreaterThan(1)
})

test('carries more than any buffer holds while a receiver waits', async () => {
  const client = await open()
  const sent = Buffer.alloc(8_000_000, 'x')

  client.socket.pause()
  client.socket.write(sent)
  await eventually(() => proxy.bytes.toServer > 0)
  client.socket.resume()

  await eventually(() => proxy.bytes.toClient === sent.length)
  await eventually(() => client.pieces.reduce((sum, { length }) => sum + length, 0) === sent.length)
})

test('stands in front of a unix socket too', async () => {
  const path = join(tmpdir(), `cachetier-proxy-${process.pid}.sock`)
  const onSocket = createServer((socket) => socket.pipe(socket)).listen(path)
  await once(onSocket, 'listening')
  await proxy.close()
  proxy = await chaosProxy({ path }, { faults: { chunkBytes: 2 } })

  const client = await open()
  await roundTrip(client, 'hello')

  client.socket.destroy()
  onSocket.close()
})
