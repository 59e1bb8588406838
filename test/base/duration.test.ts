import { expect, test } from 'vitest'
import { type ByteSize, type Duration, toBytes, toMs } from '../../src/base/duration.ts'

test.each<[Duration, number]>([
  [0, 0],
  [500, 500],
  [0.5, 0.5],
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  ['40d', 3_456_000_000],
])('reads the duration %s as %d ms', (duration, ms) => {
  expect(toMs('ttl', duration)).toBe(ms)
})

const NO_DURATIONS: readonly unknown[] = [
  'soon',
  '',
  '5',
  '5 m',
  '-5m',
  '5M',
  '5w',
  '1e3s',
  '5toString',
  '.5s',
  `${'9'.repeat(400)}s`,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  undefined,
  5n,
  {},
  [],
  new Date(5),
]

test.each(NO_DURATIONS.map((value) => [value]))('refuses %o as a duration', (value) => {
  expect(() => toMs('ttl', value as Duration)).toThrow(
    expect.objectContaining({
      code: 'ERR_OPTION',
      message: expect.stringMatching(/^Expected `ttl` to be a duration such as .*, got .*\.$/),
    }),
  )
})

test.each<[ByteSize, number]>([
  [4_096, 4_096],
  ['100b', 100],
  ['64kb', 65_536],
  ['1.5kb', 1_536],
  ['64mb', 67_108_864],
  ['1gb', 1_073_741_824],
  [10.9, 10],
])('reads the size %s as %d bytes', (size, bytes) => {
  expect(toBytes('maxBytes', size)).toBe(bytes)
})

test.each([['64 MB'], ['64MB'], ['5m'], [-1], [Number.NaN], [undefined]])(
  'refuses %o as a size',
  (value) => {
    expect(() => toBytes('maxBytes', value as ByteSize)).toThrow(
      /^Expected `maxBytes` to be a size such as 4096, '64kb' or '64mb', got /,
    )
  },
)
