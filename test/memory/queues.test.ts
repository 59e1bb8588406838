import { expect, test } from 'vitest'
import { OUT, PROBATION, Queues, WINDOW } from '../../src/memory/queues.ts'

test('queues give back the oldest first, wherever a slot was taken out', () => {
  const queues = new Queues(2)
  queues.resize(5)
  for (const slot of [0, 1, 2, 3]) queues.push(slot, WINDOW)
  queues.push(4, PROBATION)

  queues.remove(1)
  queues.remove(3)

  expect([queues.oldest(WINDOW), queues.newerThan(0), queues.newerThan(2)]).toEqual([0, 2, -1])
  expect([queues.queueOf(1), queues.queueOf(2)]).toEqual([OUT, WINDOW])
  queues.remove(4)
  expect(queues.oldest(PROBATION)).toBe(-1)
})
