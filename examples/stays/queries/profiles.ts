import { type Database, type Queryable, type QueryOptions, queryOne } from '../db/database.ts'
import { recordActivity } from './activity.ts'

export interface ProfileFields {
  readonly name: string
  readonly phone: string | null
  readonly country: string
  readonly language: string
  readonly about: string
}

export interface Profile extends ProfileFields {
  readonly id: number
  readonly role: string
  readonly email: string
  readonly memberSince: Date
  readonly stays: {
    readonly past: number
    readonly upcoming: number
    readonly nights: number
    readonly countries: number
    readonly spent: number
  }
}

/** A user with a summary of their stays, or `undefined`. */
export function findProfile(
  database: Queryable,
  userId: number,
  options: QueryOptions = {},
): Promise<Profile | undefined> {
  return queryOne<Profile>(database, PROFILE, [userId], options)
}

/** @returns false when there is no such user, or no such country. */
export function updateProfile(
  database: Database,
  userId: number,
  fields: ProfileFields,
): Promise<boolean> {
  const { name, phone, country, language, about } = fields
  return database.transaction(async (transaction) => {
    const changed = await transaction.query(
      `UPDATE users SET name = $2, phone = $3, country = $4, language = $5, about = $6,
         updated_at = now()
       WHERE id = $1 AND EXISTS (SELECT FROM countries WHERE code = $4) RETURNING id`,
      [userId, name, phone, country, language, about],
    )
    if (changed.length === 0) return false
    const subject = `user:${userId}`
    await recordActivity(transaction, { userId, action: 'profile-change', subject, details: {} })
    return true
  })
}

const PROFILE = `
  SELECT u.id, u.role, u.email, u.name, u.phone, u.country, u.language, u.about,
    u.created_at AS "memberSince",
    (SELECT json_build_object(
        'past', count(*) FILTER (WHERE b.check_out <= current_date),
        'upcoming', count(*) FILTER (WHERE b.check_out > current_date),
        'nights', coalesce(sum(b.check_out - b.check_in), 0),
        'countries', count(DISTINCT l.country),
        'spent', coalesce(sum(b.total), 0))
      FROM bookings b
      JOIN products p ON p.id = b.product_id
      JOIN places l ON l.id = p.place_id
      WHERE b.guest_id = u.id) AS stays
  FROM users u WHERE u.id = $1`
