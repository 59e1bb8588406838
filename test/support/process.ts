/*
 * Tests of several processes fork a TypeScript file that answers requests (see worker.ts), and may
 * freeze it or kill it at any moment. Arguments and answers cross as structured clones.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { endChild, startChild } from './children.ts'
import { type Answer, type Handlers, reviveError } from './worker.ts'

/** What comes back for one call of a handler. */
type Result<H, Name extends keyof H> = H[Name] extends (...args: never) => infer R
  ? Promise<Awaited<R>>
  : never
type Arguments<H, Name extends keyof H> = H[Name] extends (...args: infer A) => unknown ? A : never

/** Another process, that answers what its file passes to `answerRequests`. */
export interface WorkerProcess<H extends Handlers> {
  readonly pid: number
  /** Rejects with the handler's error, or at once when the process ends. */
  call<Name extends keyof H & string>(name: Name, ...args: Arguments<H, Name>): Result<H, Name>
  /** Freezes the process in the middle of whatever it does. */
  pause(): void
  resume(): void
  /** Ends the process without giving it a chance to tidy up. */
  kill(): Promise<void>
}

export interface WorkerOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Options of Node itself, such as `--max-old-space-size=64`. */
  readonly nodeOptions?: readonly string[]
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Forks `file` and waits until it answers.
 *
 * @example
 * ```ts
 * const worker = await startWorker<typeof handlers>(new URL('./fixtures/reader.ts', import.meta.url))
 * await worker.call('read', 'key')
 * ```
 */
export async function startWorker<H extends Handlers>(
  file: URL,
  options: WorkerOptions = {},
): Promise<WorkerProcess<H>> {
  const { env = {}, nodeOptions = [] } = options
  const args = [...nodeOptions, '--import', 'tsx', fileURLToPath(file)]
  const child = startChild(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const worker = new ForkedWorker<H>(child)
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The worker ${file.pathname} ended before it answered.`)
  })
  await Promise.race([once(child, 'message'), ended])
  return worker
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

class ForkedWorker<H extends Handlers> implements WorkerProcess<H> {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0

  constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (message) => this.#settle(message as Answer))
    child.once('exit', () => this.#failAll())
  }

  get pid(): number {
    return this.#child.pid as number
  }

  call<Name extends keyof H & string>(name: Name, ...args: Arguments<H, Name>): Result<H, Name> {
    const answer = new Promise((resolve, reject) => {
      if (!this.#child.connected) return reject(ENDED())
      const id = ++this.#lastId
      this.#waiting.set(id, { resolve, reject })
      this.#child.send({ id, name, args })
    })
    return answer as Result<H, Name>
  }

  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#child.kill('SIGCONT')
  }

  kill(): Promise<void> {
    return endChild(this.#child)
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('error' in answer) waiting?.reject(reviveError(answer.error))
    else waiting?.resolve(answer.value)
  }

  #failAll(): void {
    for (const { reject } of this.#waiting.values()) reject(ENDED())
    this.#waiting.clear()
  }
}

const ENDED = (): Error => new Error('The worker process has ended.')
