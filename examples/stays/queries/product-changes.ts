import { type Database, type Queryable, queryOne } from '../db/database.ts'
import { recordActivity } from './activity.ts'

/** What a host may change. Absent means: leave it. */
export interface ProductChanges {
  readonly name?: string
  readonly description?: string
  /** Cents; the prices of all rooms and seasons move in proportion. */
  readonly basePrice?: number
  readonly capacity?: number
  readonly rooms?: readonly RoomChange[]
  readonly equipment?: readonly string[]
}

export interface RoomChange {
  readonly id: number
  readonly name?: string
  readonly capacity?: number
  /** More doors of this kind. Taking some away is another matter: they may be booked. */
  readonly addUnits?: number
}

export type ProductField = keyof ProductChanges

export type ChangeOutcome =
  | {
      readonly outcome: 'changed'
      /** The fields whose value is another now. */
      readonly changed: readonly ProductField[]
      readonly countryCode: string
      readonly hostId: number
    }
  | { readonly outcome: 'no-such-product' | 'not-the-host' | 'no-such-room' | 'no-such-equipment' }

interface Current {
  readonly hostId: number
  readonly countryCode: string
  readonly name: string
  readonly description: string
  readonly basePrice: number
  readonly capacity: number
}

/** Ends a transaction with an outcome instead of a failure. */
class Refusal extends Error {
  readonly outcome: Exclude<ChangeOutcome['outcome'], 'changed'>

  constructor(outcome: Exclude<ChangeOutcome['outcome'], 'changed'>) {
    super(outcome)
    this.outcome = outcome
  }
}

/** Applies what really differs, in one transaction. */
export async function changeProduct(
  database: Database,
  change: { readonly productId: number; readonly hostId: number; readonly changes: ProductChanges },
): Promise<ChangeOutcome> {
  const { productId, hostId, changes } = change
  try {
    return await database.transaction(async (transaction) => {
      const current = await lockProduct(transaction, productId)
      if (!current) throw new Refusal('no-such-product')
      if (current.hostId !== hostId) throw new Refusal('not-the-host')
      const changed = await applyChanges(transaction, productId, current, changes)
      if (changed.length > 0) await noteChange(transaction, hostId, productId, changed)
      return { outcome: 'changed', changed, countryCode: current.countryCode, hostId }
    })
  } catch (error) {
    if (error instanceof Refusal) return { outcome: error.outcome }
    throw error
  }
}

async function applyChanges(
  transaction: Queryable,
  productId: number,
  current: Current,
  changes: ProductChanges,
): Promise<ProductField[]> {
  const changed: ProductField[] = []
  for (const field of ['name', 'description', 'basePrice', 'capacity'] as const) {
    const value = changes[field]
    if (value === undefined || value === current[field]) continue
    await transaction.query(`UPDATE products SET ${COLUMNS[field]} = $2 WHERE id = $1`, [
      productId,
      value,
    ])
    changed.push(field)
  }
  if (changed.includes('basePrice')) await scalePrices(transaction, productId, current, changes)
  if (await changeRooms(transaction, productId, changes.rooms ?? [])) changed.push('rooms')
  if (await changeEquipment(transaction, productId, changes.equipment)) changed.push('equipment')
  return changed
}

const COLUMNS = {
  name: 'name',
  description: 'description',
  basePrice: 'base_price',
  capacity: 'capacity',
} as const

function lockProduct(transaction: Queryable, productId: number): Promise<Current | undefined> {
  return queryOne<Current>(
    transaction,
    `SELECT p.host_id AS "hostId", l.country AS "countryCode", p.name, p.description,
       p.base_price AS "basePrice", p.capacity
     FROM products p JOIN places l ON l.id = p.place_id
     WHERE p.id = $1 FOR UPDATE OF p`,
    [productId],
  )
}

async function scalePrices(
  transaction: Queryable,
  productId: number,
  current: Current,
  changes: ProductChanges,
): Promise<void> {
  await transaction.query(
    `UPDATE prices SET nightly = greatest(100, round(nightly * $2::float8 / $3)::int)
     WHERE room_id IN (SELECT id FROM rooms WHERE product_id = $1)`,
    [productId, changes.basePrice, current.basePrice],
  )
}

/** @returns whether anything is different now. */
async function changeRooms(
  transaction: Queryable,
  productId: number,
  rooms: readonly RoomChange[],
): Promise<boolean> {
  let changed = false
  for (const { id, name, capacity, addUnits = 0 } of rooms) {
    const room = await queryOne<{ name: string; capacity: number }>(
      transaction,
      'SELECT name, capacity FROM rooms WHERE id = $1 AND product_id = $2 FOR UPDATE',
      [id, productId],
    )
    if (!room) throw new Refusal('no-such-room')
    const next = { name: name ?? room.name, capacity: capacity ?? room.capacity }
    if (next.name !== room.name || next.capacity !== room.capacity) {
      const sql = 'UPDATE rooms SET name = $2, capacity = $3 WHERE id = $1'
      await transaction.query(sql, [id, next.name, next.capacity])
      changed = true
    }
    for (let added = 0; added < addUnits; added++) {
      await addUnit(transaction, productId, id, next.name)
      changed = true
    }
  }
  return changed
}

async function addUnit(
  transaction: Queryable,
  productId: number,
  roomId: number,
  roomName: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO units (room_id, product_id, name)
     SELECT $1::int, $2::int, $3::text || ' ' || (count(*) + 1)::text
     FROM units WHERE room_id = $1`,
    [roomId, productId, roomName],
  )
}

/** @returns whether the set is another one now. */
async function changeEquipment(
  transaction: Queryable,
  productId: number,
  slugs: readonly string[] | undefined,
): Promise<boolean> {
  if (!slugs) return false
  const known = await transaction.query('SELECT FROM equipment WHERE slug = ANY($1::text[])', [
    slugs,
  ])
  if (known.length !== new Set(slugs).size) throw new Refusal('no-such-equipment')
  const removed = await transaction.query(
    `DELETE FROM product_equipment x USING equipment e
     WHERE x.product_id = $1 AND e.id = x.equipment_id AND e.slug <> ALL($2::text[])
     RETURNING x.equipment_id`,
    [productId, slugs],
  )
  const added = await transaction.query(
    `INSERT INTO product_equipment (product_id, equipment_id)
     SELECT $1::int, id FROM equipment WHERE slug = ANY($2::text[])
     ON CONFLICT DO NOTHING RETURNING equipment_id`,
    [productId, slugs],
  )
  return removed.length + added.length > 0
}

async function noteChange(
  transaction: Queryable,
  userId: number,
  productId: number,
  changed: readonly ProductField[],
): Promise<void> {
  await transaction.query('UPDATE products SET updated_at = now() WHERE id = $1', [productId])
  const subject = `product:${productId}`
  const details = { changed }
  await recordActivity(transaction, { userId, action: 'product-change', subject, details })
}
