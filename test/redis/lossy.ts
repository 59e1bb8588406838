import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A network that swallows published messages, and carries everything else. */
export interface LossyProxy {
  readonly url: string
  /** How many messages were swallowed. */
  readonly lost: number
  /** What clients send is swallowed where it matches. */
  mute: RegExp | undefined
  close(): Promise<void>
}

const MARKER = '*3\r\n$7\r\nmessage\r\n'
const MESSAGE = /^\*3\r\n\$7\r\nmessage\r\n\$\d+\r\n(?<channel>[^\r]*)\r\n\$(?<length>\d+)\r\n/

/** @param mayLose which channels lose messages. @param random below `share`, a message is lost */
export async function lossyProxy(
  port: number,
  share: number,
  random: () => number,
  mayLose: (channel: string) => boolean,
): Promise<LossyProxy> {
  const proxy = new Lossy(port, (channel) => mayLose(channel) && random() < share)
  await proxy.open()
  return proxy
}

class Lossy implements LossyProxy {
  readonly #port: number
  readonly #loses: (channel: string) => boolean
  readonly #sockets = new Set<Socket>()
  readonly #listener: Server
  lost = 0
  mute: RegExp | undefined

  constructor(port: number, loses: (channel: string) => boolean) {
    this.#port = port
    this.#loses = loses
    this.#listener = createServer((client) => this.#carry(client))
  }

  get url(): string {
    const address = this.#listener.address()
    if (address === null || typeof address === 'string') throw new Error('It is not open.')
    return `redis://127.0.0.1:${address.port}`
  }

  async open(): Promise<void> {
    this.#listener.listen(0, '127.0.0.1')
    await once(this.#listener, 'listening')
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#listener.close()
    await once(this.#listener, 'close')
  }

  #carry(client: Socket): void {
    const server = connect(this.#port, '127.0.0.1')
    const ends = [client, server] as const
    for (const [i, socket] of ends.entries()) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        ends[1 - i]?.destroy()
      })
    }
    client.on('data', (data) => {
      if (!this.mute?.test(data.toString('latin1'))) server.write(data)
    })
    server.on('data', (data) => client.write(this.#filtered(data)))
  }

  /** Messages that are split between two pieces pass. */
  #filtered(data: Buffer): Buffer {
    let rest = data.toString('latin1')
    for (let at = rest.indexOf(MARKER); at !== -1; at = rest.indexOf(MARKER, at)) {
      const found = MESSAGE.exec(rest.slice(at))
      const end = found ? at + found[0].length + Number(found.groups?.length) + 2 : Infinity
      const isLost = end <= rest.length && this.#loses(found?.groups?.channel ?? '')
      if (isLost) {
        this.lost += 1
        rest = rest.slice(0, at) + rest.slice(end)
      } else {
        at += MARKER.length
      }
    }
    return Buffer.from(rest, 'latin1')
  }
}
