/**
 * Why the bytes found under a key are no entry. Never an error: the reader counts it and goes on
 * as if there were nothing.
 */
export type Rejection =
  /** Not written by this package. */
  | 'foreign'
  /** Written by a later version; during a rolling deploy it must not be overwritten. */
  | 'newer-version'
  /** Written by a version that nobody reads any more. */
  | 'older-version'
  /** Shorter than its header says. */
  | 'truncated'
  /** The checksum or a field is wrong. */
  | 'corrupt'
  /** Larger than `maxValueBytes`, as stored or once decompressed. */
  | 'too-large'
  /** Made by a codec that is not configured here. */
  | 'unknown-codec'
  /** Compressed in a way that this version of Node cannot undo. */
  | 'unknown-compression'
  /** Encrypted with a key that is not in the ring. */
  | 'unknown-key'
  /** Not encrypted, though encryption is configured: anyone could have written it. */
  | 'not-encrypted'
  /** Not written by a holder of the key, or not for this key's name. */
  | 'forged'
  /** The codec cannot make a value of the body. */
  | 'undecodable'

/** Tells a rejection from what was asked for, which is never a string. */
export function isRejection(outcome: unknown): outcome is Rejection {
  return typeof outcome === 'string'
}
