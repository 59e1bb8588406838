import { fileURLToPath } from 'node:url'
import express, { type Express, json, type RequestHandler } from 'express'
import type { Cache } from '../../src/index.ts'
import type { CountingDatabase } from './db/counting.ts'
import { createDefinitions } from './definitions/index.ts'
import { sendProblem, unknownRoute } from './http/problem.ts'
import type { Services } from './http/services.ts'
import { activityRoutes } from './routes/activity.ts'
import { availabilityRoutes } from './routes/availability.ts'
import { bookingRoutes } from './routes/bookings.ts'
import { filterRoutes } from './routes/filters.ts'
import { hostRoutes } from './routes/hosts.ts'
import { productRoutes } from './routes/products.ts'
import { profileRoutes } from './routes/profiles.ts'
import { searchRoutes } from './routes/search.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { staticRoutes } from './routes/static.ts'

export interface AppParts {
  readonly database: CountingDatabase
  readonly cache: Cache
}

const PAGE = fileURLToPath(new URL('page', import.meta.url))

/** The whole back end, ready to listen. */
export function createApp({ database, cache }: AppParts): Express {
  const services: Services = { database, cache, definitions: createDefinitions(cache, database) }
  const app = express()
  app.disable('x-powered-by')
  app.use(protect, express.static(PAGE), json({ limit: '32kb' }))
  // Search first: `search` would else be taken for a product's number.
  app.use(searchRoutes(services), productRoutes(services), availabilityRoutes(services))
  app.use(hostRoutes(services), bookingRoutes(services), sessionRoutes(services))
  app.use(profileRoutes(services), staticRoutes(services), filterRoutes(services))
  app.use(activityRoutes(services), unknownRoute, sendProblem)
  return app
}

const protect: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
  })
  next()
}
