import type { Pass } from './pass.ts'
import type { Samples } from './samples.ts'
import type { Counts } from './server-process.ts'
import { ROUTES, type Route } from './traffic.ts'

/** One route, cache off against cache on. Times in milliseconds. */
export interface RouteFinding {
  readonly route: Route
  readonly off: Times
  readonly on: Times
  /** Share of its reads that did not wait for the database; undefined for writes. */
  readonly hitRate: number | undefined
  /** Queries for each request. */
  readonly queries: { readonly off: number; readonly on: number }
}

export interface Times {
  readonly alone: number | undefined
  readonly p50: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
  readonly perSecond: number
}

export interface Findings {
  readonly routes: readonly RouteFinding[]
  readonly perSecond: { readonly off: number; readonly on: number }
  readonly hitRate: number
  /** The same during the warm-up, from an empty cache on. */
  readonly coldHitRate: number
  /** Queries for each request, all routes together. */
  readonly queries: { readonly off: number; readonly on: number }
}

/** What each route reads; sessions are read by other routes too. */
const DEFINITIONS: Readonly<Partial<Record<Route, readonly string[]>>> = {
  search: ['product-search'],
  details: ['product-details'],
  availability: ['room-availability', 'unit-availability'],
  session: ['sessions'],
  static: ['static'],
  'host list': ['host-products'],
  filters: ['filters'],
  booking: ['bookings'],
  profile: ['profiles'],
  activity: ['activity'],
}

const ALL_DEFINITIONS: readonly string[] = Object.values(DEFINITIONS).flat()

export function compare(off: Pass, on: Pass): Findings {
  return {
    routes: ROUTES.map((route) => ({
      route,
      off: timesOf(off, route),
      on: timesOf(on, route),
      hitRate: hitRateOf(on.before, on.after, DEFINITIONS[route]),
      queries: { off: queriesOf(off, [route]), on: queriesOf(on, [route]) },
    })),
    perSecond: { off: requestsPerSecond(off), on: requestsPerSecond(on) },
    hitRate: hitRateOf(on.before, on.after, ALL_DEFINITIONS) ?? 0,
    coldHitRate: hitRateOf(undefined, on.before, ALL_DEFINITIONS) ?? 0,
    queries: { off: queriesOf(off, ROUTES), on: queriesOf(on, ROUTES) },
  }
}

function timesOf({ load, alone }: Pass, route: Route): Times {
  const samples = load.samples[route]
  return {
    alone: alone.samples[route].percentile(0.5),
    p50: samples.percentile(0.5),
    p95: samples.percentile(0.95),
    p99: samples.percentile(0.99),
    perSecond: samples.count / load.seconds,
  }
}

/** Of what was read between two counts. */
function hitRateOf(
  before: Counts | undefined,
  after: Counts,
  names: readonly string[] | undefined,
): number | undefined {
  if (!names) return undefined
  const reads = readsOf(after, names)
  const earlier = before ? readsOf(before, names) : { served: 0, all: 0 }
  const all = reads.all - earlier.all
  return all === 0 ? undefined : (reads.served - earlier.served) / all
}

function readsOf(counts: Counts, names: readonly string[]): { served: number; all: number } {
  let [served, all] = [0, 0]
  for (const name of names) {
    const counters = counts.stats.definitions[name]
    if (!counters) continue
    const { localHits, sharedHits, stale, misses } = counters
    served += localHits + sharedHits + stale
    all += localHits + sharedHits + stale + misses
  }
  return { served, all }
}

function queriesOf({ before, after, load }: Pass, routes: readonly Route[]): number {
  let queries = 0
  for (const route of routes) {
    queries += (after.queries[route] ?? 0) - (before.queries[route] ?? 0)
  }
  return queries / Math.max(1, answersOf(load.samples, routes))
}

function requestsPerSecond({ load }: Pass): number {
  return answersOf(load.samples, ROUTES) / load.seconds
}

function answersOf(samples: Readonly<Record<Route, Samples>>, routes: readonly Route[]): number {
  let answers = 0
  for (const route of routes) answers += samples[route].count
  return answers
}
