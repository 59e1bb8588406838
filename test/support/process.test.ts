import { afterEach, expect, test } from 'vitest'
import { isCacheError } from '../../src/base/errors.ts'
import type { EchoHandlers } from './fixtures/echo.ts'
import { expectNothingLeft, openResources } from './invariants.ts'
import { startWorker, type WorkerOptions, type WorkerProcess } from './process.ts'

const started: WorkerProcess<EchoHandlers>[] = []

async function start(options?: WorkerOptions): Promise<WorkerProcess<EchoHandlers>> {
  const file = new URL('./fixtures/echo.ts', import.meta.url)
  const worker = await startWorker<EchoHandlers>(file, options)
  started.push(worker)
  return worker
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.kill()))
})

test('answers calls with what structured clones can carry', async () => {
  const before = openResources()
  const worker = await start({ env: { CACHETIER_TEST: 'on' } })

  const value = { at: new Date(5), list: new Map([[1n, new Set(['a'])]]), none: undefined }
  expect(await worker.call('echo', value)).toEqual(value)
  expect(await worker.call('add', 1, 2)).toBe(3)
  expect(await worker.call('setting', 'CACHETIER_TEST')).toBe('on')

  await worker.kill()
  await expectNothingLeft(before)
})

test('carries an error with its name and code', async () => {
  const worker = await start()

  const error = await worker.call('fail').catch((thrown: unknown) => thrown)

  expect(isCacheError(error, 'ERR_STORE')).toBe(true)
})

test('fails what waits when the process is killed, frozen or not', async () => {
  const worker = await start()
  const waiting = worker.call('forever')
  worker.pause()

  await Promise.all([expect(waiting).rejects.toThrow('has ended'), worker.kill()])

  await expect(worker.call('add', 1, 2)).rejects.toThrow('has ended')
})

test('answers what was asked while it was frozen', async () => {
  const worker = await start()
  worker.pause()

  const sum = worker.call('add', 1, 2)
  worker.resume()

  expect(await sum).toBe(3)
})
