import { expect, test } from 'vitest'
import { DEFAULTS } from '../../src/cache/options.ts'
import { REDIS_DEFAULTS } from '../../src/redis/options.ts'
import { defaultsOf, literalsOf, tableBelow, withoutTicks } from './tables.ts'

const PAGE = 'docs/configuration.md'

/** What `createCache` sets itself. */
const OWN_OF_MEMORY = ['onEvict', 'random']
const OWN_OF_CODEC = ['namespace']

const sections = [
  { heading: 'Policy', file: 'src/cache/options.ts', name: 'PolicyOptions', own: [] },
  { heading: 'A cache', file: 'src/create-cache.ts', name: 'CacheOptions', own: [] },
  {
    heading: 'Values in Redis',
    file: 'src/store/entry-codec.ts',
    name: 'EntryCodecOptions',
    own: OWN_OF_CODEC,
  },
  { heading: 'Compression', file: 'src/store/compression.ts', name: 'CompressionOptions', own: [] },
  {
    heading: 'Memory',
    file: 'src/memory/options.ts',
    name: 'MemoryStoreOptions',
    own: OWN_OF_MEMORY,
  },
  { heading: 'Where Redis is', file: 'src/redis/address.ts', name: 'AddressOptions', own: [] },
  { heading: 'Redis', file: 'src/redis/options.ts', name: 'RedisOptions', own: [] },
  { heading: 'A definition', file: 'src/cache/definition.ts', name: 'DefinitionOptions', own: [] },
]

test.each(sections)('the table "$heading" lists the options and defaults of $name', (section) => {
  const { heading, file, name, own } = section
  const options = Object.entries(defaultsOf(file, name)).filter(([option]) => !own.includes(option))

  expect(options.length).toBeGreaterThan(0)
  expect(listed(heading)).toEqual(Object.fromEntries(options))
})

test.each([
  { heading: 'Policy', defaults: DEFAULTS },
  { heading: 'Redis', defaults: REDIS_DEFAULTS },
])('the defaults of the table "$heading" are those that apply', ({ heading, defaults }) => {
  const written = Object.entries(listed(heading)).filter(([, text]) => text !== '–')

  expect(Object.fromEntries(written)).toEqual(
    Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, asWritten(value)])),
  )
})

test('the table of variables lists those that are read, and no other', () => {
  const literals = literalsOf('src/from-env.ts').filter((text) => /^[A-Z]+_[A-Z0-9_]+$/.test(text))
  const read = new Set(literals.filter((text) => !text.startsWith('ERR_')))
  const names = tableBelow(PAGE, 'Environment').map(([cell = '']) => withoutTicks(cell))
  const plain = names.filter((name) => !name.includes('<'))

  expect(plain.sort()).toEqual([...read].sort())
})

test('the forms of variables that name a definition are those that are read', () => {
  const patterns = literalsOf('src/from-env.ts').filter((text) => text.startsWith('/^CACHE_'))
  const names = tableBelow(PAGE, 'Environment').map(([cell = '']) => withoutTicks(cell))
  const forms = names.filter((name) => name.includes('<'))

  expect(forms.map((form) => `/^${form.replace('<DEFINITION>', '(.+)')}$/`)).toEqual(patterns)
})

function listed(heading: string): Readonly<Record<string, string>> {
  const rows = tableBelow(PAGE, heading)
  return Object.fromEntries(
    rows.map(([name = '', , value = '']) => [withoutTicks(name), withoutTicks(value)]),
  )
}

function asWritten(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}
