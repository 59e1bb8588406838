/** What was asked for on the command line. */
export interface Selection {
  readonly names: readonly string[]
  /** Fewer rounds: for a first look, not for a figure to quote. */
  readonly isQuick: boolean
  readonly withPeers: boolean
}

/** @throws where a name or an option is unknown, with those that exist */
export function readSelection(words: readonly string[], known: readonly string[]): Selection {
  const options = words.filter((word) => word.startsWith('-'))
  const names = words.filter((word) => !word.startsWith('-'))
  const unknown =
    options.find((option) => option !== '--quick' && option !== '--no-peers') ??
    names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const expected = [...known, '--quick', '--no-peers'].join(', ')
    throw new Error(`Expected any of ${expected}, got '${unknown}'.`)
  }
  return {
    names: names.length > 0 ? known.filter((name) => names.includes(name)) : known,
    isQuick: options.includes('--quick'),
    withPeers: !options.includes('--no-peers'),
  }
}
