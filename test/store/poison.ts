/*
 * What may lie under a key of ours, though no entry can be read from it: things of other programs,
 * of a broken network, of a failing disk, of an attacker. Every one has to be a miss.
 */
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib'
import { Packr, pack } from 'msgpackr'
import type { Entry } from '../../src/store/entry.ts'
import { ENVELOPE_HEADER_BYTES, encodeEnvelope, sealEnvelope } from '../../src/store/envelope.ts'
import { entryOf, flipped, MARKS, noise } from './support.ts'

export type Poison = readonly [name: string, bytes: Buffer]

const records = new Packr({ useRecords: true, moreTypes: true, structuredClone: true })
const good = encodeEnvelope(entryOf(0), MARKS, pack({ id: 1, name: 'x'.repeat(40) }))

/** A proper envelope around something that is no value. */
function enclosed(body: Uint8Array, marks: object = {}, entry: Partial<Entry> = {}): Buffer {
  return encodeEnvelope(entryOf(0, entry), { ...MARKS, ...marks }, body)
}

function claimed(length: number, compressed: Uint8Array): Buffer {
  const body = Buffer.alloc(4)
  body.writeUInt32LE(length)
  return Buffer.concat([body, compressed])
}

function patched(change: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(good)
  change(copy)
  return sealEnvelope(copy)
}

const texts = [
  '',
  'null',
  'undefined',
  'true',
  '0',
  '-1',
  '"str"',
  'str',
  '[]',
  '{}',
  '{"value":1}',
  '{"value":1,"expires":null}',
  '{"__proto__":{"polluted":true}}',
  '{"v":{"isAdmin":true},"constructor":{"prototype":{}}}',
  'NaN',
  '\0',
  '\ufeff{}',
  '<html><body>502 Bad Gateway</body></html>',
  '-ERR unknown command\r\n',
  '$5\r\nhello\r\n',
  'O:8:"stdClass":0:{}',
  'rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA==',
  '[['.repeat(10_000),
  'a'.repeat(100_000),
]

const foreign: Poison[] = [
  ...texts.map((text): Poison => [`the text ${text.slice(0, 20)}`, Buffer.from(text)]),
  ['MessagePack', pack({ value: 1 })],
  ['MessagePack with records', Buffer.from(records.pack([{ a: 1 }, { a: 2 }]))],
  ['gzip', gzipSync('{}')],
  ['brotli', brotliCompressSync(Buffer.from('{}'))],
  ['a pickle', Buffer.from('800495050000000000000068616c6c6f2e', 'hex')],
  ['zeros', Buffer.alloc(1_000)],
  ['ones', Buffer.alloc(1_000, 0xff)],
  ['noise', Buffer.from(noise(1_000), 'latin1')],
  ['the magic alone', good.subarray(0, 2)],
  ['the header alone', good.subarray(0, ENVELOPE_HEADER_BYTES)],
  ['an entry twice', Buffer.concat([good, good])],
  ['an entry with a line end', Buffer.concat([good, Buffer.from('\r\n')])],
  ['an entry in hex', Buffer.from(good.toString('hex'))],
  ['an entry in base64', Buffer.from(good.toString('base64'))],
  ['an entry read and written as UTF-8', Buffer.from(good.toString('utf8'))],
  ['an entry reversed', Buffer.from(good).reverse()],
]

const cut = Array.from({ length: 40 }, (_, i): Poison => {
  const length = Math.floor((good.length * (i + 0.5)) / 40)
  return [`an entry cut at ${length}`, good.subarray(0, length)]
})

const changed = Array.from({ length: 60 }, (_, i): Poison => {
  const at = 8 + Math.floor(((good.length - 8) * i) / 60)
  return [`an entry with byte ${at} changed`, flipped(good, at, 1 << (i % 8))]
})

