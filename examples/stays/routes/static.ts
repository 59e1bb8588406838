import { Router } from 'express'
import { notFound } from '../http/problem.ts'
import { named, type Services } from '../http/services.ts'
import { STATIC_KINDS } from '../queries/static.ts'

/** GET /api/static/:kind */
export function staticRoutes(services: Services): Router {
  const router = Router()
  router.get(
    '/api/static/:kind',
    named(services, 'static', async (request, response) => {
      const kind = STATIC_KINDS.find((known) => known === request.params.kind)
      if (!kind) throw notFound(`such list; there are ${STATIC_KINDS.join(', ')}`)
      response.json(await services.definitions.static.get(kind))
    }),
  )
  return router
}
