import { expect, test } from 'vitest'
import { decide, findProgram, SERVICES, type Service } from '../../scripts/services.ts'

const redis = SERVICES[0] as Service
const bare = { named: undefined, found: false, isRoot: false, hasApt: true }

test('asks nothing of a machine that has the program', () => {
  expect(decide(redis, { ...bare, found: true })).toBe('nothing')
})

test('installs where it may', () => {
  expect(decide(redis, { ...bare, isRoot: true })).toBe('install')
})

test('says the exact command where it may not install', () => {
  expect(decide(redis, bare)).toEqual({
    refuse: expect.stringContaining(
      'Type: sudo apt-get install -y --no-install-recommends redis-server',
    ),
  })
  expect(decide(redis, { ...bare, isRoot: true, hasApt: false })).toEqual({
    refuse: expect.stringContaining('REDIS_SERVER_BIN'),
  })
})

test('never replaces a binary that was named', () => {
  expect(decide(redis, { ...bare, named: '/no/such', isRoot: true })).toEqual({
    refuse: "REDIS_SERVER_BIN names '/no/such', which is no program that can be run.",
  })
})

test('finds programs by name and by path', () => {
  expect(findProgram('sh')).toMatch(/\/sh$/)
  expect(findProgram('/bin/sh')).toBe('/bin/sh')
  expect(findProgram('no-such-program')).toBeUndefined()
})
