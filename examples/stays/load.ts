import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createProgress } from './data/progress.ts'
import { openDatabase } from './db/open.ts'
import { type LoadOptions, readArguments } from './load/arguments.ts'
import { copyData } from './load/data-copies.ts'
import { compare } from './load/findings.ts'
import { type Pass, runPass } from './load/pass.ts'
import { formatReport } from './load/report.ts'
import { type Result, toResults } from './load/targets.ts'
import { readSettings } from './settings.ts'

/*
 * `npm run load`: the same visitors, first with the cache off, then with the cache on, each time
 * against a fresh server process with the same data.
 */

const RESULTS = fileURLToPath(new URL('../../bench/results/stays-load.json', import.meta.url))

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2))
  const settings = readSettings(process.env)
  const { databaseUrl: url, dataFolder: folder } = settings
  const { release } = await openDatabase({ url, folder }, createProgress('Loading the data'))
  await release()

  const off = await pass('Cache off', { CACHE_ENABLED: 'false' }, options)
  const on = await pass('Cache on', { CACHE_ENABLED: 'true' }, options)
  const findings = compare(off, on)
  console.log(formatReport(findings, options))
  await writeResults(toResults(findings))
}

async function pass(
  title: string,
  environment: Readonly<Record<string, string>>,
  options: LoadOptions,
): Promise<Pass> {
  const { databaseUrl, dataFolder } = readSettings(process.env)
  const copy = await copyData(dataFolder, databaseUrl !== undefined)
  const progress = createProgress(title)
  try {
    const namespace = { CACHE_NAMESPACE: `stays-load-${process.pid}` }
    const found = await runPass(
      { ...namespace, ...copy.environment, ...environment },
      options,
      progress,
    )
    const { failures, firstFailure } = found.load
    progress.done(failures === 0 ? 'done' : `done, ${failures} failed: ${firstFailure}`)
    if (failures > 0) process.exitCode = 1
    return found
  } finally {
    await copy.remove()
  }
}

async function writeResults(results: readonly Result[]): Promise<void> {
  await mkdir(dirname(RESULTS), { recursive: true })
  await writeFile(RESULTS, results.map((result) => `${JSON.stringify(result)}\n`).join(''))
  const missed = results.filter(({ met }) => met === false)
  for (const { name, value, unit, target } of missed) {
    console.log(`Missed: ${name} is ${value} ${unit}, to reach: ${target}.`)
  }
  console.log(`Results: ${RESULTS}`)
}

await main()
