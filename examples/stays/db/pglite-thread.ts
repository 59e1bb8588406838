import { Worker } from 'node:worker_threads'
import type { PgliteConnection } from './pglite-connection.ts'

interface Call {
  readonly resolve: (rows: unknown[]) => void
  readonly reject: (error: Error) => void
}

interface Answer {
  readonly id: number
  readonly rows?: unknown[]
  readonly error?: { readonly message: string; readonly code?: string }
}

/** Starts the thread and opens the database in it. */
export async function pgliteThread(folder: string): Promise<PgliteConnection> {
  const thread = new PgliteThread()
  await thread.call('open', folder)
  return {
    query: (sql, params) => thread.call('query', sql, params),
    execute: async (sql) => {
      await thread.call('execute', sql)
    },
    copy: async (sql, csv) => {
      await thread.call('copy', sql, csv)
    },
    close: () => thread.close(),
  }
}

class PgliteThread {
  // Plain JavaScript: a worker of Node 20 does not get the TypeScript loader of its parent.
  readonly #worker = new Worker(new URL('./pglite-worker.mjs', import.meta.url), { execArgv: [] })
  readonly #calls = new Map<number, Call>()
  #lastId = 0
  #gone: Error | undefined

  constructor() {
    this.#worker.on('message', (answer: Answer) => this.#settle(answer))
    this.#worker.on('error', (error) => this.#failAll(error as Error))
    this.#worker.on('exit', () => this.#failAll(new Error('The database thread has ended.')))
  }

  call(method: string, ...args: readonly unknown[]): Promise<unknown[]> {
    if (this.#gone) return Promise.reject(this.#gone)
    return new Promise((resolve, reject) => {
      this.#lastId += 1
      this.#calls.set(this.#lastId, { resolve, reject })
      this.#worker.postMessage({ id: this.#lastId, method, args })
    })
  }

  async close(): Promise<void> {
    await this.call('close')
    await this.#worker.terminate()
  }

  #settle(answer: Answer): void {
    const call = this.#calls.get(answer.id)
    this.#calls.delete(answer.id)
    if (answer.error) call?.reject(Object.assign(new Error(answer.error.message), answer.error))
    else call?.resolve(answer.rows ?? [])
  }

  #failAll(error: Error): void {
    this.#gone ??= error
    for (const call of this.#calls.values()) call.reject(this.#gone)
    this.#calls.clear()
  }
}
