import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { DriverMessage, ServerMessage } from './driver-link.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

type Ready = Extract<ServerMessage, { kind: 'ready' }>
export type Counts = Extract<ServerMessage, { kind: 'counts' }>

/** A back end in a process of its own, as `npm start` runs it. */
export class ServerProcess {
  readonly #process: ChildProcess

  private constructor(child: ChildProcess) {
    this.#process = child
  }

  /** @param environment on top of ours */
  static async start(
    environment: Readonly<Record<string, string>>,
  ): Promise<{ server: ServerProcess; ready: Ready }> {
    const child = fork(MAIN, [], {
      env: { ...process.env, PORT: '0', ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const server = new ServerProcess(child)
    return { server, ready: (await server.#next('ready')) as Ready }
  }

  async ask(kind: DriverMessage['kind']): Promise<Counts> {
    const answer = this.#next('counts')
    this.#process.send({ kind } satisfies DriverMessage)
    return (await answer) as Counts
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    await ended
  }

  #next(kind: ServerMessage['kind']): Promise<ServerMessage> {
    return new Promise((resolve, reject) => {
      const child = this.#process
      const gone = (): void => reject(new Error('The server ended by itself; see above.'))
      const hear = (message: ServerMessage): void => {
        if (message.kind !== kind) return
        child.off('message', hear).off('exit', gone)
        resolve(message)
      }
      child.on('message', hear).once('exit', gone)
    })
  }
}
