import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { findSession, type Session } from '../queries/sessions.ts'
import { userTag } from './tags.ts'

/**
 * Sessions by the hash of their token; the token itself never becomes a key. No grace: who has
 * logged out must not be let in while a reload runs. Unknown tokens are not stored, or guessing
 * would fill the cache.
 */
export function defineSessions(
  cache: Cache,
  database: Queryable,
): Definition<string, Session | undefined> {
  return cache.define({
    name: 'sessions',
    key: (tokenHash: string) => tokenHash,
    load: (tokenHash, { signal }) => findSession(database, tokenHash, { signal }),
    ttl: '1h',
    grace: 0,
    negativeTtl: 0,
    tags: (_hash, session) => (session ? [userTag(session.userId)] : []),
  })
}
