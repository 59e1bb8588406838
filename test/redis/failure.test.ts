import { expect, test } from 'vitest'
import { CacheError } from '../../src/base/errors.ts'
import { classify, type FailureKind, storeError } from '../../src/redis/failure.ts'

const REPLIES: readonly (readonly [string, FailureKind])[] = [
  ["OOM command not allowed when used memory > 'maxmemory'.", 'memory'],
  ["READONLY You can't write against a read only replica.", 'relocate'],
  ['UNBLOCKED force unblock from blocking operation, instance state changed', 'relocate'],
  ['LOADING Redis is loading the dataset in memory', 'unavailable'],
  ['BUSY Redis is busy running a script. You can only call SCRIPT KILL.', 'unavailable'],
  ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is 'no'.", 'unavailable'],
  ['NOREPLICAS Not enough good replicas to write.', 'unavailable'],
  ['MISCONF Redis is configured to save RDB snapshots, but it cannot.', 'unavailable'],
  ['CLUSTERDOWN The cluster is down', 'unavailable'],
  ['CLUSTERDOWN Hash slot not served', 'unavailable'],
  ['TRYAGAIN Multiple keys request during rehashing of slot', 'unavailable'],
  ['ERR max number of clients reached', 'unavailable'],
  ['NOAUTH Authentication required.', 'config'],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'config'],
  ['ERR invalid password', 'config'],
  ['ERR DB index is out of range', 'config'],
  ['DENIED Redis is running in protected mode.', 'config'],
  ["NOPERM this user has no permissions to run the 'get' command", 'denied'],
  ["ERR The user executing the script can't run this command or subcommand", 'denied'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'command'],
  ['NOSCRIPT No matching script. Please use EVAL.', 'command'],
  ["CROSSSLOT Keys in request don't hash to the same slot", 'command'],
]

test.each(REPLIES)('A10 knows what follows from "%s"', (message, kind) => {
  const error = Object.assign(new Error(message), { name: 'ReplyError' })

  expect(classify(error)).toBe(kind)
  const isOurs = kind === 'config' || kind === 'denied'
  expect(storeError(error, 'a test').code).toBe(isOurs ? 'ERR_CONFIG' : 'ERR_STORE')
})

const CODES: readonly (readonly [string, FailureKind])[] = [
  ['ECONNREFUSED', 'unavailable'],
  ['ECONNRESET', 'unavailable'],
  ['ENOTFOUND', 'unavailable'],
  ['ETIMEDOUT', 'unavailable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'config'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'config'],
  ['CERT_HAS_EXPIRED', 'config'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'config'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'config'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'config'],
]

test.each(CODES)('A10 knows what follows from the code %s', (code, kind) => {
  expect(classify(Object.assign(new Error('it failed'), { code }))).toBe(kind)
})

test('A10 says what failed, why and what to do, and keeps the cause', () => {
  const cause = Object.assign(new Error('NOPERM no permissions.'), { name: 'ReplyError' })

  const error = storeError(cause, 'an invalidation')

  expect(error.message).toBe(
    'Redis: an invalidation failed: NOPERM no permissions. ' +
      'Give the user this right (see docs/redis.md, "Rights").',
  )
  expect(error.cause).toBe(cause)
})

test('A11 lets no argument of a command out with the cause', () => {
  const command = { name: 'auth', args: ['user', 'secret'] }
  const cause = Object.assign(new Error('WRONGPASS no.'), { name: 'ReplyError', command })

  expect(JSON.stringify({ ...(storeError(cause, 'connecting').cause as object) })).toBe(
    '{"name":"ReplyError"}',
  )
})

test('A10 passes an error on that is ours already', () => {
  const ours = new CacheError('ERR_STORE_TIMEOUT', 'too late')

  expect(storeError(ours, 'anything')).toBe(ours)
})

test('A10 makes an error of whatever was thrown', () => {
  expect(storeError('nonsense', 'a test').message).toContain('nonsense')
  expect(classify(undefined)).toBe('unavailable')
})
