import { round } from './statistics.ts'

/** What a figure is held against: the cheapest conceivable way, or another library. */
export interface Other {
  readonly name: string
  readonly value: number
}

/** A bound that the ratio to the floor, or the value itself, has to keep. */
export interface Target {
  readonly of: 'ratio' | 'value'
  readonly is: 'at least' | 'at most' | 'below'
  readonly bound: number
}

/** One measured figure. */
export interface Finding {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly floor?: Other
  readonly peer?: Other
  readonly target?: Target
  /** What the figure alone does not say. */
  readonly note?: string
}

/** A line of `bench/results/*.json`. */
export interface Result {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly floor?: Other
  readonly peer?: Other
  /** Ours in relation to the other; above 1 is better than it, whatever the unit. */
  readonly ratio: number | null
  readonly target: string | null
  readonly met: boolean | null
  readonly note?: string
}

/** Ratio and verdict of a figure. Judged before rounding. */
export function judgeFinding(finding: Finding): Result {
  const { name, value, unit, floor, peer, target, note } = finding
  const ratio = ratioOf(finding)
  return {
    name,
    value: round(value),
    unit,
    ...(floor && { floor: { ...floor, value: round(floor.value) } }),
    ...(peer && { peer: { ...peer, value: round(peer.value) } }),
    ratio: ratio === undefined ? null : round(ratio),
    target: target ? targetText(target, unit) : null,
    met: target ? isMet(target, target.of === 'ratio' ? ratio : value) : null,
    ...(note !== undefined && { note }),
  }
}

function ratioOf({ value, better, floor, peer }: Finding): number | undefined {
  const other = (floor ?? peer)?.value
  if (other === undefined || other <= 0 || value <= 0) return undefined
  return better === 'higher' ? value / other : other / value
}

function isMet({ is, bound }: Target, value: number | undefined): boolean {
  if (value === undefined) return false
  if (is === 'at least') return value >= bound
  return is === 'at most' ? value <= bound : value < bound
}

const SIGNS = { 'at least': '>=', 'at most': '<=', below: '<' } as const

function targetText({ of, is, bound }: Target, unit: string): string {
  return of === 'ratio' ? `ratio ${SIGNS[is]} ${bound}` : `${SIGNS[is]} ${bound} ${unit}`
}
