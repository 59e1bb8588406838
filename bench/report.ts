/* Prints all figures of `bench/results`, and every target that was missed: `npm run bench:report`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { formatMissed, formatTable, type Line } from './harness/table.ts'

const RESULTS = new URL('results/', import.meta.url)

function readLines(): Line[] {
  if (!existsSync(RESULTS)) return []
  const files = readdirSync(RESULTS).filter((file) => file.endsWith('.json'))
  return files.sort().flatMap((file) =>
    readFileSync(new URL(file, RESULTS), 'utf8')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text) as Line),
  )
}

const lines = readLines()
if (lines.length === 0) console.log('No results yet. Type: npm run bench')
else console.log(`${formatTable(lines)}\n\n${formatMissed(lines)}`)
