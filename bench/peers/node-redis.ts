import { createClient } from 'redis'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** The other client, as an application uses it by hand. */
export async function open({ socketPath, load, prefix }: SubjectOptions): Promise<Subject> {
  const client = createClient({ socket: { path: socketPath, tls: false } })
  client.on('error', () => {})
  await client.connect()
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
      await client.set(`${prefix}:${key}`, JSON.stringify(value), { EX: 300 })
      return value
    },
    delete: (key) => client.unlink(`${prefix}:${key}`),
    close: async () => client.destroy(),
  }
}
