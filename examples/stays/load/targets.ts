import type { Findings } from './findings.ts'
import type { Route } from './traffic.ts'

/** One line of the results file. `target` is an upper limit for times and queries, else a lower. */
export interface Result {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly target: number | null
  readonly met: boolean | null
}

/** The figures that `stays` has to reach, as they were stated: on other hardware. */
export interface RouteTarget {
  readonly before: string
  readonly after: string
  readonly atMostMs: number
}

export const ROUTE_TARGETS: Readonly<Partial<Record<Route, RouteTarget>>> = {
  search: { before: '800–2000', after: '50–200', atMostMs: 200 },
  availability: { before: '200–500', after: '10–50', atMostMs: 50 },
  static: { before: '100–300', after: '5–15', atMostMs: 15 },
  session: { before: '50–150', after: '5–25', atMostMs: 25 },
}
export const HIT_RATE_TARGET = 0.8
/** Of the queries for each request, 40 % at least are to be saved. */
export const SAVED_TARGET = 0.4

export function toResults(findings: Findings): Result[] {
  const results: Result[] = []
  for (const { route, off, on, hitRate, queries } of findings.routes) {
    const limit = ROUTE_TARGETS[route]?.atMostMs
    const name = `stays/${route}`
    for (const percentile of ['p50', 'p95', 'p99'] as const) {
      // The worst one in a hundred is a read that went to the database; the figures mean the others.
      const target = percentile === 'p99' ? undefined : limit
      results.push(plain(`${name} ${percentile}, cache off`, off[percentile], 'ms'))
      results.push(atMost(`${name} ${percentile}, cache on`, on[percentile], 'ms', target))
    }
    results.push(plain(`${name} alone p50, cache off`, off.alone, 'ms'))
    results.push(plain(`${name} alone p50, cache on`, on.alone, 'ms'))
    results.push(plain(`${name}, cache off`, off.perSecond, 'requests/s'))
    results.push(plain(`${name}, cache on`, on.perSecond, 'requests/s'))
    results.push(plain(`${name} hit rate`, hitRate, 'share'))
    results.push(plain(`${name} queries saved`, saved(queries), 'share'))
  }
  results.push(plain('stays/all, cache off', findings.perSecond.off, 'requests/s'))
  results.push(plain('stays/all, cache on', findings.perSecond.on, 'requests/s'))
  results.push(atLeast('stays/all hit rate', findings.hitRate, 'share', HIT_RATE_TARGET))
  results.push(plain('stays/all hit rate, warming up', findings.coldHitRate, 'share'))
  results.push(atLeast('stays/all queries saved', saved(findings.queries), 'share', SAVED_TARGET))
  return results.filter(({ value }) => Number.isFinite(value))
}

/** Share of the queries of a request that the cache made unnecessary. */
export function saved({ off, on }: { readonly off: number; readonly on: number }): number {
  return off === 0 ? Number.NaN : 1 - on / off
}

function plain(name: string, value: number | undefined, unit: string): Result {
  return { name, value: rounded(value), unit, target: null, met: null }
}

function atMost(
  name: string,
  value: number | undefined,
  unit: string,
  target: number | undefined,
): Result {
  if (target === undefined || value === undefined) return plain(name, value, unit)
  return { name, value: rounded(value), unit, target, met: value <= target }
}

function atLeast(name: string, value: number, unit: string, target: number): Result {
  return { name, value: rounded(value), unit, target, met: value >= target }
}

function rounded(value: number | undefined): number {
  return value === undefined ? Number.NaN : Math.round(value * 1_000) / 1_000
}
