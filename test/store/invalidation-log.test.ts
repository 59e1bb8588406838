import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Change, InvalidationLog, type Judged } from '../../src/store/invalidation-log.ts'

/** `PROPERTY_RUNS` looks longer. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 5_000)

function entry(stamp: number, tags: readonly string[] = [], path = 'product:42'): Judged {
  return { epoch: 'e', stamp, tags, path: () => path }
}

function tags(...names: string[]): Change {
  return { kind: 'tags', tags: names }
}

const NOTHING = { tags: new Map<string, number>(), patterns: new Map<string, number>() }

describe('an entry is invalid', () => {
  test('once one of its tags has a number above its stamp', () => {
    const log = new InvalidationLog('e')
    log.record(tags('a'))
    log.record(tags('b'))

    expect(log.judge(entry(0, ['a']))).toBe('invalid')
    expect(log.judge(entry(1, ['a']))).toBe('valid')
    expect(log.judge(entry(1, ['a', 'b']))).toBe('invalid')
    expect(log.judge(entry(0, ['c']))).toBe('valid')
  })

  test('once a pattern that it matches has a number above its stamp', () => {
    const log = new InvalidationLog('e')
    log.record({ kind: 'pattern', pattern: 'product:4*' })

    expect(log.judge(entry(0))).toBe('invalid')
    expect(log.judge(entry(1))).toBe('valid')
    expect(log.judge(entry(0, [], 'product:52'))).toBe('valid')
  })

  test('once everything was cleared after its stamp', () => {
    const log = new InvalidationLog('e')
    log.record({ kind: 'clear' })

    expect([log.judge(entry(0)), log.judge(entry(1))]).toEqual(['invalid', 'valid'])
  })

  test('in any other epoch', () => {
    const log = new InvalidationLog('another')

    expect(log.judge(entry(1_000))).toBe('invalid')
  })
})

describe('the thread', () => {
  test('holds while numbers follow each other', () => {
    const log = new InvalidationLog('e')

    expect([log.apply(1, tags('a')), log.apply(2, { kind: 'none' })]).toEqual([true, true])
    expect([log.number, log.latest]).toEqual([2, 2])
  })

  test('is lost where numbers are missing, but what was heard counts', () => {
    const log = new InvalidationLog('e')

    expect(log.apply(3, tags('a'))).toBe(false)
    expect([log.number, log.latest]).toEqual([0, 3])
    expect(log.judge(entry(2, ['a']))).toBe('invalid')
  })

  test('is found again by a snapshot', () => {
    const log = new InvalidationLog('e')
    log.apply(3, tags('a'))

    const isOther = log.merge({
      ...NOTHING,
      epoch: 'e',
      number: 4,
      cleared: 2,
      tags: new Map([['b', 4]]),
    })

    expect([isOther, log.number]).toEqual([false, 4])
    expect(log.judge(entry(3, ['b']))).toBe('invalid')
    expect(log.judge(entry(1))).toBe('invalid')
    expect(log.apply(5, { kind: 'none' })).toBe(true)
  })

  test('is not torn by what comes late or twice', () => {
    const log = new InvalidationLog('e')
    log.apply(1, tags('a'))
    log.apply(2, tags('a'))

    expect(log.apply(1, tags('a'))).toBe(true)
    expect(log.number).toBe(2)
    expect(log.judge(entry(1, ['a']))).toBe('invalid')
  })
})

describe('with bounded memory', () => {
  test('an old entry whose tag was forgotten is unknown, a newer one is not', () => {
    const log = new InvalidationLog('e', 2)
    for (const tag of ['a', 'b', 'c']) log.record(tags(tag))

    expect(log.floor).toBe(1)
    expect(log.judge(entry(0, ['a']))).toBe('unknown')
    expect(log.judge(entry(1, ['a']))).toBe('valid')
    expect(log.judge(entry(0, ['a', 'c']))).toBe('invalid')
  })

  test('what was asked for is known, unless the floor has risen since', () => {
    const log = new InvalidationLog('e', 2)
    for (const tag of ['a', 'b', 'c']) log.record(tags(tag))

    log.learn('x', 0, log.floor - 1)
    expect(log.judge(entry(0, ['x']))).toBe('unknown')
    log.learn('x', 0, log.floor)
    expect(log.judge(entry(0, ['x']))).not.toBe('invalid')
  })

  test('a snapshot without tags forgets those it covers, not those heard of meanwhile', () => {
    const log = new InvalidationLog('e')
    log.apply(1, tags('old'))
    log.apply(12, tags('new'))

    log.merge({ ...NOTHING, epoch: 'e', number: 10, cleared: 0, tags: undefined })

    expect(log.judge(entry(0, ['old']))).toBe('unknown')
    expect(log.judge(entry(11, ['new']))).toBe('invalid')
    expect(log.judge(entry(12, ['new']))).toBe('valid')
  })
})

test('a new epoch forgets everything, and knows nothing of what is older', () => {
  const log = new InvalidationLog('old')
  log.record(tags('a'))
  log.record({ kind: 'pattern', pattern: '*' })
  log.record({ kind: 'clear' })

  expect(log.merge({ ...NOTHING, epoch: 'e', number: 10, cleared: 0 })).toBe(true)

  expect([log.epoch, log.number, log.latest, log.floor]).toEqual(['e', 10, 10, 10])
  expect([...log.patterns()]).toEqual([])
  expect(log.judge(entry(10, ['a']))).toBe('valid')
  expect(log.judge(entry(9, ['a']))).toBe('unknown')
})

test('a pattern that was swept is forgotten; what began before it may no longer be stored', () => {
  const log = new InvalidationLog('e')
  log.apply(1, { kind: 'pattern', pattern: 'product:*' })
  log.apply(2, { kind: 'swept', pattern: 'product:*', upTo: 1 })

  expect([...log.patterns()]).toEqual([])
  expect([log.mayStore(entry(0)), log.mayStore(entry(1))]).toEqual([false, true])

  log.apply(3, { kind: 'pattern', pattern: 'product:*' })
  log.apply(4, { kind: 'swept', pattern: 'product:*', upTo: 1 })
  expect([...log.patterns()]).toEqual([['product:*', 3]])
})

test('a late number of a tag says nothing once a later one may have been forgotten', () => {
  const log = new InvalidationLog('e', 1)
  log.apply(2, { kind: 'tags', tags: ['a'] })
  log.apply(3, { kind: 'tags', tags: ['b'] })

  log.apply(1, { kind: 'tags', tags: ['a'] })

  expect(log.judge(entry(1, ['a']))).toBe('unknown')
})

test('no verdict contradicts the whole history, whatever was heard late, twice or forgotten', () => {
  const name = fc.constantFrom<string>('a', 'b', 'c', 'd')
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({ kind: fc.constant('tags' as const), tags: fc.uniqueArray(name, { minLength: 1 }) }),
    fc.record({ kind: fc.constant('clear' as const) }),
    fc.record({ kind: fc.constant('none' as const) }),
  )
  const history = fc.array(change, { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(
      history,
      fc.integer({ min: 1, max: 3 }),
      fc.infiniteStream(fc.nat()),
      fc.uniqueArray(name),
      fc.nat(12),
      (changes, maxTags, chance, itsTags, stamp) => {
        const log = new InvalidationLog('e', maxTags)
        const order = changes.map((_, i) => i + 1)
        // Each is heard at least once, in an order that is nearly that of the numbers.
        const heard = order.flatMap((n) => ((chance.next().value ?? 0) % 3 === 0 ? [n, n] : [n]))
        for (let i = 1; i < heard.length; i += 1) {
          if ((chance.next().value ?? 0) % 4 !== 0) continue
          const late = heard[i - 1] as number
          heard[i - 1] = heard[i] as number
          heard[i] = late
        }
        for (const n of heard) log.apply(n, changes[n - 1] as Change)

        const isInvalid = changes.some(
          (each, i) =>
            i + 1 > stamp &&
            (each.kind === 'clear' ||
              (each.kind === 'tags' && each.tags.some((tag) => itsTags.includes(tag)))),
        )
        const verdict = log.judge(entry(stamp, itsTags))

        expect(log.latest).toBe(changes.length)
        if (isInvalid) expect(verdict).not.toBe('valid')
        else expect(verdict).not.toBe('invalid')
      },
    ),
    { numRuns: RUNS },
  )
})
