import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Semaphore } from '../../src/base/semaphore.ts'

test('runs go on up to the limit, the others in the order in which they came', async () => {
  const semaphore = new Semaphore(2, 10)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const runs = [0, 1, 2, 3].map((i) =>
    semaphore.run(() => {
      begun.push(i)
      return new Promise<void>((resolve) => ends.push(resolve))
    }),
  )
  expect([begun, semaphore.running, semaphore.waiting]).toEqual([[0, 1], 2, 2])

  ends[1]?.()
  await runs[1]
  await Promise.resolve()
  expect(begun).toEqual([0, 1, 2])
  ends[0]?.()
  ends[2]?.()
  await runs[2]
  await Promise.resolve()
  ends[3]?.()
  await Promise.all(runs)
  expect([semaphore.running, semaphore.waiting]).toEqual([0, 0])
})

test('one more than may wait is refused at once', async () => {
  const semaphore = new Semaphore(1, 1)
  let end = (): void => {}
  const first = semaphore.run(
    () =>
      new Promise<void>((resolve) => {
        end = resolve
      }),
  )
  const second = semaphore.run(async () => 2)

  await expect(semaphore.run(async () => 3)).rejects.toMatchObject({
    code: 'ERR_OVERLOAD',
    message: 'No room for another load: 1 loads run and 1 wait.',
  })
  end()
  expect([await first, await second]).toEqual([undefined, 2])
})

test('a run that fails, at once or later, makes room', async () => {
  const semaphore = new Semaphore(1, 0)
  const throws = (): never => {
    throw new Error('at once')
  }

  await expect(semaphore.run(throws)).rejects.toThrow('at once')
  await expect(semaphore.run(() => Promise.reject(new Error('later')))).rejects.toThrow('later')
  expect(await semaphore.run(async () => 1)).toBe(1)
})

test('never more run than may, and all get their turn', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.nat(4), { maxLength: 40 }),
      fc.scheduler(),
      async (limit, hops, scheduler) => {
        const semaphore = new Semaphore(limit, 100)
        let running = 0
        let most = 0
        const runs = hops.map((count, i) =>
          semaphore.run(async () => {
            running += 1
            most = Math.max(most, running)
            for (let hop = 0; hop < count; hop += 1) await scheduler.schedule(Promise.resolve())
            running -= 1
            return i
          }),
        )
        const all = Promise.all(runs)
        await scheduler.waitFor(all)

        expect(await all).toEqual(hops.map((_, i) => i))
        expect(most).toBeLessThanOrEqual(limit)
        expect([semaphore.running, semaphore.waiting]).toEqual([0, 0])
      },
    ),
    { numRuns: 100 },
  )
})
