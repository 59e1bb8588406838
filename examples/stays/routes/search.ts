import { Router } from 'express'
import { nightsBetween } from '../data/days.ts'
import { Input } from '../http/input.ts'
import { named, type Services } from '../http/services.ts'
import { type SearchParams, SORTS } from '../queries/search.ts'
import { MAX_NIGHTS } from './limits.ts'

const MAX_PAGE = 1_000
const MAX_PAGE_SIZE = 50
const PRICE = { min: 0, max: 10_000_000 }

/** GET /api/products/search */
export function searchRoutes(services: Services): Router {
  const router = Router()
  router.get(
    '/api/products/search',
    named(services, 'search', async (request, response) => {
      response.json(await services.definitions.search.get(readSearch(request.query)))
    }),
  )
  return router
}

/** Reads a search. What means the same becomes the same: entries are kept by it. */
export function readSearch(query: unknown): SearchParams {
  const input = new Input(query)
  const text = input.text('q', { min: 2, max: 100 })
  const place = input.text('place', { min: 2, max: 100 })
  const country = input.matching('country', /^[A-Za-z]{2}$/, 'two letters such as PT')
  const checkIn = input.day('checkIn')
  const checkOut = input.day('checkOut')
  const minPrice = input.whole('minPrice', PRICE)
  const maxPrice = input.whole('maxPrice', PRICE)
  const guests = input.whole('guests', { min: 1, max: 20 }) ?? 1
  const sort = input.oneOf('sort', SORTS) ?? (text === undefined ? 'popular' : 'relevance')
  const page = input.whole('page', { min: 1, max: MAX_PAGE }) ?? 1
  const pageSize = input.whole('pageSize', { min: 1, max: MAX_PAGE_SIZE }) ?? 20
  checkDays(input, checkIn, checkOut)
  input.check()
  return {
    ...(text !== undefined && { text: text.toLowerCase().replace(/\s+/g, ' ') }),
    ...(place !== undefined && { place: place.toLowerCase() }),
    ...(country !== undefined && { country: country.toUpperCase() }),
    ...(checkIn !== undefined && checkOut !== undefined && { checkIn, checkOut }),
    ...(minPrice !== undefined && { minPrice }),
    ...(maxPrice !== undefined && { maxPrice }),
    guests,
    sort,
    page,
    pageSize,
  }
}

function checkDays(input: Input, checkIn: string | undefined, checkOut: string | undefined): void {
  if (input.has('checkIn') !== input.has('checkOut')) {
    input.fail('checkOut', 'Give checkIn and checkOut, or neither.')
  }
  if (checkIn === undefined || checkOut === undefined) return
  const nights = nightsBetween(checkIn, checkOut)
  if (nights < 1 || nights > MAX_NIGHTS) {
    input.fail('checkOut', `Expected 1 to ${MAX_NIGHTS} nights after checkIn.`)
  }
}
