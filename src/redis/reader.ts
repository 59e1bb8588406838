import calculateSlot from 'cluster-key-slot'
import { Semaphore } from '../base/semaphore.ts'
import type { RedisServer } from './server.ts'

interface Wanted {
  readonly key: string
  readonly resolve: (bytes: Buffer | null) => void
  readonly reject: (error: unknown) => void
}

/** So many keys make one command: enough to share its cost, few enough not to hold others up. */
const KEYS_PER_COMMAND = 128

/**
 * So many commands are under way at most. The time budget of a command begins when it is sent: the
 * last of a hundred must not run out of it while the others' answers arrive.
 */
const COMMANDS_AT_ONCE = 8

/**
 * Gathers the single reads of one turn of the event loop into few commands.
 *
 * A command costs the client several microseconds, whatever it asks for; a key in an `MGET` costs
 * a fraction of one. So readers who do not know of each other still share.
 */
export class Reader {
  readonly #server: RedisServer
  readonly #inTurn = new Semaphore(COMMANDS_AT_ONCE, Infinity)
  #wanted: Wanted[] = []
  /** Whether the server has refused keys of several slots: then it belongs to a cluster. */
  #isBySlot = false

  constructor(server: RedisServer) {
    this.#server = server
  }

  /** @returns the bytes, or null where there are none. @throws {CacheError} ERR_STORE… */
  read(key: string): Promise<Buffer | null> {
    return new Promise((resolve, reject) => {
      if (this.#wanted.length === 0) this.#server.clock.afterInput(() => this.#flush())
      this.#wanted.push({ key, resolve, reject })
    })
  }

  /** As `read`, for keys that belong together; answers in the same order. */
  async readMany(keys: readonly string[]): Promise<(Buffer | null)[]> {
    if (keys.length <= KEYS_PER_COMMAND && this.#server.lanes === 1) return this.#mget(keys)
    return inGroups(
      keys,
      (key) => this.#server.lane(key),
      (group) => this.#mget(group),
    )
  }

  #flush(): void {
    const wanted = this.#wanted
    this.#wanted = []
    for (const group of groupBy(wanted, ({ key }) => this.#server.lane(key))) {
      this.#mget(group.map(({ key }) => key)).then(
        (bytes) => {
          for (let i = 0; i < group.length; i += 1) group[i]?.resolve(bytes[i] ?? null)
        },
        (error: unknown) => {
          for (const { reject } of group) reject(error)
        },
      )
    }
  }

  async #mget(keys: readonly string[]): Promise<(Buffer | null)[]> {
    if (this.#isBySlot) return this.#mgetBySlot(keys)
    try {
      return await this.#command(keys)
    } catch (error) {
      if (!isCrossSlot(error)) throw error
      this.#isBySlot = true
      return this.#mgetBySlot(keys)
    }
  }

  /** A node of a cluster takes the keys of one slot only. */
  async #mgetBySlot(keys: readonly string[]): Promise<(Buffer | null)[]> {
    return inGroups(keys, calculateSlot, (group) => this.#command(group))
  }

  #command(keys: readonly string[]): Promise<(Buffer | null)[]> {
    return this.#inTurn.run(() =>
      this.#server.read(keys[0] as string, 'MGET', (client) => client.mgetBuffer(keys as string[])),
    )
  }
}

/** Asks group by group, and puts the answers back into the order of the keys. */
async function inGroups(
  keys: readonly string[],
  groupOf: (key: string) => number,
  ask: (group: readonly string[]) => Promise<(Buffer | null)[]>,
): Promise<(Buffer | null)[]> {
  const answers = new Array<Buffer | null>(keys.length)
  const positions = new Map<string, number>(keys.map((key, i) => [key, i]))
  const fetch = async (group: readonly string[]): Promise<void> => {
    const bytes = await ask(group)
    group.forEach((key, i) => {
      answers[positions.get(key) as number] = bytes[i] ?? null
    })
  }
  await Promise.all(groupBy(keys, groupOf).map(fetch))
  return answers
}

function isCrossSlot(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && cause.message.startsWith('CROSSSLOT')
}

/** Parts that one connection can answer in one command, none too long. */
function groupBy<T>(items: readonly T[], laneOf: (item: T) => number): T[][] {
  const open = new Map<number, T[]>()
  const groups: T[][] = []
  for (const item of items) {
    const lane = laneOf(item)
    let group = open.get(lane)
    if (!group || group.length === KEYS_PER_COMMAND) {
      group = []
      open.set(lane, group)
      groups.push(group)
    }
    group.push(item)
  }
  return groups
}
