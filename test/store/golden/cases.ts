/*
 * What was once written must be read for ever: each case has a file of its name with the bytes in
 * hex, made by the version that its folder names. A file is never changed; a new version adds a
 * folder.
 */
import type { Entry } from '../../../src/store/entry.ts'
import type { EntryCodecOptions } from '../../../src/store/entry-codec.ts'
import { entryOf, OTHER_SECRET, SECRET } from '../support.ts'

export interface GoldenCase {
  readonly name: string
  readonly entry: Entry
  readonly options: Partial<EntryCodecOptions>
}

const rows = Array.from({ length: 120 }, (_, id) => ({ id, city: 'Lübeck', price: id * 1.25 }))
const large = Array.from({ length: 5_000 }, () => ({ city: 'Kiel', guests: 2 }))
const key = { current: 2, keys: { 1: SECRET, 2: OTHER_SECRET } }

const native = {
  at: new Date('2026-11-21T10:00:00.123Z'),
  nothing: [undefined, null],
  big: [2n ** 80n, -1n],
  odd: [NaN, Infinity],
  bytes: [Buffer.from('bytes'), new Float64Array([1.5])],
  set: new Set(['a']),
}
const special = {
  map: new Map<unknown, unknown>([
    [1, 'one'],
    ['two', new Map()],
  ]),
  zero: -0,
  text: ['\ufeffmark', 'half \ud83d'],
  '~': 'tilde',
  error: new TypeError('broken', { cause: 'why' }),
}

export const cases: readonly GoldenCase[] = [
  { name: 'plain', entry: entryOf({ id: '42', name: 'House', tags: ['a'] }), options: {} },
  { name: 'no-tags', entry: entryOf(null, { tags: [], stamp: 0, loadMs: 0 }), options: {} },
  { name: 'undefined', entry: entryOf(undefined), options: {} },
  { name: 'native', entry: entryOf(native), options: {} },
  { name: 'special', entry: entryOf(special), options: {} },
  { name: 'json', entry: entryOf({ a: ['ü', 1.5, null] }), options: { codec: 'json' } },
  { name: 'deflate', entry: entryOf(rows), options: { compression: { threshold: 100 } } },
  {
    name: 'brotli',
    entry: entryOf(rows),
    options: { compression: { threshold: 100, method: 'brotli' } },
  },
  { name: 'deflate-large', entry: entryOf(large), options: { compression: { method: 'deflate' } } },
  { name: 'encrypted', entry: entryOf({ secret: 'word' }), options: { encryption: key } },
  {
    name: 'encrypted-deflate',
    entry: entryOf(rows),
    options: { encryption: key, compression: { threshold: 100, method: 'deflate' } },
  },
]

/** Written by Node 22, since Node 20 cannot. */
export const zstdCase: GoldenCase = { name: 'zstd', entry: entryOf(rows), options: {} }
