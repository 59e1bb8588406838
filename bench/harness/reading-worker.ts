/* The process of one subject that is read in rounds: see contest.ts. */
import { isDeepStrictEqual } from 'node:util'
import { answerRequests } from '../../test/support/worker.ts'
import { openSubject, type Subject, type Tier } from './subject.ts'
import { makeKeys, makeValue } from './values.ts'

/** What is read, and how. */
export interface Reading {
  readonly call: 'read' | 'get' | 'getMany'
  readonly tier: Tier
  readonly keys: number
  readonly valueBytes: number
  /** Calls in one round. */
  readonly count: number
  readonly callers: number
  /** Keys of one call of `getMany`. */
  readonly batch?: number
  /** Every round begins with an empty memory; what is in Redis stays. */
  readonly isCold?: boolean
}

export interface Measure {
  readonly perSecond: number
  readonly cpuNs: number
}

interface Job {
  readonly file: string
  readonly variant?: string
  readonly prefix: string
  readonly socketPath: string
  readonly reading: Reading
}

type Call = (request: unknown) => Promise<unknown>

let job: Job
let subject: Subject
let keys: string[]

async function open(given: Job): Promise<void> {
  job = given
  keys = makeKeys(job.reading.keys)
  await reopen()
  await fill()
  await prove()
}

async function reopen(): Promise<void> {
  const { file, prefix, socketPath, variant, reading } = job
  const load = (key: string): unknown => makeValue(key, reading.valueBytes)
  subject = await openSubject(file, { tier: reading.tier, socketPath, prefix, load, variant })
}

async function fill(): Promise<void> {
  for (let i = 0; i < keys.length; i += 500) {
    await Promise.all(keys.slice(i, i + 500).map((key) => subject.get(key)))
  }
}

/** A figure for reads that find nothing, or something else, would be worthless. */
async function prove(): Promise<void> {
  const { call, valueBytes } = job.reading
  const key = keys[0] as string
  const found =
    call === 'getMany' ? (await subject.getMany?.([key]))?.[0] : await subject[call]?.(key)
  if (isDeepStrictEqual(found, makeValue(key, valueBytes))) return
  throw new Error(`${job.file} returned ${JSON.stringify(found)}, not what was stored.`)
}

async function round(): Promise<Measure> {
  const { count, callers, isCold } = job.reading
  if (isCold) {
    await subject.close()
    await reopen()
  }
  const call = callOf()
  const requests = requestsOf()
  const startedAt = process.hrtime.bigint()
  const before = process.cpuUsage()
  await (callers === 1 ? inTurn(call, requests, count) : together(call, requests, count, callers))
  const { user, system } = process.cpuUsage(before)
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  return { perSecond: count / seconds, cpuNs: ((user + system) * 1_000) / count }
}

function callOf(): Call {
  const call = subject[job.reading.call]
  if (!call) throw new Error(`${job.file} has no ${job.reading.call}.`)
  return call as Call
}

/** What the calls are given, in turn: a key each, or a batch of keys. */
function requestsOf(): readonly unknown[] {
  const { call, batch = 1 } = job.reading
  if (call !== 'getMany') return keys
  const batches = Math.floor(keys.length / batch)
  return Array.from({ length: batches }, (_, i) => keys.slice(i * batch, (i + 1) * batch))
}

/** As little as possible around the call: what is here counts as a cost of the floor, too. */
async function inTurn(call: Call, requests: readonly unknown[], count: number): Promise<void> {
  const { length } = requests
  for (let i = 0, next = 0; i < count; i += 1) {
    await call(requests[next])
    next = next + 1 === length ? 0 : next + 1
  }
}

async function together(
  call: Call,
  requests: readonly unknown[],
  count: number,
  callers: number,
): Promise<void> {
  const { length } = requests
  let next = 0
  const one = async (): Promise<void> => {
    while (next < count) {
      const request = requests[next % length]
      next += 1
      await call(request)
    }
  }
  await Promise.all(Array.from({ length: callers }, one))
}

async function close(): Promise<void> {
  await subject.close()
}

answerRequests({ open, round, close })
