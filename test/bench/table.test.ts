import { describe, expect, test } from 'vitest'
import { formatMissed, formatTable, type Line } from '../../bench/harness/table.ts'

const MET: Line = {
  name: 'a hit',
  value: 80,
  unit: 'ns',
  floor: { name: 'Map', value: 70 },
  ratio: 0.875,
  target: 'ratio >= 0.8',
  met: true,
}
const MISSED: Line = { ...MET, name: 'a batch', ratio: 0.7, met: false }

describe('the table of the benchmarks', () => {
  test('begins with the ratios and aligns its columns', () => {
    const [heading, first, second] = formatTable([MET, MISSED]).split('\n')
    expect(heading).toBe('ratio  benchmark  value  beside   target        met')
    expect(first).toBe('0.875  a hit      80 ns  Map: 70  ratio >= 0.8  yes')
    expect(second).toBe('0.7    a batch    80 ns  Map: 70  ratio >= 0.8  NO')
  })

  test('takes lines that other programs wrote with fewer fields', () => {
    const line: Line = { name: 'p95', value: 12, unit: 'ms', target: 200, met: null }
    expect(formatTable([line]).split('\n')[1]).toBe('       p95        12 ms          200')
  })

  test('names every missed target, by how much and why', () => {
    const noted = { ...MISSED, name: 'memory', ratio: null, note: '5 were let go' }
    expect(formatMissed([MET, MISSED, noted])).toBe(
      [
        'Missed targets (2):',
        '  a batch: ratio 0.7 (80 ns), target ratio >= 0.8',
        '  memory: 80 ns, target ratio >= 0.8 — 5 were let go',
      ].join('\n'),
    )
  })

  test('says so where none is missed', () => {
    expect(formatMissed([MET])).toBe('Every target is met.')
  })
})
