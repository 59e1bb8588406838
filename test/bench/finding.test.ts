import { describe, expect, test } from 'vitest'
import { type Finding, judgeFinding } from '../../bench/harness/finding.ts'

const COST: Finding = { name: 'a hit', value: 80, unit: 'ns', better: 'lower' }
const SPEED: Finding = { name: 'hits', value: 90, unit: 'hits/s', better: 'higher' }

describe('a figure of a benchmark', () => {
  test('has a ratio above 1 where it costs less than the other', () => {
    const { ratio } = judgeFinding({ ...COST, peer: { name: 'peer', value: 160 } })
    expect(ratio).toBe(2)
  })

  test('has a ratio above 1 where it is faster than the other', () => {
    const { ratio } = judgeFinding({ ...SPEED, floor: { name: 'floor', value: 45 } })
    expect(ratio).toBe(2)
  })

  test('has no ratio to nothing', () => {
    expect(judgeFinding(COST)).toMatchObject({ ratio: null, target: null, met: null })
    const { ratio } = judgeFinding({ ...COST, value: 0, peer: { name: 'peer', value: 5 } })
    expect(ratio).toBeNull()
  })

  test('meets a target of the ratio exactly at its bound', () => {
    const target = { of: 'ratio', is: 'at least', bound: 0.9 } as const
    const at = { ...SPEED, floor: { name: 'floor', value: 100 }, target }
    expect(judgeFinding(at)).toMatchObject({ ratio: 0.9, met: true, target: 'ratio >= 0.9' })
    expect(judgeFinding({ ...at, value: 89 }).met).toBe(false)
  })

  test('is judged before it is rounded', () => {
    const target = { of: 'ratio', is: 'at least', bound: 0.9 } as const
    const judged = judgeFinding({
      ...SPEED,
      value: 89.96,
      floor: { name: 'f', value: 100 },
      target,
    })
    expect(judged).toMatchObject({ ratio: 0.9, met: false })
  })

  test('meets a target of the value', () => {
    const most = { of: 'value', is: 'at most', bound: 80 } as const
    expect(judgeFinding({ ...COST, target: most })).toMatchObject({ met: true, target: '<= 80 ns' })
    const below = { of: 'value', is: 'below', bound: 80 } as const
    expect(judgeFinding({ ...COST, target: below })).toMatchObject({
      met: false,
      target: '< 80 ns',
    })
  })

  test('misses a target of a ratio that it does not have', () => {
    const target = { of: 'ratio', is: 'at least', bound: 0.9 } as const
    expect(judgeFinding({ ...COST, target }).met).toBe(false)
  })
})
