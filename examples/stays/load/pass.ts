import type { Progress } from '../data/progress.ts'
import type { LoadOptions } from './arguments.ts'
import { preparePeople } from './people.ts'
import { type Counts, ServerProcess } from './server-process.ts'
import { type Request, ROUTES, Traffic } from './traffic.ts'
import { askAlone, type Measured, sendTraffic } from './visitors.ts'

/** What one pass, with the cache off or on, found out. */
export interface Pass {
  /** Under the load of all visitors, from an empty cache on. */
  readonly load: Measured
  /** What the server counted meanwhile. */
  readonly counts: Counts
  /** One visitor with nobody else there, after the load. */
  readonly alone: Measured
}

const ALONE_ASKS = 20

/** Runs one pass against a server process of its own. */
export async function runPass(
  environment: Readonly<Record<string, string>>,
  options: LoadOptions,
  progress: Progress,
): Promise<Pass> {
  progress.update(0, 'starting a server')
  const { server, ready } = await ServerProcess.start(environment)
  try {
    const { url, marker } = ready
    const people = await preparePeople(url, marker)
    const { products = 1 } = marker.counts
    const hosts = Math.max(1, Math.round(products / 4))
    const source = { anchor: marker.anchor, products, hosts, people }
    const traffic = new Traffic({ ...source, seed: options.seed })
    await server.ask('clear')
    const load = await sendTraffic(url, traffic, {
      ...options,
      onProgress: (gone, answers) =>
        progress.update(Math.min(0.9, (gone / options.seconds) * 0.9), `${answers} answers`),
    })
    const counts = await server.ask('count')
    progress.update(0.9, 'one visitor alone')
    const alone = await askAlone(
      url,
      requestsAlone(new Traffic({ ...source, seed: options.seed + 1 })),
    )
    await server.ask('clear')
    return { load, counts, alone }
  } finally {
    await server.stop()
  }
}

function requestsAlone(traffic: Traffic): Request[] {
  const reads = ROUTES.filter(
    (route) => !['book', 'change product', 'change profile'].includes(route),
  )
  return reads.flatMap((route) => Array.from({ length: ALONE_ASKS }, () => traffic.of(route)))
}
