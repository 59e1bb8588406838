import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.ts'
import { openPglite } from './pglite.ts'

/** A folder with one embedded database, for one process at a time. */
export interface DatabaseFolder {
  readonly database: Database
  release(): Promise<void>
}

/**
 * Opens the database kept in `folder`. Where there is none it is built beside it first and moved
 * into place once complete, so that an interrupted build leaves nothing that looks finished.
 *
 * @throws when another process has the folder open: two would ruin it
 */
export async function openFolder(
  folder: string,
  build: (database: Database) => Promise<unknown>,
): Promise<DatabaseFolder> {
  await mkdir(folder, { recursive: true })
  const unlock = await lock(join(folder, 'lock'))
  try {
    const ready = join(folder, 'database')
    if (!(await exists(ready))) await buildAside(join(folder, 'building'), ready, build)
    const database = await openPglite(ready)
    return {
      database,
      release: async () => {
        await database.close()
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

async function buildAside(
  aside: string,
  ready: string,
  build: (database: Database) => Promise<unknown>,
): Promise<void> {
  await rm(aside, { recursive: true, force: true })
  const database = await openPglite(aside)
  try {
    await build(database)
  } finally {
    await database.close()
  }
  await rename(aside, ready)
}

async function lock(path: string): Promise<() => Promise<void>> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    await refuseIfAlive(path)
    await rm(path, { force: true })
    return lock(path)
  }
  return () => rm(path, { force: true })
}

async function refuseIfAlive(path: string): Promise<void> {
  const holder = Number(await readFile(path, 'utf8').catch(() => ''))
  if (!isAlive(holder)) return
  throw new Error(
    `Process ${holder} has this data open. Stop it, or give this one data of its own by ` +
      `DATABASE_URL or STAYS_DATA. If that process is another program, delete ${path}.`,
  )
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
