import { readdirSync, readFileSync } from 'node:fs'
import * as zlib from 'node:zlib'
import { expect, test } from 'vitest'
import type { Decoded } from '../../src/store/entry-codec.ts'
import { cases, type GoldenCase, zstdCase } from './golden/cases.ts'
import { codecWith, EPOCH, KEY } from './support.ts'

const folder = new URL('./golden/v1/', import.meta.url)

function stored(name: string): Buffer {
  return Buffer.from(readFileSync(new URL(`${name}.hex`, folder), 'utf8').replace(/\s/g, ''), 'hex')
}

function expectation({ entry }: GoldenCase): unknown {
  const { value, ...fields } = entry
  return { value, header: expect.objectContaining({ ...fields, epoch: EPOCH, schema: 7 }) }
}

test.each(cases.map((golden) => [golden.name, golden] as const))(
  'the entry %s of version 1 is read as it was written',
  async (name, golden) => {
    const decoded = (await codecWith(golden.options).decode(KEY, stored(name))) as Decoded

    expect(decoded).toStrictEqual(expectation(golden))
  },
)

test('the entry zstd of version 1 is read where Node can, else a miss', async () => {
  const decoded = await codecWith().decode(KEY, stored('zstd'))

  const canRead = 'zstdDecompressSync' in zlib
  expect(decoded).toStrictEqual(canRead ? expectation(zstdCase) : 'unknown-compression')
})

test('every file of version 1 is read by a test', () => {
  const names = [...cases, zstdCase].map(({ name }) => `${name}.hex`)

  expect(readdirSync(folder).sort()).toEqual(names.sort())
})
