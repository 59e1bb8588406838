/* Fills a cache and weighs it: run with `--expose-gc`. */
import { answerRequests } from '../../test/support/worker.ts'
import { openSubject, type Subject } from '../harness/subject.ts'

export interface Weight {
  readonly bytesPerEntry: number
  /** Entries that were not found afterwards: a cache that lets go weighs less. */
  readonly missing: number
}

async function weigh(file: string, variant: string | undefined, entries: number): Promise<Weight> {
  const load = (key: string): string => distinctText(key)
  const options = { tier: 'memory', socketPath: '', prefix: 'weigh', load, variant } as const
  // Keys are there before and belong to the caller, as those of a real application do.
  const keys = Array.from({ length: entries }, (_, i) => flatText(`product-${i}`))
  // Code and one-off tables of a first instance are no cost of an entry.
  const trial = await openSubject(file, options)
  await fill(trial, keys.slice(0, 100))
  await trial.close()

  const before = heldBytes()
  const subject = await openSubject(file, options)
  await fill(subject, keys)
  const after = heldBytes()
  const missing = await countMissing(subject, keys)
  await subject.close()
  return { bytesPerEntry: (after - before) / entries, missing }
}

async function fill(subject: Subject, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await (subject.set ? subject.set(key, distinctText(key)) : subject.get(key))
  }
}

async function countMissing({ read }: Subject, keys: readonly string[]): Promise<number> {
  if (!read) return 0
  let missing = 0
  for (const key of keys) if ((await read(key)) !== distinctText(key)) missing += 1
  return missing
}

/** 200 bytes of its own. */
function distinctText(key: string): string {
  return flatText(key.padEnd(200, '.'))
}

/** One string, not a rope of parts. */
function flatText(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function heldBytes(): number {
  for (let i = 0; i < 4; i += 1) globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  // `external` contains array buffers.
  return heapUsed + external
}

answerRequests({ weigh })
