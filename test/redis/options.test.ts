import { expect, test } from 'vitest'
import { addressFrom } from '../../src/redis/address.ts'
import { type RedisOptions, resolveRedisOptions } from '../../src/redis/options.ts'

test('reads every part of a URL', () => {
  expect(addressFrom({ url: 'rediss://us%40er:p%3Aw@redis.test:7000/5' })).toEqual({
    host: 'redis.test',
    port: 7000,
    socketPath: undefined,
    username: 'us@er',
    password: 'p:w',
    db: 5,
    tls: {},
  })
})

test('reads sockets, IPv6 addresses and what is left out', () => {
  expect(addressFrom({ url: 'unix:///run/redis%20a.sock?db=2' })).toMatchObject({
    socketPath: '/run/redis a.sock',
    db: 2,
  })
  expect(addressFrom({ url: 'redis://:secret@[::1]' })).toMatchObject({
    host: '::1',
    port: 6379,
    username: undefined,
    password: 'secret',
  })
  const plain = { host: 'host', port: 6379, db: 0, tls: undefined }
  expect(addressFrom({ host: 'host' })).toMatchObject(plain)
})

test('lets options win over the URL', () => {
  const address = addressFrom({ url: 'redis://a:b@host:1/2', port: 3, password: 'c', tls: true })

  expect(address).toMatchObject({ host: 'host', port: 3, password: 'c', db: 2, tls: {} })
  expect(addressFrom({ url: 'rediss://host', tls: false }).tls).toBeUndefined()
})

const BAD_URLS = ['', 'redis', 'http://me:secret@host', 'redis://', 'redis://me:sec%ret@host']

test.each(BAD_URLS)('A11 refuses the URL %j without showing it', (url) => {
  const attempt = (): unknown => addressFrom({ url })

  expect(attempt).toThrow('redis.url')
  expect(attempt).not.toThrow('secret')
})

const BAD: readonly (readonly [string, RedisOptions])[] = [
  ['redis.port', { port: 70_000 }],
  ['redis.port', { port: Number.NaN }],
  ['redis.db', { db: -1 }],
  ['redis.db', { url: 'redis://host/x' }],
  ['redis.poolSize', { poolSize: 0 }],
  ['redis.poolSize', { poolSize: 1.5 }],
  ['redis.commandTimeout', { commandTimeout: 0 }],
  ['redis.commandTimeout', { commandTimeout: 'soon' as never }],
  ['redis.maxRetries', { maxRetries: -1 }],
  ['redis.tracking', { tracking: 'push' as never }],
  ['redis.serveUnverified', { serveUnverified: 'yes' as never }],
  ['redis.breakerFailures', { breakerFailures: 0 }],
]

test.each(BAD)('names %s when it cannot work', (name, options) => {
  expect(() => resolveRedisOptions({ host: 'host', ...options })).toThrow(name)
})

test('wants to be told where the server is', () => {
  expect(() => resolveRedisOptions({})).toThrow('`url`, `host` or `socketPath`')
})

test('freezes what it has read', () => {
  expect(Object.isFrozen(resolveRedisOptions({ host: 'host' }))).toBe(true)
  expect(resolveRedisOptions({ host: 'host', maxUnverified: 0 }).maxUnverifiedMs).toBe(0)
})
