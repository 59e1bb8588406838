import { expect, test } from 'vitest'
import { Turns } from '../../src/base/turns.ts'
import { type Deferred, deferred, isSettled, turn } from '../cache/support.ts'

interface Runs {
  readonly turns: Turns<string>
  readonly begun: readonly Deferred<string>[]
  come(key?: string): Promise<string>
}

/** Runs that end when told to, in the order in which they began. */
function openRuns(): Runs {
  const turns = new Turns<string>()
  const begun: Deferred<string>[] = []
  const start = (): Promise<string> => {
    const run = deferred<string>()
    begun.push(run)
    return run.promise
  }
  return { turns, begun, come: (key = 'a') => turns.run(key, start) }
}

test('the first who comes begins at once', async () => {
  const { come, begun } = openRuns()

  const first = come()

  expect(begun).toHaveLength(1)
  begun[0]?.resolve('one')
  expect(await first).toBe('one')
})

test('all who come during a run share the next, which begins when that one is over', async () => {
  const { come, begun } = openRuns()
  const first = come()
  const later = [come(), come(), come()]
  await turn()
  expect(begun).toHaveLength(1)

  begun[0]?.resolve('one')
  await turn()
  expect(begun).toHaveLength(2)
  begun[1]?.resolve('two')

  expect(await first).toBe('one')
  expect(await Promise.all(later)).toEqual(['two', 'two', 'two'])
  expect(begun).toHaveLength(2)
})

test('who comes when the shared run has begun waits for one more', async () => {
  const { come, begun } = openRuns()
  const first = come()
  const second = come()
  begun[0]?.resolve('one')
  await first
  await turn()

  const third = come()

  expect(third).not.toBe(second)
  begun[1]?.resolve('two')
  expect(await second).toBe('two')
  expect(await isSettled(third)).toBe(false)
  begun[2]?.resolve('three')
  expect(await third).toBe('three')
})

test('a run that fails fails for those who share it, and the next begins all the same', async () => {
  const { come, begun } = openRuns()
  const first = come()
  const second = [come(), come()]

  begun[0]?.reject(new Error('one'))
  await expect(first).rejects.toThrow('one')
  await turn()
  const third = come()
  const failed = second.map((each) => expect(each).rejects.toThrow('two'))
  begun[1]?.reject(new Error('two'))
  await Promise.all(failed)
  await turn()
  begun[2]?.resolve('three')

  expect(await third).toBe('three')
})

test('keys do not wait for each other', () => {
  const { come, begun } = openRuns()

  void come('a')
  void come('b')

  expect(begun).toHaveLength(2)
})

test('begins at once again when nothing runs any more', async () => {
  const { come, begun } = openRuns()
  const both = [come(), come()]
  begun[0]?.resolve('one')
  await turn()
  begun[1]?.resolve('two')
  await Promise.all(both)
  await turn()

  const late = come()

  expect(begun).toHaveLength(3)
  begun[2]?.resolve('three')
  expect(await late).toBe('three')
})
