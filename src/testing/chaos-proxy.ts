import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type Clock, systemClock } from '../base/clock.ts'
import { ChaosPipe, type Direction, type Faults, type PipeContext } from './chaos-pipe.ts'
import { seededRandom } from './random.ts'

/** Where the real server is. */
export type ChaosTarget =
  | { readonly port: number; readonly host?: string }
  | { readonly path: string }

export interface ChaosProxyOptions {
  /** What to do from the start. @default nothing */
  readonly faults?: Partial<Faults>
  /** Jitter and changed bytes repeat with it. @default 1 */
  readonly seed?: number
  /** @default the real one: latency takes its time */
  readonly clock?: Clock
}

/** A bad network between a client and a server, on 127.0.0.1. */
export interface ChaosProxy {
  readonly host: string
  readonly port: number
  /** Connections that are open now. */
  readonly connections: number
  /** Connections that were ever accepted. */
  readonly accepted: number
  /** Bytes passed on, by direction. */
  readonly bytes: Readonly<Record<Direction, number>>
  readonly faults: Faults
  /** Changes the named faults at once, on open connections too; settles when the port follows. */
  set(faults: Partial<Faults>): Promise<void>
  /** Ends all faults. Bytes that were held back arrive. */
  heal(): Promise<void>
  /** Resets every open connection, on both sides. @returns how many. */
  reset(): number
  /** Ends everything. Calling it twice is allowed. */
  close(): Promise<void>
}

const NO_FAULTS: Faults = {
  latencyMs: 0,
  jitterMs: 0,
  blackHole: 'none',
  refuse: false,
  chunkBytes: 0,
  cut: undefined,
  corrupt: undefined,
}

/**
 * Puts a bad network in front of a server: latency, black holes, refusals, resets, cut, split and
 * corrupted streams, all changeable while it runs. What it does by chance repeats with its seed.
 *
 * @example
 * ```ts
 * const proxy = await chaosProxy({ port: 6379 })
 * await proxy.set({ latencyMs: 20, blackHole: 'toClient' })
 * await proxy.heal()
 * ```
 */
export async function chaosProxy(
  target: ChaosTarget,
  options: ChaosProxyOptions = {},
): Promise<ChaosProxy> {
  const proxy = new LocalProxy(target, options)
  await proxy.open()
  return proxy
}

interface Connection {
  readonly client: Socket
  readonly server: Socket
  readonly pipes: readonly ChaosPipe[]
}

class LocalProxy implements ChaosProxy {
  readonly host: string = '127.0.0.1'
  readonly bytes: Record<Direction, number> = { toClient: 0, toServer: 0 }
  readonly #target: ChaosTarget
  readonly #context: PipeContext
  readonly #open = new Set<Connection>()
  #listener: Server | undefined
  #port = 0
  #accepted = 0
  #isClosed = false

  constructor(target: ChaosTarget, { faults, seed = 1, clock = systemClock }: ChaosProxyOptions) {
    this.#target = target
    this.#context = {
      clock,
      random: seededRandom(seed),
      faults: { ...NO_FAULTS, ...faults },
      bytes: this.bytes,
      spend: (fault) => {
        this.#context.faults = { ...this.#context.faults, [fault]: undefined }
      },
    }
  }

  get port(): number {
    return this.#port
  }

  get connections(): number {
    return this.#open.size
  }

  get accepted(): number {
    return this.#accepted
  }

  get faults(): Faults {
    return this.#context.faults
  }

  /** Takes a port; it stays the same when the proxy refuses connections in between. */
  async open(): Promise<void> {
    await this.#listen()
    await this.#followRefuse()
  }

  async set(faults: Partial<Faults>): Promise<void> {
    this.#context.faults = { ...this.#context.faults, ...faults }
    for (const { pipes } of this.#open) for (const pipe of pipes) pipe.faultsChanged()
    await this.#followRefuse()
  }

  heal(): Promise<void> {
    return this.set(NO_FAULTS)
  }

  reset(): number {
    const count = this.#open.size
    for (const { client, server } of this.#open) {
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
    this.#open.clear()
    return count
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const sockets = [...this.#open].flatMap(({ client, server }) => [client, server])
    const closed = sockets.filter((socket) => !socket.closed).map((socket) => once(socket, 'close'))
    for (const socket of sockets) socket.destroy()
    this.#open.clear()
    this.#stopListening()
    await Promise.all(closed)
  }

  async #followRefuse(): Promise<void> {
    if (this.#isClosed || this.#context.faults.refuse) this.#stopListening()
    else await this.#listen()
  }

  async #listen(): Promise<void> {
    if (this.#listener !== undefined) return
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.#accept(client)
    })
    this.#listener = listener
    listener.listen(this.#port, this.host)
    await once(listener, 'listening')
    const address = listener.address()
    if (address !== null && typeof address === 'object') this.#port = address.port
  }

  #stopListening(): void {
    this.#listener?.close()
    this.#listener = undefined
  }

  #accept(client: Socket): void {
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true })
    this.#accepted += 1
    // Without a listener an error of a socket would end the process; `close` follows every error.
    client.on('error', () => {})
    server.on('error', () => {})
    const connection: Connection = {
      client,
      server,
      pipes: [
        new ChaosPipe(this.#context, 'toServer', client, server),
        new ChaosPipe(this.#context, 'toClient', server, client),
      ],
    }
    this.#open.add(connection)
    const forget = (): void => {
      if (client.destroyed && server.destroyed) this.#open.delete(connection)
    }
    client.on('close', forget)
    server.on('close', forget)
  }
}
