import { expect, test } from 'vitest'
import type { Codec } from '../../src/store/codec.ts'
import { resolveCodecs } from '../../src/store/codec-choice.ts'
import { codecWith, entryOf, KEY, MARKS } from './support.ts'

const own: Codec = {
  id: 9,
  name: 'reversed',
  encode: (value) => Buffer.from(JSON.stringify(value)).reverse(),
  decode: (bytes) => JSON.parse(Buffer.from(bytes).reverse().toString()),
}

test('values are written by the codec chosen and read by the one that wrote them', () => {
  const readers = codecWith({ codecs: [own] })
  const writers = [codecWith(), codecWith({ codec: 'json' }), codecWith({ codec: own })]

  const values = writers.map((writer) => {
    return readers.decode(KEY, writer.encode(KEY, entryOf({ a: 1 }), MARKS) as Buffer)
  })

  expect(values).toMatchObject([{ value: { a: 1 } }, { value: { a: 1 } }, { value: { a: 1 } }])
})

test('a value is written as JSON where that keeps it exactly, else by msgpackr', () => {
  const { writerFor } = resolveCodecs('auto', [])

  const names = [{ a: [1, null, 'x'] }, { a: undefined }, new Date(0), -0, new Map()].map(
    (value) => writerFor(value).name,
  )

  expect(names).toEqual(['json', 'msgpackr', 'msgpackr', 'msgpackr', 'msgpackr'])
})

test('a codec that is not configured makes a miss', () => {
  const bytes = codecWith({ codec: own }).encode(KEY, entryOf(1), MARKS) as Buffer

  expect(codecWith().decode(KEY, bytes)).toBe('unknown-codec')
})

test.each([
  ['an unknown name', 'protobuf', /Expected `codec` to be 'auto', 'msgpackr', 'json' or a Codec/],
  ['a name of every object', 'constructor', /`codec`/],
  ['nothing', null, /`codec`/],
  ['a codec without functions', { id: 9, name: 'x' }, /`codec` to be a Codec with/],
  ['an id of ours', { ...own, id: 1 }, /`codec.id` to be an integer from 8 to 15, got 1/],
  ['an id that does not fit', { ...own, id: 16 }, /`codec.id`.*got 16/],
])('%s is refused', (_, codec, message) => {
  expect(() => resolveCodecs(codec as Codec, [])).toThrow(message)
})

test('two codecs of one id are refused', () => {
  expect(() => resolveCodecs('json', [own, { ...own }])).toThrow(/`codecs.id`.*one codec only/)
  expect(() => resolveCodecs(own, [{ ...own }])).toThrow(/`codec.id`/)
  expect(resolveCodecs(own, [own]).writerFor(1)).toBe(own)
})
