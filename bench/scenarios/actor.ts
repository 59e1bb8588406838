/* One process of an application, for scenarios: a cache, and a loader that does what it is told. */
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { answerRequests } from '../../test/support/worker.ts'
import { openSubject, type Subject, type Tier } from '../harness/subject.ts'

export interface Role {
  readonly file: string
  readonly variant?: string
  readonly tier: Tier
  readonly prefix: string
  readonly socketPath: string
  readonly tcpUrl: string
}

/** How loads go from now on. */
export interface LoadPlan {
  readonly takesMs: number
  readonly fails?: boolean
  /** Reads the value from this key of Redis, when the load begins. */
  readonly source?: string
}

export interface Answers {
  readonly answered: number
  readonly failed: number
  readonly ms: number
}

export interface Health {
  readonly unhandled: number
  readonly heapBytes: number
}

const PATIENCE_MS = 10_000

let subject: Subject
let source: Redis
let plan: LoadPlan = { takesMs: 0 }
let loads = 0
let unhandled = 0
let watch: Promise<number> | undefined
let isWatching = false

process.on('unhandledRejection', () => {
  unhandled += 1
})
process.on('uncaughtException', () => {
  unhandled += 1
})

async function load(): Promise<unknown> {
  loads += 1
  const number = loads
  const { takesMs, fails, source: key } = plan
  const read = key === undefined ? `${process.pid}-${number}` : await source.get(key)
  if (takesMs > 0) await wait(takesMs)
  if (fails) throw new Error('The source has a bad day.')
  return { read }
}

async function open(role: Role): Promise<void> {
  source = new Redis({ path: role.socketPath })
  subject = await openSubject(role.file, { ...role, load })
}

function setPlan(given: LoadPlan): void {
  plan = given
}

/** The values behind the answers, and errors as undefined. */
async function get(key: string): Promise<unknown> {
  const value = (await subject.get(key)) as { read: unknown } | undefined
  return value?.read
}

async function del(key: string): Promise<number> {
  const calledAt = nowNs()
  await subject.delete(key)
  return calledAt
}

/**
 * So many callers at once; `apart` gives each a key of its own. Who is not answered after
 * `PATIENCE_MS` counts as neither answered nor failed.
 */
async function crowd(key: string, callers: number, apart = false): Promise<Answers> {
  const startedAt = nowNs()
  let answered = 0
  let failed = 0
  const calls = Array.from({ length: callers }, async (_, i) => {
    try {
      await subject.get(apart ? `${key}-${i}` : key)
      answered += 1
    } catch {
      failed += 1
    }
  })
  await Promise.race([Promise.all(calls), wait(PATIENCE_MS)])
  return { answered, failed, ms: (nowNs() - startedAt) / 1e6 }
}

/** How long one caller waits, in ms, or null where that is longer than `limitMs`. */
async function timed(key: string, limitMs: number): Promise<number | null> {
  const startedAt = nowNs()
  const answer = subject.get(key).then(
    () => true,
    () => true,
  )
  const isAnswered = await Promise.race([answer, wait(limitMs, false, { ref: false })])
  return isAnswered ? (nowNs() - startedAt) / 1e6 : null
}

/** Each wait of callers that come one after the other, for so long, in ms. */
async function timedFor(key: string, forMs: number): Promise<number[]> {
  const waits: number[] = []
  const endsAt = nowNs() + forMs * 1e6
  for (let i = 0; nowNs() < endsAt; i += 1) {
    waits.push((await timed(`${key}-${i}`, 3_000)) ?? 3_000)
    await wait(1)
  }
  return waits
}

/** Reads the key all the time from now on, until its value is another. */
async function beginWatch(key: string): Promise<void> {
  const old = await get(key)
  isWatching = true
  watch = lastSeen(key, old)
}

/** When the old value was returned for the last time, in ns; at the limit where it never went. */
async function endWatch(limitMs: number): Promise<number> {
  const patience = new AbortController()
  const limit = wait(limitMs, undefined, { signal: patience.signal }).catch(() => {})
  await Promise.race([watch, limit])
  patience.abort()
  isWatching = false
  return watch as Promise<number>
}

async function lastSeen(key: string, old: unknown): Promise<number> {
  let at = 0
  while (isWatching) {
    const value = await get(key)
    if (value !== old) return at
    at = nowNs()
    await nextTurn()
  }
  return at
}

function countLoads(): number {
  const count = loads
  loads = 0
  return count
}

function health(): Health {
  globalThis.gc?.()
  return { unhandled, heapBytes: process.memoryUsage().heapUsed }
}

/** One clock for all processes of a machine. */
function nowNs(): number {
  return Number(process.hrtime.bigint())
}

answerRequests({
  ...{ open, setPlan, get, delete: del, crowd, timed, timedFor },
  ...{ beginWatch, endWatch, countLoads, health },
})
