import type { LoadOptions } from './arguments.ts'
import type { Findings, RouteFinding, Times } from './findings.ts'
import { HIT_RATE_TARGET, ROUTE_TARGETS, SAVED_TARGET, saved } from './targets.ts'

const HEAD = [
  'route',
  'stated',
  'alone',
  'p50',
  'p95',
  'p99',
  'requests/s',
  'hit rate',
  'queries/request',
  'saved',
]

/** Before and after, route by route. Every "a → b" is: cache off → cache on. */
export function formatReport(findings: Findings, options: LoadOptions): string {
  const rows = [HEAD, ...findings.routes.map(toRow)]
  const { perSecond, queries, hitRate, coldHitRate } = findings
  return `
${table(rows)}

Times in ms, cache off → cache on. "stated": the figures to reach, measured by others on other
hardware with a database across a network; ours come from this machine. "alone": one visitor with
nobody else there, median of 20, after the load. All else: ${options.visitors} visitors in a closed loop (each asks
again once it was answered, without a pause) for ${options.seconds} s, after ${options.warmUp} s of the same traffic on
an empty cache; with the cache off most of a time is waiting behind the others for the database.

All routes: ${number(perSecond.off)} → ${number(perSecond.on)} requests/s.
Hit rate: ${percent(hitRate)} (to reach: ${percent(HIT_RATE_TARGET)}); ${percent(coldHitRate)} while warming up.
Database queries for each request: ${queries.off.toFixed(2)} → ${queries.on.toFixed(2)}, ${percent(saved(queries))} saved (to reach: ${percent(SAVED_TARGET)}).`
}

function toRow({ route, off, on, hitRate, queries }: RouteFinding): string[] {
  const stated = ROUTE_TARGETS[route]
  const both = (name: keyof Times): string => `${number(off[name])} → ${number(on[name])}`
  return [
    route,
    stated ? `${stated.before} → ${stated.after}` : '',
    off.alone === undefined ? '' : both('alone'),
    both('p50'),
    both('p95'),
    both('p99'),
    both('perSecond'),
    hitRate === undefined ? '' : percent(hitRate),
    `${queries.off.toFixed(2)} → ${queries.on.toFixed(2)}`,
    percent(saved(queries)),
  ]
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  )
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] as number)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}

function number(value: number | undefined): string {
  if (value === undefined) return '–'
  return value < 10 ? value.toFixed(1) : Math.round(value).toString()
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–'
}
