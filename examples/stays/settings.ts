import { fileURLToPath } from 'node:url'

/** What the environment decides, beside the variables that the cache itself reads. */
export interface Settings {
  /** 0 lets the system choose a free one. */
  readonly port: number
  readonly databaseUrl: string | undefined
  /** Where the embedded database keeps its data. */
  readonly dataFolder: string
}

const DEFAULT_PORT = 3_000
const DEFAULT_FOLDER = fileURLToPath(new URL('../../.data/stays', import.meta.url))

export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const { PORT, DATABASE_URL, STAYS_DATA } = environment
  return {
    port: PORT === undefined || PORT === '' ? DEFAULT_PORT : readPort(PORT),
    databaseUrl: DATABASE_URL || undefined,
    dataFolder: STAYS_DATA || DEFAULT_FOLDER,
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Error(`Expected PORT to be a number from 0 to 65535, got '${text}'.`)
}
