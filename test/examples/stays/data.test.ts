import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildData, readMarker } from '../../../examples/stays/data/build.ts'
import { generate } from '../../../examples/stays/data/generate.ts'
import { planOf } from '../../../examples/stays/data/plan.ts'
import { silentProgress } from '../../../examples/stays/data/progress.ts'
import { createRandom, zipf } from '../../../examples/stays/data/random.ts'
import { seasonOf } from '../../../examples/stays/data/seasons.ts'
import type { Database } from '../../../examples/stays/db/database.ts'
import { openPgliteInMemory } from '../../../examples/stays/db/pglite.ts'
import { TABLES } from '../../../examples/stays/db/schema.ts'

const ANCHOR = '2026-11-01'

describe('the generated market', () => {
  test('is the same for the same seed, row for row', async () => {
    const plan = await planOf(20, ANCHOR)

    expect([...generate(plan)]).toEqual([...generate(plan)])
  })

  test('is another one for another seed', async () => {
    const plan = await planOf(20, ANCHOR)
    const other = { ...plan, seed: plan.seed + 1 }

    expect([...generate(plan)]).not.toEqual([...generate(other)])
  })

  test('popular things are drawn most often', () => {
    const draw = zipf(100, 1, createRandom(1))
    const counts = new Array<number>(100).fill(0)
    for (let index = 0; index < 10_000; index++) {
      const drawn = draw()
      counts[drawn] = (counts[drawn] as number) + 1
    }

    expect(counts[0]).toBeGreaterThan((counts[9] as number) * 5)
    expect(counts.reduce((a, b) => a + b)).toBe(10_000)
  })

  test.each([
    ['2026-07-15', 'north', 'high'],
    ['2026-07-15', 'south', 'low'],
    ['2026-12-24', 'north', 'holiday'],
    ['2027-01-15', 'south', 'high'],
    ['2026-10-01', 'south', 'mid'],
  ] as const)('%s in the %s is %s season', (day, hemisphere, season) => {
    expect(seasonOf(day, hemisphere)).toBe(season)
  })
})

describe('a database of it', () => {
  let database: Database
  beforeAll(async () => {
    database = await openPgliteInMemory()
    await buildData(database, await planOf(40, ANCHOR), silentProgress)
  }, 60_000)
  afterAll(() => database.close())

  test('says what is in it', async () => {
    const marker = await readMarker(database, { listings: 40 })

    expect(marker).toMatchObject({ anchor: ANCHOR, counts: { products: 40 } })
  })

  test('is not taken for one of another size', async () => {
    expect(await readMarker(database, { listings: 41 })).toBeUndefined()
  })

  test('has no unit that is booked twice on a night', async () => {
    const twice = await database.query(
      `SELECT a.id FROM bookings a JOIN bookings b ON a.unit_id = b.unit_id AND a.id < b.id
         AND a.check_in < b.check_out AND b.check_in < a.check_out`,
    )

    expect(twice).toEqual([])
  })

  test('prices each stay by the nights of its seasons', async () => {
    const wrong = await database.query(
      `SELECT b.id FROM bookings b
       JOIN products p ON p.id = b.product_id JOIN places l ON l.id = p.place_id
       JOIN season_days s ON s.hemisphere = CASE WHEN l.latitude < 0 THEN 'south' ELSE 'north' END
         AND s.day >= b.check_in AND s.day < b.check_out
       JOIN prices c ON c.room_id = b.room_id AND c.season = s.season
       GROUP BY b.id, b.total HAVING sum(c.nightly) <> b.total`,
    )

    expect(wrong).toEqual([])
  })

  test('is no data while a build is under way, and is whole after another one', async () => {
    await database.execute(TABLES)
    const halfway = await readMarker(database, { listings: 40 })

    await buildData(database, await planOf(40, ANCHOR), silentProgress)

    expect(halfway).toBeUndefined()
    expect(await readMarker(database, { listings: 40 })).toMatchObject({ counts: { products: 40 } })
  })
})
