import { Redis } from 'ioredis'
import { importCodec } from '../harness/package.ts'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/**
 * The floor of a hit in Redis: ioredis with automatic pipelining, and decoding. By `variant` it
 * takes bytes and decodes with the codec that we store these values with, or takes text for `JSON.parse`.
 */
export async function open(options: SubjectOptions): Promise<Subject> {
  const client = new Redis({ path: options.socketPath, enableAutoPipelining: true })
  const subject =
    options.variant === 'json' ? asJson(client, options) : await packed(client, options)
  return {
    ...subject,
    delete: (key) => client.unlink(`${options.prefix}:${key}`),
    close: async () => client.disconnect(),
  }
}

type Reads = Required<Pick<Subject, 'read' | 'get' | 'getMany'>>

function asJson(client: Redis, { prefix, load }: SubjectOptions): Reads {
  const read = async (key: string): Promise<unknown> => {
    const text = await client.get(`${prefix}:${key}`)
    return text === null ? undefined : JSON.parse(text)
  }
  return {
    read,
    get: async (key) => {
      const found = await read(key)
      if (found !== undefined) return found
      const value = await load(key)
      await client.set(`${prefix}:${key}`, JSON.stringify(value), 'EX', 300)
      return value
    },
    getMany: async (keys) => {
      const texts = await client.mget(keys.map((key) => `${prefix}:${key}`))
      return texts.map((text) => (text === null ? undefined : JSON.parse(text)))
    },
  }
}

async function packed(client: Redis, { prefix, load }: SubjectOptions): Promise<Reads> {
  const codec = await importCodec()
  const read = async (key: string): Promise<unknown> => {
    const bytes = await client.getBuffer(`${prefix}:${key}`)
    return bytes === null ? undefined : codec.decode(bytes)
  }
  return {
    read,
    get: async (key) => {
      const found = await read(key)
      if (found !== undefined) return found
      const value = await load(key)
      await client.set(`${prefix}:${key}`, Buffer.from(codec.encode(value)), 'EX', 300)
      return value
    },
    getMany: async (keys) => {
      const all = await client.mgetBuffer(keys.map((key) => `${prefix}:${key}`))
      return all.map((bytes) => (bytes === null ? undefined : codec.decode(bytes)))
    },
  }
}
