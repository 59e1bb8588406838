/** One connection to an embedded database, wherever it runs. */
export interface PgliteConnection {
  query(sql: string, params: readonly unknown[]): Promise<unknown[]>
  execute(sql: string): Promise<void>
  copy(sql: string, csv: string): Promise<void>
  close(): Promise<void>
}

/** Keep `date` columns as text: they are days, not moments. 1082 is the type's number. */
export const PARSERS: Record<number, (text: string) => string> = { 1082: (text) => text }
