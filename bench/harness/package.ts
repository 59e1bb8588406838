import type * as Package from '../../src/index.ts'
import type * as Memory from '../../src/memory/index.ts'
import type * as Json from '../../src/store/codec-json.ts'

/*
 * The built package, as its users get it. Benches are compiled to `bench/.build/bench`, hence the
 * steps up; they are compiled by tsc, because what tsx runs has a helper call in each closure.
 */
async function built(path: string): Promise<unknown> {
  return import(new URL(`../../../../dist/${path}`, import.meta.url).href)
}

export async function importPackage(): Promise<typeof Package> {
  return (await built('index.js')) as typeof Package
}

export async function importMemory(): Promise<typeof Memory> {
  return (await built('memory/index.js')) as typeof Memory
}

/** The codec that values of a bench are stored with, so that a floor decodes what we decode. */
export async function importCodec(): Promise<(typeof Json)['jsonCodec']> {
  return ((await built('store/codec-json.js')) as typeof Json).jsonCodec
}
