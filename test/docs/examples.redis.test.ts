import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { withExpectations } from './expectations.ts'
import { exampleFolder, extract, pages, type Snippet, snippetsOf } from './snippets.ts'

const folder = exampleFolder()
const OWN = extract(
  'this test',
  "```ts\nconst list = [{ a: 'b' }]\nlist // => [ { a: 'b' } ]\n```\n",
)

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis({ tcp: true })
  vi.stubEnv('REDIS_URL', redis.url)
})

beforeEach(() => redis.restart())

afterAll(async () => {
  vi.unstubAllEnvs()
  await redis.stop()
})

const shown = [...OWN, ...pages().flatMap((page) => snippetsOf(page))].filter(({ isRun }) => isRun)

test.each(shown)('$place shows what it claims', async (snippet) => {
  const seen = await run(snippet)

  expect(seen.length).toBeGreaterThan(0)
  expect(seen.map(({ line, actual }) => `${line}: ${actual}`)).toEqual(
    seen.map(({ line, expected }) => `${line}: ${expected}`),
  )
})

interface Shown {
  readonly line: number
  readonly actual: string
  readonly expected: string
}

let runs = 0

/** Runs the example with `REDIS_URL` set to an empty server. */
async function run({ code }: Snippet): Promise<readonly Shown[]> {
  const seen: Shown[] = []
  const shows = (line: number, value: unknown, expected: string): void => {
    seen.push({ line, actual: inspect(value, { breakLength: Infinity, depth: 10 }), expected })
  }
  const file = join(folder, `${++runs}.ts`)
  writeFileSync(file, withExpectations(code))
  vi.stubGlobal('shows', shows)
  await import(/* @vite-ignore */ pathToFileURL(file).href)
  vi.unstubAllGlobals()
  return seen
}
