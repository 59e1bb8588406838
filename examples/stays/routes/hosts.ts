import { Router } from 'express'
import { idFrom } from '../http/input.ts'
import { found } from '../http/problem.ts'
import { named, type Services } from '../http/services.ts'

/** GET /api/hosts/:id/products */
export function hostRoutes(services: Services): Router {
  const router = Router()
  router.get(
    '/api/hosts/:id/products',
    named(services, 'host list', async (request, response) => {
      const id = idFrom(request.params.id, 'host')
      response.json(found(await services.definitions.hosts.get(id), `host ${id}`))
    }),
  )
  return router
}
