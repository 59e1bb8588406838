import { buildData, type Marker, readMarker } from '../data/build.ts'
import { fullPlan } from '../data/plan.ts'
import type { Progress } from '../data/progress.ts'
import type { Database } from './database.ts'
import { openFolder } from './folder.ts'
import { openPostgres } from './postgres.ts'

export interface OpenDatabase {
  readonly database: Database
  readonly marker: Marker
  release(): Promise<void>
}

export interface DatabaseSettings {
  /** A PostgreSQL server; without it the embedded one is used. */
  readonly url: string | undefined
  /** Where the embedded one keeps its data. */
  readonly folder: string
}

/** Opens the database, and fills it first where that has not been done yet. */
export async function openDatabase(
  settings: DatabaseSettings,
  progress: Progress,
): Promise<OpenDatabase> {
  const plan = await fullPlan()
  const build = (database: Database): Promise<Marker> => buildData(database, plan, progress)
  if (settings.url === undefined) {
    const { database, release } = await openFolder(settings.folder, build)
    const marker = await readMarker(database, plan)
    if (marker) return { database, marker, release }
    await release()
    throw new Error(
      `The data in ${settings.folder} is of another version. Delete that folder and start again.`,
    )
  }
  const database = await openPostgres(settings.url)
  const marker = (await readMarker(database, plan)) ?? (await build(database))
  return { database, marker, release: () => database.close() }
}
