/*
 * What an entry costs as bytes, beside its floor: the codec alone, on the same value.
 *
 *     npx tsx bench/micro/envelope.ts
 */

import { Packr } from 'msgpackr'
import { systemClock } from '../../src/base/clock.ts'
import type { Entry } from '../../src/store/entry.ts'
import { type Decoded, EntryCodec } from '../../src/store/entry-codec.ts'
import { createEpoch, encodeEnvelope, readHeader } from '../../src/store/envelope.ts'
import { keyText } from '../../src/store/key-text.ts'
import { compilePattern } from '../../src/store/pattern.ts'

const ROUNDS = 9

/** Nanoseconds for one call: the best of some rounds, since what disturbs only ever adds. */
function nsPerOp(times: number, run: () => unknown): number {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = systemClock.now()
    for (let i = 0; i < times; i += 1) run()
    best = Math.min(best, ((systemClock.now() - start) * 1e6) / times)
  }
  return best
}

function print(name: string, times: number, run: () => unknown): number {
  const ns = nsPerOp(times, run)
  process.stdout.write(`${name.padEnd(48)} ${ns.toFixed(0).padStart(8)} ns\n`)
  return ns
}

const small = {
  id: '42',
  name: 'House at the lake',
  city: 'Lübeck',
  price: 129.5,
  rooms: 3,
  active: true,
  host: { id: 'h7', name: 'Anna' },
  updatedAt: new Date('2026-11-21T10:00:00Z'),
  equipment: ['lake', 'pets', 'sauna', 'boat', 'wifi'],
}
const medium = {
  ...small,
  description: 'A quiet house at the lake with garden, boat and bikes. '.repeat(12),
  units: Array.from({ length: 12 }, (_, i) => ({ id: i, name: `Unit ${i}`, beds: i % 4 })),
}
const values = { small, medium, list: Array.from({ length: 50 }, () => small) }

const packr = new Packr({ useRecords: false, variableMapSize: true, moreTypes: true })
const epoch = createEpoch()
const fullKey = 'stays:product-details:{42}'
const plain = new EntryCodec({ namespace: 'stays', compression: false })
const encrypted = new EntryCodec({
  namespace: 'stays',
  compression: false,
  encryption: { current: 1, keys: { 1: Buffer.alloc(32, 7) } },
})

for (const [name, value] of Object.entries(values)) {
  const times = name === 'small' ? 100_000 : 5_000
  const entry: Entry = {
    value,
    createdAt: 1_763_700_000_000,
    freshUntil: 1_763_700_300_000,
    staleUntil: 1_763_703_600_000,
    loadMs: 12.5,
    tags: ['product:42', 'host:7'],
    stamp: 812,
  }
  const body = Buffer.from(packr.pack(value))
  const marks = { epoch, schema: 1, codec: 0, compression: 0, keyId: 0 }
  const bytes = plain.encode(fullKey, entry, marks) as Buffer
  const secret = encrypted.encode(fullKey, entry, marks) as Buffer
  process.stdout.write(`\n${name}: ${body.length} bytes packed, ${bytes.length} enclosed\n`)

  const packing = print('msgpackr pack', times, () => packr.pack(value, 1024))
  const encoding = print('EntryCodec.encode', times, () => plain.encode(fullKey, entry, marks))
  const unpacking = print('msgpackr unpack', times, () => packr.unpack(body))
  const decoding = print('EntryCodec.decode', times, () => plain.decode(fullKey, bytes) as Decoded)
  print('  encodeEnvelope alone', times, () => encodeEnvelope(entry, marks, body))
  print('  readHeader alone', times, () => readHeader(bytes))
  print('EntryCodec.encode, encrypted', times, () => encrypted.encode(fullKey, entry, marks))
  print('EntryCodec.decode, encrypted', times, () => encrypted.decode(fullKey, secret))
  const beyond = encoding - packing + decoding - unpacking
  process.stdout.write(`beyond msgpackr, both ways: ${beyond.toFixed(0)} ns\n`)
}

process.stdout.write('\nkeys\n')
print("keyText('product-42')", 1_000_000, () => keyText('product-42'))
print('keyText(42)', 1_000_000, () => keyText(42))
const search = { city: 'Berlin', from: '2026-12-01', to: '2026-12-08', guests: 2, page: 1 }
print('keyText of a search (5 properties)', 200_000, () => keyText(search))
const matches = compilePattern('product-search:*"city":"Berlin"*')
const path = `product-search:${keyText(search)}`
print('a pattern with two stars against its path', 500_000, () => matches(path))
