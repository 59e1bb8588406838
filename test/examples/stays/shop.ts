import { createApp } from '../../../examples/stays/app.ts'
import { buildData, type Marker } from '../../../examples/stays/data/build.ts'
import { addDays, firstOfMonth, today } from '../../../examples/stays/data/days.ts'
import { planOf } from '../../../examples/stays/data/plan.ts'
import { silentProgress } from '../../../examples/stays/data/progress.ts'
import { type CountingDatabase, countQueries } from '../../../examples/stays/db/counting.ts'
import type { Database } from '../../../examples/stays/db/database.ts'
import { openPgliteInMemory } from '../../../examples/stays/db/pglite.ts'
import { openPostgres } from '../../../examples/stays/db/postgres.ts'
import { listen } from '../../../examples/stays/listen.ts'
import { type Cache, type CacheOptions, createCache } from '../../../src/index.ts'

export const LISTINGS = 300

/**
 * A database with a few hundred listings, in memory; or in the PostgreSQL of TEST_DATABASE_URL, whose
 * schema `stays` is dropped first: `npx vitest run test/examples --no-file-parallelism`.
 */
export async function openMarket(): Promise<{ database: Database; marker: Marker }> {
  const { TEST_DATABASE_URL: url } = process.env
  const database = url ? await openPostgres(url) : await openPgliteInMemory()
  const plan = await planOf(LISTINGS, firstOfMonth(today()))
  return { database, marker: await buildData(database, plan, silentProgress) }
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export interface Shop {
  readonly database: CountingDatabase
  readonly cache: Cache
  ask(path: string, options?: AskOptions): Promise<Answer>
  /** @returns the token */
  logIn(email: string): Promise<string>
  /** How many queries the requests of `work` cost. */
  queriesOf(work: () => Promise<unknown>): Promise<number>
  close(): Promise<void>
}

export interface AskOptions {
  readonly method?: string
  readonly token?: string
  readonly body?: unknown
}

/** The back end of the example on a market, listening on a free port. */
export async function openShop(market: Database, options: CacheOptions = {}): Promise<Shop> {
  const database = countQueries(market)
  const cache = createCache({ namespace: 'stays', ...options })
  const server = await listen(createApp({ database, cache }), { port: 0, isFirm: true })
  const ask = (path: string, asked: AskOptions = {}): Promise<Answer> =>
    send(server.url, path, asked)
  return {
    database,
    cache,
    ask,
    logIn: async (email) => {
      const body = { email, password: 'holiday' }
      return (await ask('/api/sessions', { method: 'POST', body })).body.token
    },
    queriesOf: async (work) => {
      const before = total(database)
      await work()
      return total(database) - before
    },
    close: async () => {
      await server.stop()
      await cache.close()
    },
  }
}

function total(database: CountingDatabase): number {
  return Object.values(database.counts()).reduce((sum, count) => sum + count, 0)
}

async function send(url: string, path: string, asked: AskOptions): Promise<Answer> {
  const { method = 'GET', token, body } = asked
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const type = response.headers.get('content-type') ?? ''
  const text = await response.text()
  return {
    status: response.status,
    type,
    headers: response.headers,
    body: type.includes('json') ? JSON.parse(text) : text,
  }
}

export interface Listed {
  readonly id: number
  readonly hostEmail: string
  readonly roomId: number
  readonly country: string
}

/** A whole house with one unit: the smallest thing that two guests can want. */
export async function findHouse(database: Database, offset = 0): Promise<Listed> {
  const rows = await database.query<Listed>(
    `SELECT p.id, u.email AS "hostEmail", r.id AS "roomId", l.country
     FROM products p JOIN users u ON u.id = p.host_id JOIN rooms r ON r.product_id = p.id
     JOIN places l ON l.id = p.place_id
     WHERE r.name LIKE 'Entire%' ORDER BY p.id LIMIT 1 OFFSET $1`,
    [offset],
  )
  return rows[0] as Listed
}

/** Nights so far ahead that hardly anything is booked; each number gives others. */
export function farNights(week: number): { from: string; to: string } {
  const from = addDays(firstOfMonth(today()), 500 + 7 * week)
  return { from, to: addDays(from, 3) }
}
