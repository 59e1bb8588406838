import { afterEach, expect, test } from 'vitest'
import { TagLearner } from '../../src/redis/tag-learner.ts'
import { fakeClock } from '../../src/testing/index.ts'
import { type Deferred, deferred, isSettled } from '../cache/support.ts'
import { range } from './rig.ts'

interface Question extends Deferred<void> {
  readonly tags: readonly string[]
}

const clock = fakeClock()
let asked: Question[] = []

function openLearner(): TagLearner {
  asked = []
  return new TagLearner(clock, (tags) => {
    const question = { tags, ...deferred<void>() }
    asked.push(question)
    return question.promise
  })
}

afterEach(() => expect(clock.pending).toBe(0))

test('asks once for all that is asked in one turn, and for each tag once', async () => {
  const learner = openLearner()
  const all = [learner.learn(['a', 'b']), learner.learn(['b', 'c']), learner.learn(['a'])]
  expect(asked).toEqual([])

  clock.advance(0)

  expect(asked.map(({ tags }) => tags)).toEqual([['a', 'b', 'c']])
  expect(await isSettled(all[0] as Promise<void>)).toBe(false)
  asked[0]?.resolve()
  await Promise.all(all)
})

test('asks for at most a thousand at once, and answers when all of them are known', async () => {
  const learner = openLearner()
  const tags = range(2_500).map((i) => `tag-${i}`)
  const learned = learner.learn(tags)

  clock.advance(0)

  expect(asked.map((question) => question.tags.length)).toEqual([1_000, 1_000, 500])
  expect(asked.flatMap((question) => question.tags)).toEqual(tags)
  for (const { resolve } of asked.slice(1)) resolve()
  expect(await isSettled(learned)).toBe(false)
  asked[0]?.resolve()
  await learned
})

test('what is asked while an answer is on its way is asked for by itself', async () => {
  const learner = openLearner()
  const first = learner.learn(['a'])
  clock.advance(0)

  const second = learner.learn(['a'])
  asked[0]?.resolve()
  await first
  clock.advance(0)

  expect(asked.map(({ tags }) => tags)).toEqual([['a'], ['a']])
  expect(await isSettled(second)).toBe(false)
  asked[1]?.resolve()
  await second
})

test('a question that fails fails for all who asked it, and for nobody after them', async () => {
  const learner = openLearner()
  const failing = [learner.learn(['a']), learner.learn(['b'])]
  clock.advance(0)
  const failed = failing.map((each) => expect(each).rejects.toThrow('gone'))
  asked[0]?.reject(new Error('gone'))
  await Promise.all(failed)

  const later = learner.learn(['a'])
  clock.advance(0)
  asked[1]?.resolve()

  await later
})
