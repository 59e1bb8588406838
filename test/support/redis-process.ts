import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { findProgram, installCommand } from '../../scripts/services.ts'
import { endChild, hasEnded, startChild } from './children.ts'

/** Directives of redis.conf; a list writes the directive once for each. */
export type RedisConfig = Readonly<Record<string, string | readonly string[]>>

const STARTS_WITHIN_MS = 15_000
const RETRY_MS = 3

/** Starts the server with exactly this configuration and waits until it answers. */
export async function runRedis(
  folder: string,
  socketPath: string,
  config: RedisConfig,
): Promise<ChildProcess> {
  const conf = join(folder, 'redis.conf')
  const log = join(folder, 'redis.log')
  writeFileSync(conf, toText(config))
  const output = openSync(log, 'a')
  const child = startChild(serverBinary(), [conf], { stdio: ['ignore', output, output] })
  closeSync(output)
  child.unref()
  try {
    await answers(child, socketPath)
  } catch (cause) {
    await endChild(child)
    throw new Error(`redis-server did not start:\n${readFileSync(log, 'utf8')}`, { cause })
  }
  return child
}

export function serverBinary(): string {
  const named = process.env.REDIS_SERVER_BIN ?? 'redis-server'
  const found = findProgram(named)
  if (found !== undefined) return found
  const command = installCommand(['redis-server'])
  throw new Error(
    `\`${named}\` cannot be run, and tests of the Redis tier need it. Type: ${command}`,
  )
}

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('The probe has no port.')
  return address.port
}

function toText(config: RedisConfig): string {
  const lines = Object.entries(config).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one) => `${name} ${one}`),
  )
  return `${lines.join('\n')}\n`
}

async function answers(child: ChildProcess, socketPath: string): Promise<void> {
  const deadline = performance.now() + STARTS_WITHIN_MS
  while (!isReady(await ping(socketPath))) {
    if (hasEnded(child)) throw new Error(`It ended with code ${child.exitCode}.`)
    if (performance.now() > deadline) throw new Error('It accepts no connections.')
    await wait(RETRY_MS)
  }
}

/** A server that asks for a password is ready; one that still loads its data is not. */
function isReady(reply: string): boolean {
  return reply !== '' && !reply.startsWith('-LOADING')
}

/** @returns the first bytes of the reply, or an empty text where nobody answers. */
function ping(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    const settle = (reply: string): void => {
      socket.destroy()
      resolve(reply)
    }
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (reply) => settle(reply.toString()))
    socket.once('error', () => settle('')).once('close', () => settle(''))
  })
}
