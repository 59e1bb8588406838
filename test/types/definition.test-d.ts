import { describe, expectTypeOf, test } from 'vitest'
import { type Applied, type CacheStats, createCache, type Definition } from '../../src/index.ts'

interface Product {
  readonly id: string
  readonly price: number
}

const cache = createCache()

describe('a definition', () => {
  test('takes its types from its loader', () => {
    const products = cache.define({
      name: 'product',
      load: async (id: string): Promise<Product> => ({ id, price: 1 }),
      tags: (id, product) => {
        expectTypeOf(id).toEqualTypeOf<string>()
        expectTypeOf(product).toEqualTypeOf<Product>()
        return [id]
      },
    })

    expectTypeOf(products).toEqualTypeOf<Definition<string, Product>>()
    expectTypeOf(products.get).parameter(0).toEqualTypeOf<string>()
    expectTypeOf(products.get('1')).resolves.toEqualTypeOf<Product>()
    expectTypeOf(products.getMany(['1'])).resolves.toEqualTypeOf<Product[]>()
    expectTypeOf(products.peek('1')).toEqualTypeOf<Product | undefined>()
    expectTypeOf(products.set).parameter(1).toEqualTypeOf<Product>()
    expectTypeOf(products.delete('1')).resolves.toEqualTypeOf<Applied>()
  })

  test('keeps what may be absent', () => {
    const find = (_id: number): Promise<Product | null> => Promise.resolve(null)
    const products = cache.define({ name: 'maybe', load: find })

    expectTypeOf(products.get(1)).resolves.toEqualTypeOf<Product | null>()
  })

  test('tells the loader what it gets', () => {
    cache.define({
      name: 'context',
      load: (id: number, context): string => {
        expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>()
        expectTypeOf(context.stale).toEqualTypeOf<string | undefined>()
        return String(id)
      },
    })
  })

  test('refuses params, values and options that do not fit', () => {
    const products = cache.define({ name: 'strict', load: (id: string) => id.length })

    // @ts-expect-error a number is no id
    void products.get(42)
    // @ts-expect-error a text is no value
    void products.set('42', 'text')
    // @ts-expect-error no unit of time
    cache.define({ name: 'ttl', load: () => 1, ttl: '5 minutes' })
    // @ts-expect-error no option
    cache.define({ name: 'option', load: () => 1, tll: 5 })
  })
})

describe('low-level entries', () => {
  test('take their type from their loader', () => {
    expectTypeOf(cache.getOrSet('a', () => 1)).resolves.toEqualTypeOf<number>()
    expectTypeOf(cache.getOrSet('a', async () => 'x')).resolves.toEqualTypeOf<string>()
    expectTypeOf(
      cache.getOrSetMany(['a'], (keys) => keys.map((key) => key.length)),
    ).resolves.toEqualTypeOf<number[]>()
  })

  test('are unknown until somebody says what they are', () => {
    expectTypeOf(cache.get('a')).resolves.toEqualTypeOf<unknown>()
    expectTypeOf(cache.get<Product>('a')).resolves.toEqualTypeOf<Product | undefined>()
    expectTypeOf(cache.peek<number>('a')).toEqualTypeOf<number | undefined>()
    expectTypeOf(cache.getMany<number>(['a'])).resolves.toEqualTypeOf<(number | undefined)[]>()
  })
})

test('events and stats are typed', () => {
  cache.on('hit', ({ tier }) => expectTypeOf(tier).toEqualTypeOf<'memory' | 'shared'>())
  // @ts-expect-error no event
  cache.on('hits', () => {})

  expectTypeOf(cache.stats()).toEqualTypeOf<CacheStats>()
  expectTypeOf(cache.invalidateTags(['a'])).resolves.toEqualTypeOf<Applied>()
})