const headers: Poison[] = [
  ['version 0', patched((bytes) => bytes.writeUInt8(0, 2))],
  ['version 2', patched((bytes) => bytes.writeUInt8(2, 2))],
  ['version 255', patched((bytes) => bytes.writeUInt8(255, 2))],
  ['another magic', patched((bytes) => bytes.writeUInt16LE(0x4343, 0))],
  ...[2, 3, 7, 8, 15].map((codec): Poison => [`codec ${codec}`, enclosed(pack(1), { codec })]),
  ...[4, 5, 15].map((id): Poison => [`compression ${id}`, enclosed(pack(1), { compression: id })]),
  ...[1, 2, 0xffff].map((keyId): Poison => [`key ${keyId}`, enclosed(Buffer.alloc(40), { keyId })]),
  ...(['stamp', 'createdAt', 'freshUntil', 'staleUntil', 'loadMs'] as const).map(
    (field): Poison => [`${field} NaN`, enclosed(pack(1), {}, { [field]: NaN })],
  ),
  [
    'tags that end too late',
    patched((bytes) => bytes.writeUInt16LE(0xffff, ENVELOPE_HEADER_BYTES)),
  ],
  ['tags that end too early', patched((bytes) => bytes.writeUInt16LE(0, ENVELOPE_HEADER_BYTES))],
  ['tags longer than all', patched((bytes) => bytes.writeUInt32LE(0xffff_ffff, 64))],
  ['tags of one byte', patched((bytes) => bytes.writeUInt32LE(1, 64))],
  ['a body longer than all', patched((bytes) => bytes.writeUInt32LE(0xffff_ffff, 68))],
  ['a body of nothing', patched((bytes) => bytes.writeUInt32LE(0, 68))],
  ['a body too large', enclosed(pack('x'.repeat(1_048_600)))],
]

const wrapped = (content: unknown): Buffer => Buffer.concat([Buffer.of(0xc1), pack(content)])
const protoKey = Buffer.concat([Buffer.of(0x81), pack('__proto__'), pack({ polluted: true })])

const bodies: [string, Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['bytes left over', Buffer.concat([pack({ a: 1 }), pack(2)])],
  ['a key __proto__', protoKey],
  ['a key __proto__ in a list', Buffer.concat([Buffer.of(0x91), protoKey])],
  ['a key __proto__ in an object', Buffer.concat([Buffer.of(0x81), pack('a'), protoKey])],
  ['a key __proto_', pack({ __proto_: 1 })],
  ['an unused byte', Buffer.of(0xc1)],
  ['an unused byte within', Buffer.of(0x91, 0xc1)],
  ['a map with a key of its own class', Buffer.of(0x81, 0x80, 1)],
  ['-0, which is always wrapped', Buffer.of(0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0)],
  ['a regular expression', Buffer.from(records.pack([/(a+)+$/]))],
  ['an error', Buffer.from(records.pack([new Error('x')]))],
  ['an error named valueOf', Buffer.concat([Buffer.of(0xd4, 0x65, 0), pack(['valueOf', 'x'])])],
  [
    'an error named constructor',
    Buffer.concat([Buffer.of(0xd4, 0x65, 0), pack(['constructor', 1])]),
  ],
  ['a set of no list', Buffer.concat([Buffer.of(0xd4, 0x73, 0), pack(7)])],
  ['a pointer to nowhere', Buffer.of(0xd6, 0x70, 0, 0, 0, 1)],
  ['an id', Buffer.of(0xd6, 0x69, 0, 0, 0, 1, 0x80)],
  ['bundled strings', Buffer.of(0xd6, 0x62, 0, 0, 0, 9, 0xc1, 1)],
  ['a typed array of no type', Buffer.of(0xc7, 3, 0x74, 99, 0, 0)],
  ['a typed array of half an element', Buffer.of(0xc7, 4, 0x74, 5, 0, 0, 1)],
  ['an extension nobody knows', Buffer.of(0xd4, 0x21, 0)],
  ['a record without its keys', Buffer.of(0xd4, 0x72, 0x40, 1)],
  ['an array of 2^32', Buffer.of(0xdd, 255, 255, 255, 255)],
  ['an array of 65 535', Buffer.of(0xdc, 255, 255)],
  ['an object of 2^32', Buffer.of(0xdf, 255, 255, 255, 255)],
  ['a text of 2^32', Buffer.of(0xdb, 255, 255, 255, 255)],
  ['bytes of 2^32', Buffer.of(0xc6, 255, 255, 255, 255)],
  ['600 levels', Buffer.concat([Buffer.alloc(600, 0x91), Buffer.of(1)])],
  ['10^6 levels of lists', Buffer.alloc(1_000_000, 0x91)],
  ['10^6 levels of objects', Buffer.alloc(1_000_000, Buffer.of(0x81, 0xa1, 0x61))],
  ['a wrapped nothing', Buffer.of(0xc1, 0xc1)],
  ['a wrapped kind nobody knows', wrapped({ '~': ['Function', 'return process'] })],
  ['a wrapped kind of every object', wrapped({ '~': ['constructor'] })],
  ['a wrapped kind that is no text', wrapped({ '~': [['map']] })],
  ['a wrapped text that is none', wrapped({ '~': ['text', [1]] })],
  ['a wrapped map of three', wrapped({ '~': ['map', 1, 2, 3] })],
  ['a wrapped object without one', wrapped({ '~': ['object', null] })],
  ['a wrapped object with __proto__', wrapped({ '~': ['object', {}, '__proto__', {}] })],
  ['a wrapped error without a name', wrapped({ '~': ['error'] })],
  ['a wrapped error with __proto_', wrapped({ '~': ['error', 'E', 'm', { __proto_: 1 }] })],
  ['a wrapped class', Buffer.concat([Buffer.of(0xc1), records.pack([/a/])])],
  ['10^6 wrapped levels', Buffer.concat([Buffer.of(0xc1), Buffer.alloc(999_000, 0x91)])],
]

