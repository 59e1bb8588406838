import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis server that only this process knows of. */
export interface PrivateRedis {
  readonly url: string
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 5_000
const RETRY_MS = 20

/**
 * Starts a `redis-server` on a socket in a folder of its own, without persistence.
 *
 * @returns undefined where none is installed
 */
export async function startPrivateRedis(
  program = 'redis-server',
): Promise<PrivateRedis | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'stays-redis-'))
  const socket = join(folder, 'redis.sock')
  const server = spawn(program, options(socket), {
    cwd: folder,
    stdio: 'ignore',
  })
  const stop = async (): Promise<void> => {
    await ended(server)
    await rm(folder, { recursive: true, force: true })
  }
  // Ending without a word (an uncaught error) must not leave the server behind.
  process.once('exit', () => server.kill('SIGKILL'))
  if (await answers(server, socket)) return { url: `unix://${socket}`, stop }
  await stop()
  return undefined
}

function options(socket: string): string[] {
  const memory = ['--maxmemory', '256mb', '--maxmemory-policy', 'allkeys-lru']
  return ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no', ...memory]
}

/** Waits until it takes connections; false when it ends or cannot be started. */
async function answers(server: ChildProcess, socket: string): Promise<boolean> {
  let isGone = false
  const gone = (): void => {
    isGone = true
  }
  server.once('error', gone).once('exit', gone)
  const until = Date.now() + START_TIMEOUT_MS
  while (!isGone && Date.now() < until) {
    if (await connects(socket)) return true
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
  return false
}

function connects(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    const settle = (isOpen: boolean): void => {
      probe.destroy()
      resolve(isOpen)
    }
    probe.once('connect', () => settle(true)).once('error', () => settle(false))
  })
}

function ended(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    server.once('exit', () => resolve())
    server.kill('SIGTERM')
  })
}
