import { Router } from 'express'
import { named, type Services } from '../http/services.ts'

/** GET /api/filters */
export function filterRoutes(services: Services): Router {
  const router = Router()
  router.get(
    '/api/filters',
    named(services, 'filters', async (_request, response) => {
      response.json(await services.definitions.filters.get('all'))
    }),
  )
  return router
}
