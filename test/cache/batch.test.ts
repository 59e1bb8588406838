import { expect, test, vi } from 'vitest'
import { Batch } from '../../src/cache/batch.ts'
import { LoadNotes } from '../../src/cache/load-context.ts'
import { turn } from './support.ts'

function notes(): { readonly notes: LoadNotes; readonly controller: AbortController } {
  const controller = new AbortController()
  return { controller, notes: new LoadNotes(controller, undefined) }
}

test('a batch loads once each member has asked or stepped back', async () => {
  const loadMany = vi.fn(async (ids: readonly number[]) => ids.map((id) => id * 10))
  const batch = new Batch<number, number>(3, loadMany)
  const [one, two, three] = [1, 2, 3].map((id) => batch.member(id))

  const first = one?.load(notes().notes)
  two?.stepBack()
  two?.stepBack()
  await turn()
  expect(loadMany).not.toHaveBeenCalled()

  const third = three?.load(notes().notes)
  expect(await Promise.all([first, third])).toEqual([10, 30])
  expect(loadMany.mock.calls.map(([ids]) => ids)).toEqual([[1, 3]])
})

test('a batch of which all have stepped back loads nothing', async () => {
  const loadMany = vi.fn(async () => [])
  const batch = new Batch<number, number>(2, loadMany)

  for (const id of [1, 2]) batch.member(id).stepBack()
  await turn()

  expect(loadMany).not.toHaveBeenCalled()
})

test('a member that asks again is loaded by itself', async () => {
  const loadMany = vi.fn(async (ids: readonly number[]) => ids.map((id) => id * 10))
  const batch = new Batch<number, number>(2, loadMany)
  const [one, two] = [1, 2].map((id) => batch.member(id))
  await Promise.all([one?.load(notes().notes), two?.load(notes().notes)])

  expect(await two?.load(notes().notes)).toBe(20)
  expect(loadMany.mock.calls.map(([ids]) => ids)).toEqual([[1, 2], [2]])
})

test('a batch that fails fails for all its members', async () => {
  const batch = new Batch<number, number>(2, () => {
    throw new Error('down')
  })
  const loads = [1, 2].map((id) => batch.member(id).load(notes().notes))

  const outcomes = await Promise.allSettled(loads)

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('a batch is told to stop when each of its members is', async () => {
  const signals: AbortSignal[] = []
  const batch = new Batch<number, number>(2, (_ids, { signal }) => {
    signals.push(signal)
    return new Promise(() => {})
  })
  const members = [notes(), notes()]
  for (const [id, each] of members.entries()) void batch.member(id).load(each.notes)
  await turn()

  members[0]?.controller.abort()
  expect(signals[0]?.aborted).toBe(false)
  members[1]?.controller.abort()
  expect(signals[0]?.aborted).toBe(true)
})
