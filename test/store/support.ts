import type { Entry } from '../../src/store/entry.ts'
import { EntryCodec, type EntryCodecOptions } from '../../src/store/entry-codec.ts'
import type { EnvelopeMarks } from '../../src/store/envelope.ts'

export const EPOCH = 'Ab3-_x9Q'
export const KEY = 'stays:product-details:{42}'
export const MARKS: EnvelopeMarks = { epoch: EPOCH, schema: 7, codec: 0, compression: 0, keyId: 0 }

export const SECRET: Buffer = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7 + 1))
export const OTHER_SECRET: Buffer = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 5 + 2))

/** How often a property of a million cases is tried: `PROPERTY_RUNS=1000000` does all of them. */
export const MANY_RUNS: number = Number(process.env.PROPERTY_RUNS ?? 100_000)

export function entryOf(value: unknown, over: Partial<Entry> = {}): Entry {
  return {
    value,
    createdAt: 1_763_700_000_000,
    freshUntil: 1_763_700_300_000.5,
    staleUntil: 1_763_703_600_000,
    loadMs: 12.25,
    tags: ['product:42', 'host:ü'],
    stamp: 812,
    ...over,
  }
}

export function codecWith(over: Partial<EntryCodecOptions> = {}): EntryCodec {
  return new EntryCodec({ namespace: 'stays', ...over })
}

/** A copy of the bytes with one of them changed. */
export function flipped(bytes: Buffer, at: number, mask = 0xff): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] as number) ^ mask
  return copy
}

/** A text of pseudo-random characters: it does not compress to less than three quarters. */
export function noise(length: number): string {
  let state = 1
  return Array.from({ length }, () => {
    state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647
    return String.fromCharCode(32 + (state % 90))
  }).join('')
}
