/**
 * Turns a value into bytes and back. Both run on the path of a hit: synchronous, and without I/O.
 *
 * A value must come back as it went in, type for type: what the in-process tier returns by
 * reference and what the shared tier returns decoded must not differ. A codec throws when it
 * cannot keep that promise, on either side; the cache turns that into ERR_VALUE or into a miss. It
 * never runs what the bytes contain, and never accepts bytes that it reads only in part.
 */
export interface Codec {
  /** Written beside each value. Your own take 8 to 15, and never another's. */
  readonly id: number
  /** Appears in errors and statistics. */
  readonly name: string
  /** May return a buffer that the next call overwrites: the cache copies it before. */
  encode(value: unknown): Uint8Array
  /** Must not keep a reference to `bytes`. */
  decode(bytes: Uint8Array): unknown
}
