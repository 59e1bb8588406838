import { expect, test } from 'vitest'
import { createAuthority } from '../support/certificates.ts'
import { settles, useRig, type Watched } from './rig.ts'

/* A12: what a client and a server with this or that certificate make of each other. */

const rig = useRig()
const authority = createAuthority()
const stranger = createAuthority()
const HASTY = { maxRetries: 0, handshakeTimeout: 500, connectTimeout: 500 } as const

/** A socket that is reset may lose the reason on its way: the next attempt tells it again. */
async function failure({ cache }: Watched): Promise<unknown> {
  return settles(cache.ready()).catch((error: unknown) => error)
}

test('A12 a certificate of the authority that was named is accepted', async () => {
  const server = await rig.redis({ tls: { authority } })
  const { cache } = await rig.ready(server, { redis: { tls: { ca: authority.cert } } })

  expect((await cache.set('a', 1)).applied).toBe('all')
})

test('A12 a certificate of another authority is refused', async () => {
  const server = await rig.redis({ tls: { authority } })
  const here = rig.cache(server, { redis: { ...HASTY, tls: { ca: stranger.cert } } })

  const error = await failure(here)

  expect(error).toMatchObject({ code: 'ERR_CONFIG' })
  expect(String(error)).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN/)
})

test('A12 a private authority that was not named is refused', async () => {
  const server = await rig.redis({ tls: { authority } })
  const here = rig.cache(server, { redis: HASTY })

  const error = await failure(here)

  expect(error).toMatchObject({ code: 'ERR_CONFIG' })
  expect(String(error)).toContain('Check the TLS options')
})

test('A12 an expired certificate is refused', async () => {
  const expired = authority.issue({ expired: true })
  const server = await rig.redis({ tls: { authority, server: expired } })
  const here = rig.cache(server, { redis: { ...HASTY, tls: { ca: authority.cert } } })

  const error = await failure(here)

  expect(error).toMatchObject({ code: 'ERR_CONFIG' })
  expect(String(error)).toContain('CERT_HAS_EXPIRED')
})

test('A12 a certificate for another name is refused', async () => {
  const other = authority.issue({ names: ['DNS:elsewhere.test'] })
  const server = await rig.redis({ tls: { authority, server: other } })
  const here = rig.cache(server, { redis: { ...HASTY, tls: { ca: authority.cert } } })

  const error = await failure(here)

  expect(error).toMatchObject({ code: 'ERR_CONFIG' })
  expect(String(error)).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
})

test('A12 a server that wants a certificate of ours refuses us without one', async () => {
  const server = await rig.redis({ tls: { authority }, config: { 'tls-auth-clients': 'yes' } })
  const here = rig.cache(server, {
    redis: { ...HASTY, maxRetries: 20, tls: { ca: authority.cert } },
  })

  expect(await failure(here)).toMatchObject({ code: 'ERR_CONFIG' })
})

test('A12 a server that wants a certificate of ours refuses a stranger', async () => {
  const server = await rig.redis({ tls: { authority }, config: { 'tls-auth-clients': 'yes' } })
  const { cert, key } = stranger.issue()
  const here = rig.cache(server, {
    redis: { ...HASTY, maxRetries: 20, tls: { ca: authority.cert, cert, key } },
  })

  expect(await failure(here)).toMatchObject({ code: 'ERR_CONFIG' })
})

test('A12 both sides may ask for a certificate', async () => {
  const server = await rig.redis({ tls: { authority }, config: { 'tls-auth-clients': 'yes' } })
  const { cert, key } = authority.issue()
  const { cache } = await rig.ready(server, { redis: { tls: { ca: authority.cert, cert, key } } })

  expect((await cache.set('a', 1)).applied).toBe('all')
})

test('A12 a TLS client at a plain port is told within the handshake timeout', async () => {
  const server = await rig.redis()
  const here = rig.cache(`rediss://127.0.0.1:${server.port}`, { redis: HASTY })

  expect(await failure(here)).toMatchObject({ code: expect.stringMatching(/^ERR_(STORE|CONFIG)/) })
})

test('A12 a plain client at a TLS port is told', async () => {
  const server = await rig.redis({ tls: { authority } })
  const here = rig.cache(`redis://127.0.0.1:${server.port}`, { redis: HASTY })

  expect(await failure(here)).toMatchObject({ code: expect.stringMatching(/^ERR_STORE/) })
  expect(await settles(here.cache.getOrSet('a', () => 'loaded'))).toBe('loaded')
})
