import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Echoes } from '../../src/redis/echoes.ts'

test('takes the first telling after a write for its echo, and the second for foreign', () => {
  const echoes = new Echoes()
  const write = echoes.begin('a')

  expect(echoes.end(write, true)).toBe(true)
  expect(echoes.isEcho('a')).toBe(true)
  expect(echoes.isEcho('a')).toBe(false)
  expect(echoes.size).toBe(0)
})

test('keeps what was told once while the write was under way, and nothing told twice', () => {
  const echoes = new Echoes()
  const one = echoes.begin('a')
  expect(echoes.isEcho('a')).toBe(false)
  expect(echoes.end(one, true)).toBe(true)

  const other = echoes.begin('a')
  echoes.isEcho('a')
  echoes.isEcho('a')
  expect(echoes.end(other, true)).toBe(false)
  expect(echoes.size).toBe(0)
})

test('takes every telling for foreign once a write may not have happened', () => {
  const echoes = new Echoes()
  const write = echoes.begin('a')

  expect(echoes.end(write, false)).toBe(false)
  expect(echoes.isEcho('a')).toBe(false)
})

test('knows nothing of writes from before it was cleared', () => {
  const echoes = new Echoes()
  const write = echoes.begin('a')
  const done = echoes.begin('b')
  echoes.end(done, true)
  echoes.clear()
  const later = echoes.begin('a')

  expect(echoes.end(write, true)).toBe(false)
  expect(echoes.isEcho('b')).toBe(false)
  expect(echoes.end(later, true)).toBe(true)
})

/*
 * A model of one key on a server that tells of every change, in order, some time later. Versions
 * count up; what memory holds at the end, with everything told, must be the last version.
 */
interface Step {
  readonly act: 'send' | 'answer' | 'fail' | 'foreign' | 'tell'
}

test('leaves nothing outdated in memory, whatever the order of answers and tellings', () => {
  const act = fc.constantFrom('send', 'answer', 'fail', 'foreign', 'tell', 'tell')
  fc.assert(
    fc.property(fc.array(fc.record({ act }), { maxLength: 40 }), (steps) => {
      const run = new Run()
      for (const step of steps as Step[]) run.step(step)
      run.drain()
      expect([undefined, run.version]).toContain(run.memory)
    }),
    { numRuns: 10_000 },
  )
})

class Run {
  readonly #echoes = new Echoes()
  readonly #sent: { readonly writes: ReturnType<Echoes['begin']>; readonly version: number }[] = []
  #untold = 0
  version = 0
  memory: number | undefined

  step({ act }: Step): void {
    if (act === 'send') this.#send()
    else if (act === 'foreign') this.#change()
    else if (act === 'tell') this.#tell()
    else this.#answer(act === 'answer')
  }

  drain(): void {
    while (this.#sent.length > 0) this.#answer(true)
    while (this.#untold > 0) this.#tell()
  }

  #change(): void {
    this.version += 1
    this.#untold += 1
  }

  /** The server carries it out in the order in which it was sent. */
  #send(): void {
    const writes = this.#echoes.begin('a')
    this.memory = undefined
    this.#change()
    this.#sent.push({ writes, version: this.version })
  }

  #answer(isKnown: boolean): void {
    const next = this.#sent.shift()
    if (!next) return
    const mayKeep = this.#echoes.end(next.writes, isKnown)
    if (mayKeep) this.memory = next.version
  }

  #tell(): void {
    if (this.#untold === 0) return
    this.#untold -= 1
    if (!this.#echoes.isEcho('a')) this.memory = undefined
  }
}
