import { createHash, randomBytes } from 'node:crypto'
import { type Queryable, type QueryOptions, queryOne } from '../db/database.ts'

export interface Session {
  readonly userId: number
  readonly role: 'guest' | 'host'
  readonly name: string
  readonly email: string
  readonly language: string
  readonly expiresAt: Date
}

export interface Credentials {
  readonly userId: number
  readonly passwordHash: string
}

const TOKEN_BYTES = 32
const LIFETIME = '7 days'

/**
 * What the database and the cache know a session by. Whoever reads either of them cannot log in
 * with it: the token itself is only at its owner.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** @returns the token, which is told once and not kept. */
export async function createSession(database: Queryable, userId: number): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  await database.query(
    `INSERT INTO sessions (token_hash, user_id, expires_at)
     VALUES ($1, $2, now() + interval '${LIFETIME}')`,
    [hashToken(token), userId],
  )
  return token
}

export async function deleteSession(database: Queryable, tokenHash: string): Promise<void> {
  await database.query('DELETE FROM sessions WHERE token_hash = $1', [tokenHash])
}

export function findSession(
  database: Queryable,
  tokenHash: string,
  options: QueryOptions = {},
): Promise<Session | undefined> {
  return queryOne<Session>(
    database,
    `SELECT u.id AS "userId", u.role, u.name, u.email, u.language, s.expires_at AS "expiresAt"
     FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE s.token_hash = $1 AND s.expires_at > now()`,
    [tokenHash],
    options,
  )
}

export function findCredentials(
  database: Queryable,
  email: string,
): Promise<Credentials | undefined> {
  return queryOne<Credentials>(
    database,
    'SELECT id AS "userId", password_hash AS "passwordHash" FROM users WHERE email = $1',
    [email],
  )
}
