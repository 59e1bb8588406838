import type { ConnectionOptions } from 'node:tls'
import { CacheError, optionError } from '../base/errors.ts'

/** Where the server is and who we are there, as it is written. */
export interface AddressOptions {
  /**
   * Where Redis or Valkey is: `redis://`, `rediss://` (TLS) or `unix://`, with user name, password
   * and database as usual. Options beside it win over its parts.
   */
  readonly url?: string | undefined
  readonly host?: string
  readonly port?: number
  /** The path of a unix socket, in place of host and port. */
  readonly socketPath?: string
  /** An ACL user. */
  readonly username?: string
  /** Never appears in an error or a log. */
  readonly password?: string
  readonly db?: number
  /** `true`, or the options of `node:tls` (`ca`, `cert`, `key`, `servername`). */
  readonly tls?: boolean | ConnectionOptions
}

export const ADDRESS_NAMES: readonly string[] = [
  'url',
  'host',
  'port',
  'socketPath',
  'username',
  'password',
  'db',
  'tls',
]

/** The same, read. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly socketPath: string | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  readonly db: number
  readonly tls: ConnectionOptions | undefined
}

const DEFAULT_PORT = 6379
const MAX_DB = 65_535

/**
 * Reads a URL and the options beside it.
 *
 * @throws {CacheError} ERR_OPTION; the URL itself is never shown, as it may hold a password
 */
export function addressFrom(options: AddressOptions): Address {
  const { host, socketPath } = options
  if (options.url === undefined && host === undefined && socketPath === undefined) {
    throw optionError('redis', 'an object with `url`, `host` or `socketPath`', options)
  }
  const url = options.url === undefined ? {} : partsOf(options.url)
  const tls = options.tls ?? url.tls ?? false
  return Object.freeze({
    host: host ?? url.host ?? '127.0.0.1',
    port: whole('redis.port', options.port ?? url.port ?? DEFAULT_PORT, 1, 65_535),
    socketPath: socketPath ?? url.socketPath,
    username: options.username ?? url.username,
    password: options.password ?? url.password,
    db: whole('redis.db', options.db ?? url.db ?? 0, 0, MAX_DB),
    tls: tls === false ? undefined : tls === true ? {} : tls,
  })
}

type Parts = { -readonly [K in keyof Address]?: Address[K] }

function partsOf(text: string): Parts {
  const url = parse(text)
  const parts: Parts = {}
  if (url.username !== '') parts.username = decode(url.username)
  if (url.password !== '') parts.password = decode(url.password)
  if (url.protocol === 'unix:') {
    parts.socketPath = decode(url.pathname)
    const db = url.searchParams.get('db')
    if (db !== null) parts.db = Number(db)
    return parts
  }
  parts.host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.port !== '') parts.port = Number(url.port)
  if (url.pathname.length > 1) parts.db = Number(url.pathname.slice(1))
  if (url.protocol === 'rediss:') parts.tls = {}
  return parts
}

function parse(text: unknown): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  const known = url && ['redis:', 'rediss:', 'unix:'].includes(url.protocol)
  if (!url || !known || (url.hostname === '' && url.protocol !== 'unix:')) {
    // Not shown: what is wrong with a URL is often near its password.
    const sentence = "Expected `redis.url` to be like 'redis://user:password@host:6379/0'"
    throw new CacheError('ERR_OPTION', `${sentence}, 'rediss://…' or 'unix:///path', got another.`)
  }
  return url
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new CacheError(
      'ERR_OPTION',
      'Expected `redis.url` to be percent-encoded where a user name or password needs it.',
    )
  }
}

function whole(option: string, value: unknown, least: number, most: number): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= least && number <= most) return number
  throw optionError(option, `a whole number from ${least} to ${most}`, value)
}
