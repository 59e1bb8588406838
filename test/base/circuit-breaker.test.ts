import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BreakerState, CircuitBreaker } from '../../src/base/circuit-breaker.ts'

const FAILURES = 3
const COOLDOWN_MS = 250

function breaker(): { readonly breaker: CircuitBreaker; readonly states: BreakerState[] } {
  const states: BreakerState[] = []
  const settings = { failures: FAILURES, cooldownMs: COOLDOWN_MS }
  return { breaker: new CircuitBreaker(settings, (state) => void states.push(state)), states }
}

test('opens after so many failures in a row, not after so many at all', () => {
  const { breaker: each, states } = breaker()
  each.failed(0)
  each.failed(0)
  each.succeeded()
  each.failed(0)
  each.failed(0)
  expect(each.isClosed).toBe(true)

  each.failed(0)

  expect(states).toEqual(['open'])
})

test('lets one probe pass after its pause, and closes when it succeeds', () => {
  const { breaker: each, states } = breaker()
  for (const at of [0, 0, 0]) each.failed(at)

  expect(each.mayProbe(COOLDOWN_MS - 1)).toBe(false)
  expect(each.mayProbe(COOLDOWN_MS)).toBe(true)
  expect(each.mayProbe(COOLDOWN_MS)).toBe(false)
  each.succeeded()

  expect(states).toEqual(['open', 'half-open', 'closed'])
})

test('opens anew when the probe fails', () => {
  const { breaker: each, states } = breaker()
  for (const at of [0, 0, 0]) each.failed(at)
  each.mayProbe(COOLDOWN_MS)

  each.failed(COOLDOWN_MS)

  expect(states.at(-1)).toBe('open')
  expect(each.mayProbe(COOLDOWN_MS * 2 - 1)).toBe(false)
  expect(each.mayProbe(COOLDOWN_MS * 2)).toBe(true)
})

/* A19: the same as a table of transitions, under random events and a clock that jumps. */

interface Reference {
  state: BreakerState
  failures: number
  openedAt: number
}

const TRANSITIONS = {
  succeed: (reference: Reference): void => {
    reference.state = 'closed'
    reference.failures = 0
  },
  fail: (reference: Reference, now: number): void => {
    reference.failures += 1
    const opens = reference.state !== 'closed' || reference.failures >= FAILURES
    if (!opens) return
    reference.state = 'open'
    reference.openedAt = now
  },
  probe: (reference: Reference, now: number): void => {
    const waited = now - reference.openedAt
    if (reference.state !== 'open' || (waited >= 0 && waited < COOLDOWN_MS)) return
    reference.state = 'half-open'
  },
} as const

const HOUR_MS = 3_600_000
const events = fc.array(
  fc.record({
    act: fc.constantFrom('succeed', 'fail', 'fail', 'fail', 'probe'),
    passed: fc.oneof(fc.nat(300), fc.integer({ min: -HOUR_MS, max: HOUR_MS })),
  }),
  { maxLength: 60 },
)

test('A19 behaves as its table says, whatever the clock does', () => {
  fc.assert(
    fc.property(events, (steps) => {
      const { breaker: each } = breaker()
      const reference: Reference = { state: 'closed', failures: 0, openedAt: 0 }
      let now = 0
      for (const { act, passed } of steps) {
        now += passed
        const before = reference.state
        TRANSITIONS[act as keyof typeof TRANSITIONS](reference, now)
        if (act === 'succeed') each.succeeded()
        else if (act === 'fail') each.failed(now)
        else expect(each.mayProbe(now)).toBe(before === 'open' && reference.state === 'half-open')
        expect(each.state).toBe(reference.state)
        expect(each.isClosed).toBe(reference.state === 'closed')
      }
    }),
    { numRuns: 10_000 },
  )
})

test('A19 is never wedged: from any state, one pause and one success close it', () => {
  fc.assert(
    fc.property(events, (steps) => {
      const { breaker: each } = breaker()
      let now = 0
      for (const { act, passed } of steps) {
        now += passed
        if (act === 'fail') each.failed(now)
        else if (act === 'probe') each.mayProbe(now)
      }
      each.mayProbe(now + COOLDOWN_MS)
      each.succeeded()
      expect(each.isClosed).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
