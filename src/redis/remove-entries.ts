import type { Redis } from 'ioredis'
import { leaseOf } from '../store/key.ts'
import { runScript } from './script.ts'
import { remove } from './scripts/remove.lua.ts'

/** Sends one command over the connection that the key belongs to. */
export type SendFor = (key: string, run: (client: Redis) => Promise<unknown>) => Promise<unknown>

const AT_ONCE = 256

/**
 * Deletes entries and ends their leases; or expires them, if it is told where their state lies.
 * One script an entry, as an entry and its lease share a slot but two entries need not.
 */
export async function removeEntries(
  entries: readonly string[],
  state: string,
  notice: readonly [string, string],
  send: SendFor,
): Promise<void> {
  for (let i = 0; i < entries.length; i += AT_ONCE) {
    const some = entries.slice(i, i + AT_ONCE)
    await Promise.all(
      some.map((entry) =>
        send(entry, (client) =>
          runScript(client, remove, [entry, leaseOf(entry)], [state, ...notice]),
        ),
      ),
    )
  }
}
