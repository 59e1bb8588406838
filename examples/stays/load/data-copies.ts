import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Where one pass has its data. */
export interface DataCopy {
  readonly environment: Readonly<Record<string, string>>
  remove(): Promise<void>
}

/**
 * Gives each pass the same data to begin with, and leaves the user's own alone: what visitors book
 * is booked in a copy. A database server is used as it is.
 */
export async function copyData(folder: string, hasServer: boolean): Promise<DataCopy> {
  if (hasServer) return { environment: {}, remove: async () => undefined }
  const copy = `${folder}-load`
  const remove = (): Promise<void> => rm(copy, { recursive: true, force: true })
  await remove()
  await cp(join(folder, 'database'), join(copy, 'database'), { recursive: true })
  return { environment: { STAYS_DATA: copy }, remove }
}
