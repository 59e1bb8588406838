import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../../examples/stays/db/database.ts'
import { farNights, LISTINGS, openMarket, openShop, type Shop } from './shop.ts'

describe('the routes of stays', () => {
  let market: Database
  let shop: Shop
  const { from, to } = farNights(1)

  beforeAll(async () => {
    market = (await openMarket()).database
    shop = await openShop(market)
  }, 60_000)
  afterAll(async () => {
    await shop.close()
    await market.close()
  })

  test('a search without conditions finds everything, page by page', async () => {
    const { body } = await shop.ask('/api/products/search?pageSize=50&page=6')

    expect(body.total).toBe(LISTINGS)
    expect(body.hits).toHaveLength(50)
  })

  test('a search by text finds only what has the words in its name or description', async () => {
    const { body } = await shop.ask('/api/products/search?q=Garden&pageSize=50')
    const texts = await Promise.all(
      body.hits.map(async ({ id }: { id: number }) => {
        const details = await shop.ask(`/api/products/${id}`)
        return `${details.body.name} ${details.body.description}`.toLowerCase()
      }),
    )

    expect(texts.length).toBeGreaterThan(0)
    expect(texts.filter((text) => !text.includes('garden'))).toEqual([])
  })

  test('a search by country, people and price keeps to all three, cheapest first', async () => {
    const all = await shop.ask('/api/products/search?pageSize=50')
    const { country } = all.body.hits[0]
    const path = `/api/products/search?country=${country}&guests=3&minPrice=4000&maxPrice=12000&sort=price`

    const { hits } = (await shop.ask(path)).body
    const nightly: number[] = hits.map((hit: { nightly: number }) => hit.nightly)

    expect(hits.length).toBeGreaterThan(0)
    expect(hits.every((hit: { country: string }) => hit.country === country)).toBe(true)
    expect(hits.every((hit: { capacity: number }) => hit.capacity >= 3)).toBe(true)
    expect(nightly.every((price) => price >= 4_000 && price <= 12_000)).toBe(true)
    expect(nightly).toEqual([...nightly].sort((a, b) => a - b))
  })

  test('a search by town finds the town and its surroundings', async () => {
    const [place] = await market.query<{ name: string }>(
      'SELECT l.name FROM products p JOIN places l ON l.id = p.place_id LIMIT 1',
    )

    const { body } = await shop.ask(`/api/products/search?place=${place?.name.toUpperCase()}`)

    expect(body.hits.map((hit: { place: string }) => hit.place)).toContain(place?.name)
  })

  test('a town that nobody knows has nothing to rent', async () => {
    expect((await shop.ask('/api/products/search?place=Nowhereton')).body).toMatchObject({
      hits: [],
      total: 0,
    })
  })

  test('a search for days leaves out what is booked then, and sums up the nights', async () => {
    const [stay] = await market.query<{ id: number; from: string; to: string }>(
      `SELECT b.product_id AS id, b.check_in AS "from", b.check_out AS "to"
       FROM bookings b JOIN rooms r ON r.id = b.room_id
       WHERE r.name LIKE 'Entire%' AND b.check_out - b.check_in = 7 LIMIT 1`,
    )
    const days = `checkIn=${stay?.from}&checkOut=${stay?.to}`
    const pages = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((page) =>
        shop.ask(`/api/products/search?${days}&pageSize=50&page=${page}`),
      ),
    )
    const hits = pages.flatMap(({ body }) => body.hits)

    expect(hits.length).toBe(pages[0]?.body.total)
    expect(hits.map(({ id }) => id)).not.toContain(stay?.id)
    expect(hits.every(({ total, nightly }) => Math.floor(total / 7) === nightly)).toBe(true)
  })

  test('details tell everything about one product', async () => {
    const { status, body } = await shop.ask('/api/products/7')

    expect(status).toBe(200)
    expect(body).toMatchObject({ id: 7, host: { id: expect.any(Number) } })
    expect(body.rooms[0].prices).toMatchObject({
      low: expect.any(Number),
      high: expect.any(Number),
    })
    expect(body.equipment.length).toBeGreaterThanOrEqual(5)
  })

  test('a host is listed with all their products', async () => {
    const { host } = (await shop.ask('/api/products/7')).body

    const { body } = await shop.ask(`/api/hosts/${host.id}/products`)

    expect(body.host.name).toBe(host.name)
    expect(body.products.map(({ id }: { id: number }) => id)).toContain(7)
  })

  test('availability tells rooms night by night, and single units', async () => {
    const { body } = await shop.ask(`/api/products/7/availability?from=${from}&to=${to}`)

    expect(body.rooms[0].nights.map(({ day }: { day: string }) => day)[0]).toBe(from)
    expect(body.rooms[0].nights).toHaveLength(3)
    expect(body.units.length).toBe(
      body.rooms.reduce((sum: number, room: { units: number }) => sum + room.units, 0),
    )
  })

  test('rooms and units can be asked for apart', async () => {
    const path = `/api/products/7/availability?from=${from}&to=${to}`

    expect((await shop.ask(`${path}&view=rooms`)).body.units).toBeUndefined()
    expect((await shop.ask(`${path}&view=units`)).body.rooms).toBeUndefined()
  })

  test.each(['equipment', 'meals', 'services', 'rental-types'])('%s are listed', async (kind) => {
    const { body } = await shop.ask(`/api/static/${kind}`)

    expect(body.length).toBeGreaterThan(5)
    expect(body[0]).toMatchObject({ slug: expect.any(String), name: expect.any(String) })
  })

  test('filters count the products of each choice', async () => {
    const { body } = await shop.ask('/api/filters')
    const byType = body.types.map(({ products }: { products: number }) => products)
    const byPrice = body.prices.histogram.map(({ products }: { products: number }) => products)
    const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0)

    expect(sum(byType)).toBe(LISTINGS)
    expect(sum(byPrice)).toBe(LISTINGS)
  })

  test.each([
    ['/api/products/search?pageSize=51', 'pageSize'],
    ['/api/products/search?page=0', 'page'],
    ['/api/products/search?q=x', 'q'],
    ['/api/products/search?q=a%00b', 'q'],
    ['/api/products/search?q=1&q=2', 'q'],
    ['/api/products/search?country=Portugal', 'country'],
    ['/api/products/search?guests=two', 'guests'],
    ['/api/products/search?sort=colour', 'sort'],
    ['/api/products/search?checkIn=2027-02-30&checkOut=2027-03-02', 'checkIn'],
    ['/api/products/search?checkIn=2027-03-02', 'checkOut'],
    ['/api/products/search?checkIn=2027-03-02&checkOut=2027-03-02', 'checkOut'],
    ['/api/products/7/availability?from=2027-01-01', 'to'],
    ['/api/products/7/availability?from=2027-01-01&to=2028-01-01', 'to'],
  ])('%s is refused, naming %s', async (path, field) => {
    const { status, type, body } = await shop.ask(path)

    expect(status).toBe(400)
    expect(type).toContain('application/problem+json')
    expect(body.errors.map((error: { field: string }) => error.field)).toContain(field)
  })

  test.each([
    '/api/products/999999',
    '/api/products/999999/availability?from=2027-01-01&to=2027-01-03',
    '/api/hosts/999999/products',
    '/api/static/spoons',
    '/api/nothing',
  ])('%s does not exist', async (path) => {
    const { status, body } = await shop.ask(path)

    expect(status).toBe(404)
    expect(body.title).toBe('Not found')
  })

  test('a body that is no JSON is refused', async () => {
    const { status, type } = await shop.ask('/api/sessions', { method: 'POST', body: '{' })

    expect(status).toBe(400)
    expect(type).toContain('application/problem+json')
  })

  test('the same search in other words is one entry', async () => {
    await shop.ask('/api/products/search?q=old+town&guests=2')
    const again = '/api/products/search?guests=2&q=%20Old%20%20TOWN&page=1'

    expect(await shop.queriesOf(() => shop.ask(again))).toBe(0)
  })

  test('with the switch off every read asks the database', async () => {
    shop.cache.enabled = false
    await shop.ask('/api/products/7')
    const queries = await shop.queriesOf(() => shop.ask('/api/products/7'))
    shop.cache.enabled = true

    expect(queries).toBe(1)
  })
})
