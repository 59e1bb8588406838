import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Pool, types } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Database, Queryable, QueryOptions } from './database.ts'

const POOL_SIZE = 10
const CONNECT_TIMEOUT_MS = 5_000
const DATE_TYPE = 1082

/** A PostgreSQL server. Everything lives in the schema `stays`; nothing else is touched. */
export async function openPostgres(url: string): Promise<Database> {
  types.setTypeParser(DATE_TYPE, (text: string) => text)
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: '-c search_path=stays,public -c timezone=UTC',
  })
  // An idle connection that dies is replaced by the pool; without a listener it would end us.
  pool.on('error', (error) => console.warn(`A database connection was lost: ${error.message}`))
  await pool.query('SELECT 1')
  return new PostgresDatabase(pool, describe(url))
}

class PostgresDatabase implements Database {
  readonly description: string
  readonly #pool: Pool

  constructor(pool: Pool, description: string) {
    this.#pool = pool
    this.description = description
  }

  async query<Row>(
    sql: string,
    params: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Row[]> {
    options.signal?.throwIfAborted()
    const result = await this.#pool.query(sql, [...params])
    return result.rows as Row[]
  }

  async transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect()
    const transaction: Queryable = {
      query: async <Row>(sql: string, params: readonly unknown[] = []) =>
        (await client.query(sql, [...params])).rows as Row[],
    }
    try {
      await client.query('BEGIN')
      const result = await work(transaction)
      await client.query('COMMIT')
      client.release()
      return result
    } catch (error) {
      // A connection that cannot even roll back is not given to anyone else.
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      )
      throw error
    }
  }

  async execute(sql: string): Promise<void> {
    await this.#pool.query(sql)
  }

  async copy(target: string, csv: string): Promise<void> {
    const client = await this.#pool.connect()
    try {
      const stream = client.query(copyFrom(`COPY ${target} FROM STDIN WITH (FORMAT csv)`))
      await pipeline(Readable.from([csv], { objectMode: false }), stream)
    } finally {
      client.release()
    }
  }

  close(): Promise<void> {
    return this.#pool.end()
  }
}

function describe(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `PostgreSQL at ${hostname || 'a local socket'}${port && `:${port}`}${pathname}`
}
