import type { RequestHandler } from 'express'
import type { Cache } from '../../../src/index.ts'
import type { CountingDatabase } from '../db/counting.ts'
import type { Definitions } from '../definitions/index.ts'

/** What the routes work with. */
export interface Services {
  readonly database: CountingDatabase
  readonly cache: Cache
  readonly definitions: Definitions
}

/** Counts the queries that a request causes under the name of its route. */
export function named(services: Services, route: string, handler: RequestHandler): RequestHandler {
  return (request, response, next) =>
    services.database.attribute(route, () => handler(request, response, next))
}