const jsonBodies = [
  '{',
  '{"a":1}}',
  "{'a':1}",
  '{"__proto__":1}',
  '{"\\u005f\\u005fproto__":1}',
  '[{"__prot\\u006f__":{}}]',
  'NaN',
  'undefined',
  '1e',
  '"\n"',
  '\ufeff\ufeff1',
  'new Date(0)',
  '['.repeat(500_000),
  '[1,]',
  '\0',
]

const compressed: Poison[] = [1, 2].flatMap((compression): Poison[] => [
  ['a compressed body without length', enclosed(Buffer.alloc(3), { compression })],
  ['a compressed body of nothing', enclosed(claimed(0, Buffer.alloc(0)), { compression })],
  ['a compressed body of noise', enclosed(claimed(100, Buffer.from(noise(80))), { compression })],
  ['a compressed body too large', enclosed(claimed(2 ** 31, Buffer.alloc(9)), { compression })],
  ['a body of another compression', enclosed(claimed(9, gzipSync('123456789')), { compression })],
  ['a body that was not compressed', enclosed(pack('x'.repeat(900)), { compression })],
])

const bombs: Poison[] = [0, 1, 1_000, 1_048_576].flatMap((length): Poison[] => [
  [
    `a deflate bomb said to be ${length}`,
    enclosed(claimed(length, deflateBomb()), { compression: 1 }),
  ],
  [
    `a brotli bomb said to be ${length}`,
    enclosed(claimed(length, brotliBomb()), { compression: 2 }),
  ],
])

function deflateBomb(): Buffer {
  return deflateRawSync(Buffer.alloc(20_000_000))
}

function brotliBomb(): Buffer {
  return brotliCompressSync(Buffer.alloc(20_000_000))
}

export const poisons: readonly Poison[] = [
  ...foreign,
  ...cut,
  ...changed,
  ...headers,
  ...bodies.map(([name, body]): Poison => [`a body of ${name}`, enclosed(body)]),
  ...jsonBodies.map((text): Poison => {
    return [`JSON of ${text.slice(0, 20)}`, enclosed(Buffer.from(text), { codec: 1 })]
  }),
  ...compressed,
  ...bombs,
]
