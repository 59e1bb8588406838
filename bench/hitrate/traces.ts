import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const MAX_REQUESTS = 1_000_000
const BYTES_PER_KEY = 4

/** Where the traces lie: `CACHETIER_TRACES`, beside the repository, or in `bench/traces`. */
export function findTraces(): string {
  const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
  const places = [
    process.env.CACHETIER_TRACES ?? '',
    here('../../../shared/traces'),
    here('../traces'),
  ]
  const found = places.find((place) => place !== '' && existsSync(place))
  if (found !== undefined) return found
  throw new Error(
    `No traces found. Put *.u32.gz (gzip of little-endian 32-bit keys) into ${places[2]}, or name their folder in CACHETIER_TRACES.`,
  )
}

/** The keys of one trace in the order in which they were asked for. */
export function readTrace(folder: string, name: string): Uint32Array {
  const bytes = gunzipSync(readFileSync(`${folder}/${name}.u32.gz`))
  const keys = new Uint32Array(Math.min(MAX_REQUESTS, Math.floor(bytes.length / BYTES_PER_KEY)))
  for (let index = 0; index < keys.length; index++) {
    keys[index] = bytes.readUInt32LE(index * BYTES_PER_KEY)
  }
  return keys
}
