import type { Progress } from '../data/progress.ts'
import type { LoadOptions } from './arguments.ts'
import { preparePeople } from './people.ts'
import { type Counts, ServerProcess } from './server-process.ts'
import { type Request, ROUTES, Traffic } from './traffic.ts'
import { askAlone, type Measured, sendTraffic } from './visitors.ts'

/** What one pass, with the cache off or on, found out. */
export interface Pass {
  /** Under the load of all visitors. */
  readonly load: Measured
  /** What the server had counted before it and after it; both from an empty cache on. */
  readonly before: Counts
  readonly after: Counts
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
    const { warmUp, seconds, visitors } = options
    const tell = (from: number) => (gone: number, answers: number) => {
      const share = (from + gone) / (warmUp + seconds)
      progress.update(Math.min(0.95, share * 0.95), `${answers} answers`)
    }
    await sendTraffic(url, traffic, { visitors, seconds: warmUp, onProgress: tell(0) })
    const before = await server.ask('count')
    const load = await sendTraffic(url, traffic, { visitors, seconds, onProgress: tell(warmUp) })
    const after = await server.ask('count')
    progress.update(0.95, 'one visitor alone')
    const alone = await askAlone(
      url,
      requestsAlone(new Traffic({ ...source, seed: options.seed + 1 })),
    )
    await server.ask('clear')
    return { load, before, after, alone }
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
