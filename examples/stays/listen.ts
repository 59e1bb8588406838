import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  readonly url: string
  /** Lets requests that are under way end. */
  stop(): Promise<void>
}

const LOCAL = '127.0.0.1'
const PATIENCE_MS = 5_000

/**
 * Listens on this machine only.
 *
 * @param isFirm false takes any free port when the one asked for is taken
 */
export async function listen(
  handler: RequestListener,
  { port, isFirm }: { readonly port: number; readonly isFirm: boolean },
): Promise<Listening> {
  const server = createServer(handler)
  await bind(server, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || isFirm) throw error
    return bind(server, 0)
  })
  const { port: taken } = server.address() as AddressInfo
  return { url: `http://${LOCAL}:${taken}`, stop: () => stop(server) }
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOCAL, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => server.closeAllConnections(), PATIENCE_MS)
    server.close(() => {
      clearTimeout(giveUp)
      resolve()
    })
    server.closeIdleConnections()
  })
}
