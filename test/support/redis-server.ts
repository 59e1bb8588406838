import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis, type RedisOptions } from 'ioredis'
import type { Authority, Certificate } from './certificates.ts'
import { endChild, removeAtExit, removeNow } from './children.ts'
import { freePort, type RedisConfig, runRedis } from './redis-process.ts'

/** Replies as the protocol has them: their mapping would change the client's type. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>

export interface RedisServerOptions {
  /** On a free port of 127.0.0.1 instead of a unix socket: for proxies, or `{ port }` for a given one. */
  readonly tcp?: boolean | { readonly port: number }
  /** TLS on the TCP port, with certificates of this authority. Implies `tcp`. */
  readonly tls?: { readonly authority: Authority; readonly server?: Certificate }
  /** Directives of redis.conf, on top of no persistence: `{ maxmemory: '10mb', requirepass: 'x' }`. */
  readonly config?: RedisConfig
  /** How the server's own helpers log in, where `config` asks for it. */
  readonly admin?: Pick<ClientOptions, 'username' | 'password'>
}

/** A real redis-server in the hands of a test. */
export interface RedisServer {
  /** `unix://…`, `redis://127.0.0.1:…` or `rediss://localhost:…`. */
  readonly url: string
  readonly port: number | undefined
  /** There in every mode, also beside a TCP port. */
  readonly socketPath: string
  readonly folder: string
  readonly pid: number
  /** A raw client without retries. `stop` ends it, should the test not. */
  client(options?: ClientOptions): Redis
  /** One command over a connection of its own, on the unix socket. */
  command(...words: readonly [string, ...(string | number | Buffer)[]]): Promise<unknown>
  /** `CONFIG SET`. */
  config(directives: Readonly<Record<string, string | number>>): Promise<void>
  /** Freezes the process: connections stay open and nothing answers. */
  pause(): void
  resume(): void
  /** Ends the process and waits until it is gone. What is connected is cut. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends the process and starts it again at the same place, empty unless `keepData`. */
  restart(options?: { readonly keepData?: boolean }): Promise<void>
  /** Ends everything and removes the folder. Calling it twice is allowed. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts the system's redis-server (or `REDIS_SERVER_BIN`) on a unix socket in a new folder.
 *
 * @throws where there is none, with the command that installs it
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = new LocalRedis(options, await choosePort(options))
  await server.start()
  return server
}

async function choosePort({ tcp, tls }: RedisServerOptions): Promise<number | undefined> {
  if (typeof tcp === 'object') return tcp.port
  return tcp || tls ? freePort() : undefined
}

class LocalRedis implements RedisServer {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'cachetier-redis-'))
  readonly socketPath: string
  readonly port: number | undefined
  readonly url: string
  readonly #options: RedisServerOptions
  readonly #clients = new Set<Redis>()
  #child: ChildProcess | undefined

  constructor(options: RedisServerOptions, port: number | undefined) {
    removeAtExit(this.folder)
    this.#options = options
    this.socketPath = join(this.folder, 'redis.sock')
    this.port = port
    this.url = urlOf(this.socketPath, port, options.tls !== undefined)
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('This redis-server was stopped.')
    return this.#child.pid
  }

  async start(): Promise<void> {
    this.#child = await runRedis(this.folder, this.socketPath, this.#directives())
  }

  client(options: ClientOptions = {}): Redis {
    const place = this.port === undefined ? { path: this.socketPath } : this.#tcpPlace(this.port)
    const client = new Redis({ ...place, ...NO_RETRIES, ...options })
    // A test that cuts connections listens itself; without a listener ioredis prints the error.
    client.on('error', () => {})
    this.#clients.add(client)
    client.once('end', () => this.#clients.delete(client))
    return client
  }

  async command(
    ...[name, ...words]: readonly [string, ...(string | number | Buffer)[]]
  ): Promise<unknown> {
    const { admin = {} } = this.#options
    const client = new Redis({ path: this.socketPath, ...NO_RETRIES, ...admin })
    client.on('error', () => {})
    try {
      return await client.call(name, words)
    } finally {
      client.disconnect()
    }
  }

  async config(directives: Readonly<Record<string, string | number>>): Promise<void> {
    await this.command('CONFIG', 'SET', ...Object.entries(directives).flat())
  }

  pause(): void {
    process.kill(this.pid, 'SIGSTOP')
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT')
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child) await endChild(this.#child, signal)
  }

  async restart({ keepData = false }: { readonly keepData?: boolean } = {}): Promise<void> {
    if (keepData) await this.command('SAVE')
    await this.kill()
    if (!keepData) rmSync(join(this.folder, DATA), { force: true })
    await this.start()
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect()
    await this.kill()
    removeNow(this.folder)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #tcpPlace(port: number): ClientOptions {
    const { tls } = this.#options
    if (!tls) return { host: '127.0.0.1', port }
    return { host: 'localhost', port, tls: { ca: tls.authority.cert } }
  }

  #directives(): RedisConfig {
    const { tls, config } = this.#options
    const port = this.port === undefined ? '0' : `${this.port}`
    return {
      dir: this.folder,
      dbfilename: DATA,
      unixsocket: this.socketPath,
      bind: '127.0.0.1',
      save: '""',
      appendonly: 'no',
      'enable-debug-command': 'yes',
      ...(tls ? tlsDirectives(tls.authority, tls.server, port) : { port }),
      ...config,
    }
  }
}

const DATA = 'data.rdb'

/** A raw client tells what happens; it does not try to be clever about it. */
const NO_RETRIES = {
  retryStrategy: () => null,
  maxRetriesPerRequest: 0,
  enableReadyCheck: false,
} as const

function urlOf(socketPath: string, port: number | undefined, isTls: boolean): string {
  if (port === undefined) return `unix://${socketPath}`
  return isTls ? `rediss://localhost:${port}` : `redis://127.0.0.1:${port}`
}

function tlsDirectives(
  authority: Authority,
  server: Certificate = authority.issue(),
  port: string,
): RedisConfig {
  return {
    port: '0',
    'tls-port': port,
    'tls-cert-file': server.certFile,
    'tls-key-file': server.keyFile,
    'tls-ca-cert-file': authority.certFile,
    'tls-auth-clients': 'no',
  }
}
