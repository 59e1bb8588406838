import { Router } from 'express'
import { nightsBetween } from '../data/days.ts'
import { Input, idFrom } from '../http/input.ts'
import { notFound } from '../http/problem.ts'
import { named, type Services } from '../http/services.ts'
import type { AvailabilityParams } from '../queries/availability.ts'
import { MAX_RANGE_NIGHTS } from './limits.ts'

const VIEWS = ['rooms', 'units', 'both'] as const

/** GET /api/products/:id/availability: kinds of rooms, single units, or both (the default). */
export function availabilityRoutes(services: Services): Router {
  const { roomAvailability, unitAvailability } = services.definitions
  const router = Router()
  router.get(
    '/api/products/:id/availability',
    named(services, 'availability', async (request, response) => {
      const { view, params } = readRange(request.params.id, request.query)
      const [rooms, units] = await Promise.all([
        view === 'units' ? undefined : roomAvailability.get(params),
        view === 'rooms' ? undefined : unitAvailability.get(params),
      ])
      if ((rooms ?? units)?.length === 0) throw notFound(`product ${params.productId}`)
      response.json({ ...params, rooms, units })
    }),
  )
  return router
}

function readRange(
  id: unknown,
  query: unknown,
): { view: (typeof VIEWS)[number]; params: AvailabilityParams } {
  const productId = idFrom(id, 'product')
  const input = new Input(query)
  const from = input.required('from', input.day('from')) ?? ''
  const to = input.required('to', input.day('to')) ?? ''
  const view = input.oneOf('view', VIEWS) ?? 'both'
  input.check()
  const nights = nightsBetween(from, to)
  if (nights < 1 || nights > MAX_RANGE_NIGHTS) {
    input.fail('to', `Expected 1 to ${MAX_RANGE_NIGHTS} nights after from.`)
  }
  input.check()
  return { view, params: { productId, from, to } }
}
