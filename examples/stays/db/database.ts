/** How a query may be given up before it began. */
export interface QueryOptions {
  readonly signal?: AbortSignal
}

/** Something that answers SQL: a database, or one transaction of it. */
export interface Queryable {
  /** `$1`, `$2`, … stand for the params. Dates come back as `'2026-11-30'`, counts as numbers. */
  query<Row>(sql: string, params?: readonly unknown[], options?: QueryOptions): Promise<Row[]>
}

/** The database as this example needs it, embedded or on a server. */
export interface Database extends Queryable {
  /** What the start-up message says about it. Never holds a password. */
  readonly description: string
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>
  /** Runs several statements in one text, without params. */
  execute(sql: string): Promise<void>
  /** Loads CSV into `target`, a table with its columns: `places (id, name)`. */
  copy(target: string, csv: string): Promise<void>
  close(): Promise<void>
}

/** The first row, or `undefined`. */
export async function queryOne<Row>(
  database: Queryable,
  sql: string,
  params: readonly unknown[] = [],
  options: QueryOptions = {},
): Promise<Row | undefined> {
  const rows = await database.query<Row>(sql, params, options)
  return rows[0]
}
