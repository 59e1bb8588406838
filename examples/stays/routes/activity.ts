import { Router } from 'express'
import { named, type Services } from '../http/services.ts'
import { requireSession } from '../http/session.ts'

/** GET /api/activity: what one did oneself. */
export function activityRoutes(services: Services): Router {
  const router = Router()
  router.get(
    '/api/activity',
    named(services, 'activity', async (request, response) => {
      const { session } = await requireSession(request, services.definitions)
      response.json(await services.definitions.activity.get(session.userId))
    }),
  )
  return router
}
