import { createCache, fromEnv } from '../src/index.ts'

const cache = createCache({ namespace: 'shop', ttl: '5m', grace: '1h', ...fromEnv() })

let price = 20
const products = cache.define({
  name: 'product',
  load: async (id: string) => ({ id, price }), // your query
  tags: (id) => [`product:${id}`],
})

await products.get('42') // => { id: '42', price: 20 }
price = 25
await products.get('42') // => { id: '42', price: 20 }
await cache.invalidateTags(['product:42'])
await products.get('42') // => { id: '42', price: 25 }
await cache.close()
