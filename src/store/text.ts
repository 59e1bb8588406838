/** ES2024; every Node we run on has it, the library types of our target do not. */
interface Text {
  isWellFormed(): boolean
}

/**
 * Whether UTF-8 can hold the text. With a lone surrogate it cannot: all of them become U+FFFD, so
 * that different keys would be one in Redis.
 */
export function isWellFormed(text: string): boolean {
  return (text as unknown as Text).isWellFormed()
}
