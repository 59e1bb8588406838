import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database, Queryable } from './database.ts'

/** What was asked of the database since the count began, by the route that caused it. */
export type QueryCounts = Readonly<Record<string, number>>

/** A database whose statements are counted, so that "queries saved" is a count and no estimate. */
export interface CountingDatabase extends Database {
  /** Counts what `work` asks, and what it starts and does not wait for, under `route`. */
  attribute<Result>(route: string, work: () => Result): Result
  counts(): QueryCounts
  resetCounts(): void
}

export function countQueries(database: Database): CountingDatabase {
  const routes = new AsyncLocalStorage<string>()
  const counts = new Map<string, number>()
  const count = (): void => {
    const route = routes.getStore() ?? 'other'
    counts.set(route, (counts.get(route) ?? 0) + 1)
  }
  const counted = (inner: Queryable): Queryable => ({
    query: (sql, params, options) => {
      count()
      return inner.query(sql, params, options)
    },
  })
  return {
    ...counted(database),
    description: database.description,
    transaction: (work) => database.transaction((transaction) => work(counted(transaction))),
    execute: (sql) => database.execute(sql),
    copy: (target, csv) => database.copy(target, csv),
    close: () => database.close(),
    attribute: (route, work) => routes.run(route, work),
    counts: () => Object.fromEntries(counts),
    resetCounts: () => counts.clear(),
  }
}
