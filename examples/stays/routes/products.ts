import { Router } from 'express'
import { tagsOfChange } from '../definitions/tags.ts'
import { Input, idFrom } from '../http/input.ts'
import { found, notFound, Problem } from '../http/problem.ts'
import { named, type Services } from '../http/services.ts'
import { requireSession } from '../http/session.ts'
import {
  type ChangeOutcome,
  changeProduct,
  type ProductChanges,
  type RoomChange,
} from '../queries/product-changes.ts'

const NAME = { min: 3, max: 120 }
const CAPACITY = { min: 1, max: 30 }
const MAX_ROOMS = 20
const MAX_EQUIPMENT = 50

/** GET and PATCH /api/products/:id */
export function productRoutes(services: Services): Router {
  const { definitions, database, cache } = services
  const router = Router()
  router.get(
    '/api/products/:id',
    named(services, 'details', async (request, response) => {
      const id = idFrom(request.params.id, 'product')
      response.json(found(await definitions.products.get(id), `product ${id}`))
    }),
  )
  router.patch(
    '/api/products/:id',
    named(services, 'change product', async (request, response) => {
      const productId = idFrom(request.params.id, 'product')
      const { session } = await requireSession(request, definitions)
      const changes = readChanges(request.body)
      const change = { productId, hostId: session.userId, changes }
      const result = accepted(await changeProduct(database, change), productId)
      // Only after the commit: a load that began before it may still read the old rows.
      await cache.invalidateTags(tagsOfChange({ productId, ...result }))
      const product = found(await definitions.products.get(productId), `product ${productId}`)
      response.json({ changed: result.changed, product })
    }),
  )
  return router
}

function readChanges(body: unknown): ProductChanges {
  const input = new Input(body)
  const name = input.text('name', NAME)
  const description = input.text('description', { min: 10, max: 2_000 })
  const basePrice = input.whole('basePrice', { min: 100, max: 1_000_000 })
  const capacity = input.whole('capacity', CAPACITY)
  const rooms = input.list('rooms', MAX_ROOMS)?.map((room) => readRoom(room, input))
  const equipment = input.list('equipment', MAX_EQUIPMENT)
  if (equipment?.some((slug) => typeof slug !== 'string')) {
    input.fail('equipment', 'Expected a list of slugs such as "sea-view".')
  }
  input.check()
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(basePrice !== undefined && { basePrice }),
    ...(capacity !== undefined && { capacity }),
    ...(rooms && { rooms }),
    ...(equipment && { equipment: equipment as string[] }),
  }
}

function readRoom(source: unknown, parent: Input): RoomChange {
  const input = new Input(source)
  const id = input.required('id', input.whole('id', { min: 1, max: 999_999_999 })) ?? 0
  const name = input.text('name', NAME)
  const capacity = input.whole('capacity', CAPACITY)
  const addUnits = input.whole('addUnits', { min: 0, max: 20 })
  for (const { field, message } of input.errors) parent.fail(`rooms.${field}`, message)
  return {
    id,
    ...(name !== undefined && { name }),
    ...(capacity !== undefined && { capacity }),
    ...(addUnits !== undefined && { addUnits }),
  }
}

type Changed = Extract<ChangeOutcome, { outcome: 'changed' }>

function accepted(result: ChangeOutcome, productId: number): Changed {
  switch (result.outcome) {
    case 'changed':
      return result
    case 'no-such-product':
      throw notFound(`product ${productId}`)
    case 'not-the-host':
      throw new Problem(403, 'Not yours', 'Only its host can change a product.')
    case 'no-such-room':
      throw new Problem(400, 'Bad request', 'One of the rooms is not of this product.')
    case 'no-such-equipment':
      throw new Problem(400, 'Bad request', 'One of the pieces of equipment is not known.')
  }
}
