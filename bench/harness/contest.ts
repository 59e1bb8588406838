import type { Context } from './benchmark.ts'
import type { Measure, Reading } from './reading-worker.ts'
import { median } from './statistics.ts'
import type { SubjectChoice } from './subject.ts'
import { WorkerProcess } from './worker-process.ts'

/** One who takes part. */
export interface Contender {
  readonly subject: SubjectChoice
  readonly reading: Reading
}

export interface Standing extends Measure {
  readonly name: string
}

interface Seat {
  readonly name: string
  readonly worker: WorkerProcess
  readonly measures: Measure[]
}

/** How often the contenders are started anew: each process compiles and lays out memory its own way. */
const LIVES = 3
const ROUNDS = 5
const WARM_UPS = 2

/**
 * Lets subjects read in turn, each in a process of its own, round by round: what disturbs the
 * machine disturbs all of them. The result is the median of the rounds.
 */
export async function contest(
  contenders: readonly Contender[],
  socketPath: string,
  context: Context,
): Promise<Standing[]> {
  const lives = context.isQuick ? 1 : LIVES
  const all = new Map<string, Measure[]>()
  for (let life = 1; life <= lives; life += 1) {
    const seats = await seatAll(contenders, socketPath, `life ${life} of ${lives}`, context)
    await playRounds(seats, context.isQuick ? 3 : ROUNDS)
    for (const { name, measures } of seats) all.set(name, [...(all.get(name) ?? []), ...measures])
    await Promise.all(seats.map(({ worker }) => worker.end()))
  }
  return [...all].map(([name, measures]) => ({
    name,
    perSecond: median(measures.map(({ perSecond }) => perSecond)),
    cpuNs: median(measures.map(({ cpuNs }) => cpuNs)),
  }))
}

async function seatAll(
  contenders: readonly Contender[],
  socketPath: string,
  when: string,
  context: Context,
): Promise<Seat[]> {
  const seats: Seat[] = []
  for (const { subject, reading } of contenders) {
    context.progress(`${when}: ${subject.name}`)
    const worker = await WorkerProcess.start('harness/reading-worker')
    try {
      await worker.call('open', { ...subject, prefix: prefixOf(subject), socketPath, reading })
      for (let i = 0; i < WARM_UPS; i += 1) await worker.call('round')
      seats.push({ name: subject.name, worker, measures: [] })
    } catch (error) {
      await worker.end()
      if (!subject.file.startsWith('peers/')) throw error
      context.progress(`${subject.name} cannot take part: ${String(error)}`)
    }
  }
  return seats
}

async function playRounds(seats: readonly Seat[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    // Forwards and backwards, so that nobody always follows the same neighbour.
    const order = round % 2 === 0 ? seats : [...seats].reverse()
    for (const { worker, measures } of order) measures.push(await worker.call<Measure>('round'))
  }
}

/** The same in every life, so that what is stored is found again. */
function prefixOf({ name }: SubjectChoice): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
}
