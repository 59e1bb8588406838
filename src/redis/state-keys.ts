/** Where a namespace keeps its invalidation state: three keys of one slot, and a channel. */
export interface StateKeys {
  /** Clock, tags and bans, in the order in which scripts take them. */
  readonly all: readonly [string, string, string]
  readonly bans: string
  readonly channel: string
}

/** Begins like the namespace's other keys, so that one ACL pattern covers them. */
export function stateKeys(namespace: string): StateKeys {
  const base = `${namespace}:{${namespace}}`
  const bans = `${base}:bans`
  return {
    all: [`${base}:clock`, `${base}:tags`, bans],
    bans,
    channel: `${base}:changes`,
  }
}
