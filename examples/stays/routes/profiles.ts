import { type Request, Router } from 'express'
import { tagsOfProfileChange } from '../definitions/tags.ts'
import { Input, idFrom } from '../http/input.ts'
import { found, Problem } from '../http/problem.ts'
import { named, type Services } from '../http/services.ts'
import { requireSession } from '../http/session.ts'
import { type ProfileFields, updateProfile } from '../queries/profiles.ts'

/** GET and PUT /api/profiles/:id; `me` is short for one's own number. */
export function profileRoutes(services: Services): Router {
  const { definitions, database, cache } = services
  const router = Router()
  router.get(
    '/api/profiles/:id',
    named(services, 'profile', async (request, response) => {
      const userId = await ownId(request, services)
      response.json(found(await definitions.profiles.get(userId), `user ${userId}`))
    }),
  )
  router.put(
    '/api/profiles/:id',
    named(services, 'change profile', async (request, response) => {
      const userId = await ownId(request, services)
      const isDone = await updateProfile(database, userId, readProfile(request.body))
      if (!isDone) throw new Problem(400, 'Bad request', 'That country is not known.')
      await cache.invalidateTags(tagsOfProfileChange(userId))
      response.json(await definitions.profiles.get(userId))
    }),
  )
  return router
}

/** Profiles are private: everybody reaches only their own. */
async function ownId(request: Request, { definitions }: Services): Promise<number> {
  const { session } = await requireSession(request, definitions)
  const { id } = request.params
  if (id === 'me' || idFrom(id, 'profile') === session.userId) return session.userId
  throw new Problem(403, 'Not yours', 'A profile is shown to its owner only.')
}

function readProfile(body: unknown): ProfileFields {
  const input = new Input(body)
  const name = input.required('name', input.text('name', { min: 2, max: 100 })) ?? ''
  const phone = input.matching('phone', /^\+\d{6,15}$/, 'a number such as +351123456789') ?? null
  const country =
    input.required('country', input.matching('country', /^[A-Z]{2}$/, 'two letters, PT')) ?? ''
  const language =
    input.required('language', input.matching('language', /^[a-z]{2}$/, 'two letters, en')) ?? ''
  const about = input.text('about', { min: 1, max: 1_000 }) ?? ''
  input.check()
  return { name, phone, country, language, about }
}
