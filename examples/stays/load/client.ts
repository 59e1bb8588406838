import { Agent, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: string
  /** From the first byte sent to the last one received. */
  readonly milliseconds: number
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly token?: string
  readonly body?: unknown
}

/** One visitor's browser: a connection that is kept open between requests. */
export class Client {
  readonly #base: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(base: string) {
    this.#base = base
  }

  ask(ask: Ask): Promise<Answer> {
    const { method = 'GET', path, token, body } = ask
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(text !== undefined && { 'content-type': 'application/json' }),
    }
    const begin = performance.now()
    return new Promise((resolve, reject) => {
      const sent = request(this.#base + path, { method, headers, agent: this.#agent }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const milliseconds = performance.now() - begin
          resolve({
            status: answer.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            milliseconds,
          })
        })
      })
      sent.on('error', reject)
      sent.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
