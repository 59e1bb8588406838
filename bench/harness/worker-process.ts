import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { endChild, startChild } from '../../test/support/children.ts'
import { type Answer, reviveError } from '../../test/support/worker.ts'
import { onCore } from './cores.ts'

export interface WorkerOptions {
  /** Which core it runs on. */
  readonly core?: 'client' | 'server'
  readonly nodeOptions?: readonly string[]
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** A process of plain Node on a core of its own, that answers what its file offers. */
export class WorkerProcess {
  /** @param file from `bench/`, without its ending */
  static async start(file: string, options: WorkerOptions = {}): Promise<WorkerProcess> {
    const { core = 'client', nodeOptions = [] } = options
    const path = fileURLToPath(new URL(`../${file}.js`, import.meta.url))
    const [program, ...args] = onCore(core, [process.execPath, ...nodeOptions, path])
    const child = startChild(program as string, args, {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    const worker = new WorkerProcess(child)
    const ended = once(child, 'exit').then(() => {
      throw new Error(`The process of ${file} ended before it answered.`)
    })
    await Promise.race([once(child, 'message'), ended])
    return worker
  }

  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (message) => this.#settle(message as Answer))
    child.once('exit', () => this.#failAll())
  }

  call<R>(name: string, ...args: readonly unknown[]): Promise<R> {
    return new Promise<unknown>((resolve, reject) => {
      if (!this.#child.connected) throw new Error('The process has ended.')
      const id = ++this.#lastId
      this.#waiting.set(id, { resolve, reject })
      this.#child.send({ id, name, args: [...args] })
    }) as Promise<R>
  }

  end(): Promise<void> {
    return endChild(this.#child)
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('error' in answer) waiting?.reject(reviveError(answer.error))
    else waiting?.resolve(answer.value)
  }

  #failAll(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('The process has ended.'))
    this.#waiting.clear()
  }
}
