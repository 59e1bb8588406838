import type { Socket } from 'node:net'
import type { Cancel, Clock } from '../base/clock.ts'

export type Direction = 'toClient' | 'toServer'

/** What a chaos proxy does to the bytes that pass. All of it can change while they do. */
export interface Faults {
  /** How late each piece arrives, in each direction. @default 0 */
  readonly latencyMs: number
  /** Up to so much later still, drawn for each piece; pieces keep their order. @default 0 */
  readonly jitterMs: number
  /**
   * Nothing arrives, and nobody is told: connections stay open. What was sent meanwhile arrives
   * when it ends, as TCP does it. @default 'none'
   */
  readonly blackHole: 'none' | 'both' | Direction
  /** New connections find nobody listening. @default false */
  readonly refuse: boolean
  /** Writes at most so many bytes at a time, each in a turn of its own. `0` is no limit. @default 0 */
  readonly chunkBytes: number
  /**
   * Cuts the first connection on which so many bytes have passed since `set`. Once.
   * @default undefined
   */
  readonly cut: Spot | undefined
  /**
   * Changes the byte at this place, counted on each connection since `set`. Once.
   * @default undefined
   */
  readonly corrupt: Spot | undefined
}

/** A place in a stream: before the byte with this index, the first being 0. */
export interface Spot {
  readonly direction: Direction
  readonly at: number
}

/** What the pipes of one proxy share. */
export interface PipeContext {
  readonly clock: Clock
  readonly random: () => number
  faults: Faults
  readonly bytes: Record<Direction, number>
  /** A fault that happens once has happened. */
  spend(fault: 'cut' | 'corrupt'): void
}

interface Piece {
  readonly arrivesAt: number
  /** Absent: the stream ends here. */
  readonly data: Buffer | undefined
}

/** Above so many waiting bytes the sender has to wait, as it would on a real network. */
const MAX_QUEUED_BYTES = 1_048_576

/** One direction of one connection. */
export class ChaosPipe {
  readonly #context: PipeContext
  readonly #direction: Direction
  readonly #source: Socket
  readonly #sink: Socket
  readonly #queue: Piece[] = []
  #queuedBytes = 0
  #lastArrival = 0
  #passed = 0
  #stopWaiting: Cancel | undefined
  #isWaiting = false
  #isCut = false

  constructor(context: PipeContext, direction: Direction, source: Socket, sink: Socket) {
    this.#context = context
    this.#direction = direction
    this.#source = source
    this.#sink = sink
    source.on('data', (data) => this.#enqueue(data))
    source.on('end', () => this.#enqueue(undefined))
    source.on('close', () => this.#enqueue(undefined))
    sink.on('drain', () => this.#pump())
    sink.on('close', () => this.#stopWaiting?.())
    this.faultsChanged()
  }

  get isHeld(): boolean {
    const { blackHole } = this.#context.faults
    return blackHole === 'both' || blackHole === this.#direction
  }

  /** Looks at the faults again: a hole may have opened or closed. */
  faultsChanged(): void {
    this.#passed = 0
    this.#setFlow()
    this.#pump()
  }

  #enqueue(data: Buffer | undefined): void {
    if (this.#isCut) return
    const { clock, random, faults } = this.#context
    const arrivesAt = clock.now() + faults.latencyMs + faults.jitterMs * random()
    this.#lastArrival = Math.max(this.#lastArrival, arrivesAt)
    this.#queue.push({ arrivesAt: this.#lastArrival, data })
    this.#queuedBytes += data?.length ?? 0
    this.#setFlow()
    this.#pump()
  }

  #setFlow(): void {
    if (this.isHeld || this.#queuedBytes > MAX_QUEUED_BYTES) this.#source.pause()
    else this.#source.resume()
  }

  #pump(): void {
    while (!this.#isWaiting && !this.isHeld && !this.#sink.writableNeedDrain) {
      const next = this.#queue[0]
      if (next === undefined) return
      const early = next.arrivesAt - this.#context.clock.now()
      if (early > 0) {
        this.#wait((run) => this.#context.clock.schedule(early, run))
        return
      }
      this.#queue.shift()
      this.#deliver(next)
    }
  }

  #wait(start: (run: () => void) => Cancel | undefined): void {
    this.#isWaiting = true
    this.#stopWaiting = start(() => {
      this.#isWaiting = false
      this.#pump()
    })
  }

  #deliver({ arrivesAt, data }: Piece): void {
    if (this.#sink.destroyed) return
    if (data === undefined) {
      this.#end()
      return
    }
    const { chunkBytes } = this.#context.faults
    const size = chunkBytes > 0 ? Math.min(chunkBytes, data.length) : data.length
    this.#write(data.subarray(0, size))
    if (this.#isCut) return
    if (size < data.length) this.#queue.unshift({ arrivesAt, data: data.subarray(size) })
    if (chunkBytes > 0) this.#nextTurn()
  }

  /** Leaves the turn, so that the receiver sees this piece alone. */
  #nextTurn(): void {
    this.#wait((run) => {
      this.#context.clock.afterInput(run)
      return undefined
    })
  }

  #write(data: Buffer): void {
    const { cut } = this.#context.faults
    const left = cut?.direction === this.#direction ? cut.at - this.#passed : Infinity
    const written = this.#corrupted(data.subarray(0, Math.max(0, Math.min(left, data.length))))
    this.#passed += written.length
    this.#queuedBytes -= data.length
    this.#context.bytes[this.#direction] += written.length
    this.#sink.write(written)
    this.#setFlow()
    if (left <= data.length) this.#cut()
  }

  /** What was written still arrives; then both sides see the end. */
  #cut(): void {
    this.#isCut = true
    this.#context.spend('cut')
    this.#queue.length = 0
    this.#sink.destroySoon()
    this.#source.destroy()
  }

  #corrupted(data: Buffer): Buffer {
    const { corrupt } = this.#context.faults
    const index = corrupt?.direction === this.#direction ? corrupt.at - this.#passed : -1
    const byte = data[index]
    if (byte === undefined) return data
    this.#context.spend('corrupt')
    const copy = Buffer.from(data)
    copy[index] = byte ^ (1 + Math.floor(this.#context.random() * 255))
    return copy
  }

  /** A reset of the source resets the sink; an orderly end ends it. */
  #end(): void {
    if (this.#source.errored || this.#source.readableAborted) this.#sink.resetAndDestroy()
    else this.#sink.end()
  }
}
