import type { Queryable, QueryOptions } from '../db/database.ts'

export interface NewActivity {
  readonly userId: number
  readonly action: 'login' | 'logout' | 'booking' | 'product-change' | 'profile-change'
  /** What it was about, `booking:17`. */
  readonly subject: string
  readonly details: Readonly<Record<string, unknown>>
}

export interface Activity {
  readonly id: number
  readonly action: string
  readonly subject: string
  readonly details: Readonly<Record<string, unknown>>
  readonly createdAt: Date
}

const SHOWN = 50

export async function recordActivity(database: Queryable, activity: NewActivity): Promise<void> {
  const { userId, action, subject, details } = activity
  await database.query(
    'INSERT INTO activity (user_id, action, subject, details) VALUES ($1, $2, $3, $4)',
    [userId, action, subject, JSON.stringify(details)],
  )
}

/** What a user did last, newest first. */
export function findActivity(
  database: Queryable,
  userId: number,
  options: QueryOptions = {},
): Promise<Activity[]> {
  return database.query<Activity>(
    `SELECT id::int, action, subject, details, created_at AS "createdAt" FROM activity
     WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT ${SHOWN}`,
    [userId],
    options,
  )
}
