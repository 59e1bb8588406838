import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

/** A Lua script that runs on one slot. */
export interface Script {
  readonly name: string
  readonly keys: number
  readonly body: string
  readonly sha: string
}

export type ScriptArgument = string | number | Buffer

export function defineScript(name: string, keys: number, body: string): Script {
  return { name, keys, body, sha: createHash('sha1').update(body).digest('hex') }
}

/**
 * Runs a script by its digest; a server that does not know it yet gets its text, once.
 *
 * @returns the reply with bulk strings as buffers
 */
export async function runScript(
  client: Redis,
  script: Script,
  keys: readonly string[],
  args: readonly ScriptArgument[],
): Promise<unknown> {
  try {
    return await client.callBuffer('EVALSHA', script.sha, script.keys, ...keys, ...args)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return client.callBuffer('EVAL', script.body, script.keys, ...keys, ...args)
  }
}
