import { type RedisServer, startRedis } from '../../test/support/redis-server.ts'
import { pinServer } from './cores.ts'
import type { Finding } from './finding.ts'

/** What a benchmark is given. */
export interface Context {
  readonly isQuick: boolean
  readonly withPeers: boolean
  /** Tells the person who waits what goes on. */
  progress(text: string): void
  report(finding: Finding): void
}

export interface Benchmark {
  /** One sentence for the list in the README. */
  readonly measures: string
  run(context: Context): Promise<void>
}

/** A private server on a unix socket, on a core of its own; stopped in the end, come what may. */
export async function withRedis<R>(use: (server: RedisServer) => Promise<R>): Promise<R> {
  const server = await startRedis({ tcp: true })
  // The server's handle keeps no process alive, and waiting for its end would be waiting for nothing.
  const awake = setInterval(() => {}, 1_000)
  try {
    pinServer(server.pid)
    return await use(server)
  } finally {
    await server.stop()
    clearInterval(awake)
  }
}
