import { createApp } from './app.ts'
import { createProgress } from './data/progress.ts'
import { countQueries } from './db/counting.ts'
import { openDatabase } from './db/open.ts'
import { greeting } from './greeting.ts'
import { listen } from './listen.ts'
import { serveDriver } from './load/driver-link.ts'
import { openCache } from './open-cache.ts'
import { readSettings } from './settings.ts'

/*
 * `npm start`: database, cache, routes; each part is closed in the reverse order of its opening.
 */

type Close = () => Promise<void>

async function main(): Promise<void> {
  const closers: Close[] = []
  const shutDown = shutDownOnce(closers)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void shutDown(0))
  try {
    await start(closers)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    await shutDown(1)
  }
}

async function start(closers: Close[]): Promise<void> {
  const settings = readSettings(process.env)
  const {
    database: plain,
    marker,
    release,
  } = await openDatabase(
    { url: settings.databaseUrl, folder: settings.dataFolder },
    createProgress('Loading the data'),
  )
  closers.push(release)
  const { cache, description, close } = await openCache(process.env)
  closers.push(close)
  const database = countQueries(plain)
  const app = createApp({ database, cache })
  const isFirm = process.env.PORT !== undefined
  const server = await listen(app, { port: settings.port, isFirm })
  closers.push(server.stop)
  serveDriver({ url: server.url, marker, database, cache })
  console.log(
    greeting({ url: server.url, database: database.description, cache: description, marker }),
  )
}

function shutDownOnce(closers: Close[]): (code: number) => Promise<void> {
  let isClosing = false
  return async (code) => {
    // A second Ctrl+C means it.
    if (isClosing) process.exit(1)
    isClosing = true
    for (const close of closers.reverse()) {
      await close().catch((error: unknown) => console.error(error))
    }
    process.exit(code)
  }
}

await main()
