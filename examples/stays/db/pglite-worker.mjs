// The other end of pglite-thread.ts.
import { parentPort } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

// 1082 is `date`: a day stays text.
const parsers = { 1082: (text) => text }

let database

const methods = {
  open: async (folder) => {
    database = await PGlite.create(folder, { parsers })
  },
  query: async (sql, params) => (await database.query(sql, params)).rows,
  execute: async (sql) => {
    await database.exec(sql)
  },
  copy: async (sql, csv) => {
    await database.query(sql, [], { blob: new Blob([csv]) })
  },
  close: () => database.close(),
}

parentPort.on('message', async ({ id, method, args }) => {
  try {
    parentPort.postMessage({ id, rows: await methods[method](...args) })
  } catch (error) {
    parentPort.postMessage({ id, error: { message: error.message, code: error.code } })
  }
})
