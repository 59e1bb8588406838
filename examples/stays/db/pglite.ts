import { PGlite } from '@electric-sql/pglite'
import type { Database, Queryable, QueryOptions } from './database.ts'
import { PARSERS, type PgliteConnection } from './pglite-connection.ts'
import { pgliteThread } from './pglite-thread.ts'
import { Turns } from './turns.ts'

/**
 * PostgreSQL inside this process, kept in a folder. It runs in a thread of its own: its queries
 * are computation, and would otherwise hold up every answer that needs no database.
 */
export async function openPglite(folder: string): Promise<Database> {
  const connection = await pgliteThread(folder)
  return prepared(connection, `embedded PostgreSQL (PGlite) in ${folder}`)
}

/** PostgreSQL in this process's memory, gone when it is closed. For tests. */
export async function openPgliteInMemory(): Promise<Database> {
  const database = await PGlite.create({ parsers: PARSERS })
  const connection: PgliteConnection = {
    query: async (sql, params) => (await database.query(sql, [...params])).rows,
    execute: async (sql) => {
      await database.exec(sql)
    },
    copy: async (sql, csv) => {
      await database.query(sql, [], { blob: new Blob([csv]) })
    },
    close: () => database.close(),
  }
  return prepared(connection, 'embedded PostgreSQL (PGlite) in memory')
}

async function prepared(connection: PgliteConnection, description: string): Promise<Database> {
  await connection.execute("SET search_path = stays, public; SET TIME ZONE 'UTC'")
  return new PgliteDatabase(connection, description)
}

class PgliteDatabase implements Database {
  readonly description: string
  readonly #connection: PgliteConnection
  readonly #turns = new Turns()

  constructor(connection: PgliteConnection, description: string) {
    this.#connection = connection
    this.description = description
  }

  query<Row>(
    sql: string,
    params: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Row[]> {
    return this.#turns.take(() => this.#ask<Row>(sql, params), options.signal)
  }

  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result> {
    return this.#turns.take(async () => {
      await this.#connection.execute('BEGIN')
      try {
        const result = await work({ query: (sql, params = []) => this.#ask(sql, params) })
        await this.#connection.execute('COMMIT')
        return result
      } catch (error) {
        await this.#connection.execute('ROLLBACK')
        throw error
      }
    })
  }

  execute(sql: string): Promise<void> {
    return this.#turns.take(() => this.#connection.execute(sql))
  }

  copy(target: string, csv: string): Promise<void> {
    const sql = `COPY ${target} FROM '/dev/blob' WITH (FORMAT csv)`
    return this.#turns.take(() => this.#connection.copy(sql, csv))
  }

  close(): Promise<void> {
    return this.#turns.take(() => this.#connection.close())
  }

  #ask<Row>(sql: string, params: readonly unknown[]): Promise<Row[]> {
    return this.#connection.query(sql, params) as Promise<Row[]>
  }
}
