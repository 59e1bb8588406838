import type { Request, Response } from 'express'
import type { Definitions } from '../definitions/index.ts'
import { hashToken, type Session } from '../queries/sessions.ts'
import { Problem } from './problem.ts'

const COOKIE = 'session'
const LIFETIME_SECONDS = 7 * 24 * 3_600

/** A session and what the database and the cache know it by. */
export interface OpenSession {
  readonly session: Session
  readonly tokenHash: string
}

/**
 * Who sends this request, by cookie or `Authorization: Bearer`.
 *
 * @throws {Problem} 401 when nobody is logged in
 */
export async function requireSession(
  request: Request,
  definitions: Definitions,
): Promise<OpenSession> {
  const token = tokenOf(request)
  if (token === undefined) throw unauthorized()
  const tokenHash = hashToken(token)
  const session = await definitions.sessions.get(tokenHash)
  // A cached session may outlive its own end.
  if (!session || session.expiresAt.getTime() <= Date.now()) throw unauthorized()
  return { session, tokenHash }
}

export function setSessionCookie(response: Response, token: string): void {
  response.append('Set-Cookie', cookie(token, LIFETIME_SECONDS))
}

export function clearSessionCookie(response: Response): void {
  response.append('Set-Cookie', cookie('', 0))
}

/** Not `Secure`: this example listens on 127.0.0.1 only, without TLS. */
function cookie(token: string, maxAge: number): string {
  return `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${maxAge}`
}

function tokenOf(request: Request): string | undefined {
  const bearer = /^Bearer ([\w-]{43})$/.exec(request.get('authorization') ?? '')
  if (bearer) return bearer[1]
  return /(?:^|;\s*)session=([\w-]{43})(?:;|$)/.exec(request.get('cookie') ?? '')?.[1]
}

function unauthorized(): Problem {
  return new Problem(401, 'Not logged in', 'Log in first: POST /api/sessions.')
}
