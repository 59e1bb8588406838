import type { Context } from './benchmark.ts'
import type { Standing } from './contest.ts'
import type { Finding } from './finding.ts'

/** How a contest is reported: what was measured in which unit, and the target. */
export interface Heading {
  readonly name: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly figureOf: (standing: Standing) => number
  readonly floorTarget?: number
  readonly ours: string
  /** Each has to keep the target. */
  readonly floors: readonly string[]
}

/** Ours beside its floor, then beside everyone else. */
export function reportContest(
  standings: readonly Standing[],
  heading: Heading,
  context: Context,
): void {
  const { name, unit, better, figureOf, floorTarget, ours, floors } = heading
  const mine = standings.find((standing) => standing.name === ours)
  if (!mine) throw new Error(`${ours} took no part in ${name}.`)
  for (const standing of standings) {
    if (standing === mine) continue
    const other = { name: standing.name, value: figureOf(standing) }
    const base = { unit, better, value: figureOf(mine) }
    const finding: Finding = floors.includes(standing.name)
      ? { ...base, name: besides(name, other.name, floors), floor: other, ...bound(floorTarget) }
      : { ...base, name: `${name}, beside ${standing.name}`, peer: other }
    context.report(finding)
  }
}

function bound(floorTarget: number | undefined): Pick<Finding, 'target'> | undefined {
  return floorTarget === undefined
    ? undefined
    : { target: { of: 'ratio', is: 'at least', bound: floorTarget } }
}

function besides(name: string, floor: string, floors: readonly string[]): string {
  return floor === floors[0] ? name : `${name}, beside ${floor}`
}
