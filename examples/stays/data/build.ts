import { type Database, queryOne } from '../db/database.ts'
import { CONSTRAINTS, INDEXES, SEQUENCES, TABLES } from '../db/schema.ts'
import type { Day } from './days.ts'
import { GENERATOR_VERSION, generate, type Plan } from './generate.ts'
import type { Progress } from './progress.ts'

/** What a database says of the data in it. Written last, so that half a build is no build. */
export interface Marker {
  readonly generator: string
  readonly anchor: Day
  readonly counts: Readonly<Record<string, number>>
}

/** How much of the time rows take; constraints and indexes take the rest. */
const SHARE_OF_ROWS = 0.6
const ROWS_PER_LISTING = 36

/** @returns the marker, or `undefined` when there is no complete data of this version and size. */
export async function readMarker(
  database: Database,
  { listings }: Pick<Plan, 'listings'>,
): Promise<Marker | undefined> {
  const table = await queryOne<{ name: string | null }>(
    database,
    `SELECT to_regclass('stays.marker')::text AS name`,
  )
  if (!table?.name) return undefined
  const marker = await queryOne<Marker>(
    database,
    'SELECT generator, anchor, counts FROM stays.marker',
  )
  return marker?.generator === generatorOf(listings) ? marker : undefined
}

/** Fills an empty or half-filled database. Begins anew where an earlier run was interrupted. */
export async function buildData(
  database: Database,
  plan: Plan,
  progress: Progress,
): Promise<Marker> {
  await database.execute(TABLES)
  const counts = await copyRows(database, plan, progress)
  await finishTables(database, progress)
  const marker = { generator: generatorOf(plan.listings), anchor: plan.anchor, counts }
  await database.query('INSERT INTO stays.marker (generator, anchor, counts) VALUES ($1, $2, $3)', [
    marker.generator,
    marker.anchor,
    JSON.stringify(counts),
  ])
  progress.done(`${counts.products} listings, ${counts.bookings} bookings`)
  return marker
}

/** Generates the next sheet while the database takes in the last one. */
async function copyRows(
  database: Database,
  plan: Plan,
  progress: Progress,
): Promise<Readonly<Record<string, number>>> {
  const expected = plan.listings * ROWS_PER_LISTING
  const sheets = generate(plan)
  let rows = 0
  let copying: Promise<void> = Promise.resolve()
  for (;;) {
    const next = sheets.next()
    await copying
    if (next.done) return next.value
    rows += next.value.rows
    copying = database.copy(next.value.target, next.value.csv)
    progress.update(SHARE_OF_ROWS * Math.min(1, rows / expected), `${rows} rows`)
  }
}

async function finishTables(database: Database, progress: Progress): Promise<void> {
  const steps = [...CONSTRAINTS, ...SEQUENCES, ...INDEXES]
  for (const [index, step] of steps.entries()) {
    const share = SHARE_OF_ROWS + (1 - SHARE_OF_ROWS) * (index / steps.length)
    progress.update(share, 'constraints and indexes')
    await database.execute(step)
  }
}

function generatorOf(listings: number): string {
  return `${GENERATOR_VERSION} with ${listings} listings`
}
