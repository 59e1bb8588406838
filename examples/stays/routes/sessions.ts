import { Router } from 'express'
import { activityTag } from '../definitions/tags.ts'
import { Input } from '../http/input.ts'
import { hashPassword, verifyPassword } from '../http/password.ts'
import { Problem } from '../http/problem.ts'
import { named, type Services } from '../http/services.ts'
import { clearSessionCookie, requireSession, setSessionCookie } from '../http/session.ts'
import { recordActivity } from '../queries/activity.ts'
import { createSession, deleteSession, findCredentials } from '../queries/sessions.ts'

/** POST /api/sessions, GET and DELETE /api/sessions/me */
export function sessionRoutes(services: Services): Router {
  const { definitions, database, cache } = services
  const logIn = createLogIn(services)
  const router = Router()
  router.post(
    '/api/sessions',
    named(services, 'log in', async (request, response) => {
      const { userId, token } = await logIn(request.body)
      await cache.invalidateTags([activityTag(userId)])
      setSessionCookie(response, token)
      response.status(201).json({ token, userId })
    }),
  )
  router.get(
    '/api/sessions/me',
    named(services, 'session', async (request, response) => {
      const { session } = await requireSession(request, definitions)
      response.json(session)
    }),
  )
  router.delete(
    '/api/sessions/me',
    named(services, 'log out', async (request, response) => {
      const { tokenHash } = await requireSession(request, definitions)
      await deleteSession(database, tokenHash)
      await definitions.sessions.delete(tokenHash)
      clearSessionCookie(response)
      response.status(204).end()
    }),
  )
  return router
}

/** Takes as long for an unknown address as for a wrong password: neither is told apart. */
function createLogIn({
  database,
}: Services): (body: unknown) => Promise<{ userId: number; token: string }> {
  const decoy = hashPassword('nobody has this password')
  return async (body) => {
    const input = new Input(body)
    const email = input.required('email', input.text('email', { min: 3, max: 254 })) ?? ''
    const password = input.required('password', input.text('password', { min: 1, max: 200 })) ?? ''
    input.check()
    const credentials = await findCredentials(database, email.toLowerCase())
    const matches = await verifyPassword(password, credentials?.passwordHash ?? (await decoy))
    if (!credentials || !matches) {
      throw new Problem(401, 'Not logged in', 'The address or the password is wrong.')
    }
    const { userId } = credentials
    const token = await createSession(database, userId)
    const subject = `user:${userId}`
    await recordActivity(database, { userId, action: 'login', subject, details: {} })
    return { userId, token }
  }
}
