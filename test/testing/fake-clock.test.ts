import { expect, test } from 'vitest'
import { sleep } from '../../src/base/clock.ts'
import { FAKE_START, fakeClock } from '../../src/testing/fake-clock.ts'

test('stands still until it is moved', () => {
  const clock = fakeClock(5)

  clock.advance(10)

  expect(clock.now()).toBe(15)
  expect(clock.coarseNow()).toBe(15)
  expect(fakeClock().now()).toBe(FAKE_START)
})

test('runs due timers in order of time, then of scheduling, each at its own moment', () => {
  const clock = fakeClock(0)
  const ran: string[] = []
  clock.schedule(20, () => ran.push(`late ${clock.now()}`))
  clock.schedule(10, () => ran.push(`first ${clock.now()}`))
  clock.schedule(10, () => ran.push(`second ${clock.now()}`))
  clock.schedule(31, () => ran.push('not yet'))

  clock.advance(30)

  expect(ran).toEqual(['first 10', 'second 10', 'late 20'])
  expect(clock.pending).toBe(1)
})

test('runs timers that timers schedule within the span', () => {
  const clock = fakeClock(0)
  const ran: number[] = []
  const again = (): void => {
    ran.push(clock.now())
    clock.schedule(10, again)
  }
  clock.schedule(10, again)

  clock.advance(35)

  expect(ran).toEqual([10, 20, 30])
  expect(clock.now()).toBe(35)
})

test('forgets a cancelled timer, and cancelling twice is allowed', () => {
  const clock = fakeClock()
  const cancel = clock.schedule(10, () => expect.unreachable())

  cancel()
  cancel()
  clock.advance(10)

  expect(clock.pending).toBe(0)
})

test('runs what waits for input on the next move, even of no length', () => {
  const clock = fakeClock()
  let ran = false
  clock.afterInput(() => {
    ran = true
  })
  expect(ran).toBe(false)

  clock.advance(0)

  expect(ran).toBe(true)
})

test('lets promises settle between timers when advanced asynchronously', async () => {
  const clock = fakeClock(0)
  const moments: number[] = []
  const walk = async (): Promise<void> => {
    for (let step = 0; step < 3; step++) {
      await sleep(clock, 10)
      moments.push(clock.now())
    }
  }
  const walked = walk()

  await clock.advanceAsync(30)
  await walked

  expect(moments).toEqual([10, 20, 30])
})

test('draws the same chance from the same seed', () => {
  const [one, other] = [fakeClock(), fakeClock()]
  expect(one.random()).toBe(other.random())

  one.setRandom({ seed: 7 })
  other.setRandom({ seed: 7 })
  expect([one.random(), one.random()]).toEqual([other.random(), other.random()])

  one.setRandom(0.25)
  expect(one.random()).toBe(0.25)

  one.setRandom(() => 0.75)
  expect(one.random()).toBe(0.75)
})

test('refuses a delay that is no number, and a timer that never ends', () => {
  const clock = fakeClock()
  expect(() => clock.schedule(Number.NaN, () => {})).toThrow('got NaN')

  const forever = (): void => void clock.schedule(0, forever)
  clock.schedule(0, forever)
  expect(() => clock.advance(1)).toThrow('one schedules itself again')
})
