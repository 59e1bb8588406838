import { describe, expect, test } from 'vitest'
import { tagsOfChange } from '../../../examples/stays/definitions/tags.ts'
import type { ProductField } from '../../../examples/stays/queries/product-changes.ts'

const change = (...changed: ProductField[]): string[] =>
  tagsOfChange({ productId: 7, hostId: 3, countryCode: 'PT', changed })

const ALWAYS = ['product:7', 'host:3', 'activity:3']
const SEARCH = ['search:PT', 'search:world']

describe('what a change of a product makes invalid', () => {
  test.each(['name', 'description', 'basePrice'] as const)('%s: searches too', (field) => {
    expect(change(field)).toEqual([...ALWAYS, ...SEARCH])
  })

  test.each(['rooms', 'capacity'] as const)('%s: availability too', (field) => {
    expect(change(field)).toEqual([...ALWAYS, 'availability:7'])
  })

  test('equipment: the details only', () => {
    expect(change('equipment')).toEqual(ALWAYS)
  })

  test('several fields: everything that one of them asks for', () => {
    expect(change('name', 'capacity')).toEqual([...ALWAYS, ...SEARCH, 'availability:7'])
  })

  test('nothing: nothing', () => {
    expect(change()).toEqual([])
  })
})
