import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../../examples/stays/db/database.ts'
import { farNights, findHouse, openMarket, openShop, type Shop } from './shop.ts'

describe('the writes of stays', () => {
  let market: Database
  let shop: Shop
  let guest: string

  beforeAll(async () => {
    market = (await openMarket()).database
    shop = await openShop(market)
    guest = await shop.logIn('guest1@stays.example')
  }, 60_000)
  afterAll(async () => {
    await shop.close()
    await market.close()
  })

  const book = (house: { id: number; roomId: number }, week: number, token = guest) => {
    const { from, to } = farNights(week)
    const body = {
      productId: house.id,
      roomId: house.roomId,
      checkIn: from,
      checkOut: to,
      guests: 1,
    }
    return shop.ask('/api/bookings', { method: 'POST', token, body })
  }
  const availability = (id: number, week: number) => {
    const { from, to } = farNights(week)
    return shop.ask(`/api/products/${id}/availability?from=${from}&to=${to}`)
  }
  const change = (id: number, token: string, body: unknown) =>
    shop.ask(`/api/products/${id}`, { method: 'PATCH', token, body })

  describe('bookings', () => {
    test('a booking takes the nights away at once', async () => {
      const house = await findHouse(market)
      const before = await availability(house.id, 1)

      const booking = await book(house, 1)

      expect(before.body.rooms[0].freeUnits).toBe(1)
      expect(booking.status).toBe(201)
      expect((await availability(house.id, 1)).body.rooms[0].freeUnits).toBe(0)
      expect((await availability(house.id, 1)).body.units[0].free).toBe(false)
    })

    test('the same nights cannot be booked again', async () => {
      const house = await findHouse(market)
      await book(house, 2)

      const { status, type, body } = await book(house, 2)

      expect(status).toBe(409)
      expect(type).toContain('application/problem+json')
      expect(body.title).toBe('Not available')
    })

    test('of twenty guests who want the last unit at the same time one gets it', async () => {
      const house = await findHouse(market, 1)

      const answers = await Promise.all(Array.from({ length: 20 }, () => book(house, 3)))
      const statuses = answers.map(({ status }) => status).sort()

      expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)])
    })

    test('costs the sum of its nights', async () => {
      const house = await findHouse(market, 2)
      const { body } = await availability(house.id, 4)

      const booking = await book(house, 4)

      expect(booking.body.total).toBe(body.rooms[0].total)
    })

    test('is shown to its guest and to its host, and to nobody else', async () => {
      const house = await findHouse(market, 3)
      const { id } = (await book(house, 5)).body
      const host = await shop.logIn(house.hostEmail)
      const stranger = await shop.logIn('guest2@stays.example')
      const read = async (token: string) =>
        (await shop.ask(`/api/bookings/${id}`, { token })).status

      expect([await read(guest), await read(host), await read(stranger)]).toEqual([200, 200, 404])
    })

    test('needs a session', async () => {
      const house = await findHouse(market)

      expect((await book(house, 6, 'no-such-token')).status).toBe(401)
    })

    test.each([
      [{}, ['productId', 'roomId', 'guests', 'checkIn', 'checkOut']],
      [
        { productId: 1, roomId: 1, guests: 0, checkIn: 'x', checkOut: '2027-02-31' },
        ['guests', 'checkIn', 'checkOut'],
      ],
      [
        { productId: 1, roomId: 1, guests: 1, checkIn: '2020-01-01', checkOut: '2020-01-02' },
        ['checkIn'],
      ],
    ])('%j is refused with a reason for each field', async (body, fields) => {
      const answer = await shop.ask('/api/bookings', { method: 'POST', token: guest, body })

      expect(answer.status).toBe(400)
      expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields)
    })

    test('shows in the profile and in the activity of its guest', async () => {
      const token = await shop.logIn('guest3@stays.example')
      const upcoming = async () =>
        (await shop.ask('/api/profiles/me', { token })).body.stays.upcoming
      const before = await upcoming()
      await shop.ask('/api/activity', { token })

      await book(await findHouse(market, 4), 6, token)

      expect(await upcoming()).toBe(before + 1)
      expect((await shop.ask('/api/activity', { token })).body[0].action).toBe('booking')
    })
  })

  describe('changes of a product', () => {
    /** What is asked before a change, so that it is cached. */
    const asked = async (house: { id: number; country: string }) => {
      const search = `/api/products/search?country=${house.country}&pageSize=50`
      const paths = { search, details: `/api/products/${house.id}` }
      await Promise.all([shop.ask(search), shop.ask(paths.details), availability(house.id, 9)])
      return paths
    }

    test('a new description is found by a search at once, and availability stays cached', async () => {
      const house = await findHouse(market, 5)
      const host = await shop.logIn(house.hostEmail)
      await asked(house)
      const words = '/api/products/search?q=xylophone+orchestra'
      const before = await shop.ask(words)

      const { body } = await change(house.id, host, {
        description: 'Now with a xylophone orchestra in the attic.',
      })

      expect(before.body.total).toBe(0)
      expect(body.changed).toEqual(['description'])
      expect((await shop.ask(words)).body.hits[0].id).toBe(house.id)
      expect(await shop.queriesOf(() => availability(house.id, 9))).toBe(0)
    })

    test('a new price shows in details, host list and searches', async () => {
      const house = await findHouse(market, 6)
      const host = await shop.logIn(house.hostEmail)
      const paths = await asked(house)
      const { host: owner, basePrice } = (await shop.ask(paths.details)).body
      const list = `/api/hosts/${owner.id}/products`
      await shop.ask(list)

      await change(house.id, host, { basePrice: basePrice + 1_100 })
      const details = (await shop.ask(paths.details)).body
      const listed = (await shop.ask(list)).body.products
      const hits = (await shop.ask(paths.search)).body.hits

      expect(details.basePrice).toBe(basePrice + 1_100)
      expect(find(listed, house.id)?.basePrice).toBe(basePrice + 1_100)
      expect(find(hits, house.id)?.nightly).toBe(basePrice + 1_100)
    })

    test('another capacity empties availability and leaves searches alone', async () => {
      const house = await findHouse(market, 7)
      const host = await shop.logIn(house.hostEmail)
      const paths = await asked(house)

      await change(house.id, host, { capacity: 29 })

      expect((await shop.ask(paths.details)).body.capacity).toBe(29)
      expect(await shop.queriesOf(() => shop.ask(paths.search))).toBe(0)
      expect(await shop.queriesOf(() => availability(house.id, 9))).toBe(2)
    })

    test('one more unit can be booked at once', async () => {
      const house = await findHouse(market, 8)
      const host = await shop.logIn(house.hostEmail)
      await book(house, 10)
      const full = await book(house, 10)

      const { body } = await change(house.id, host, { rooms: [{ id: house.roomId, addUnits: 1 }] })

      expect(full.status).toBe(409)
      expect(body.changed).toEqual(['rooms'])
      expect((await availability(house.id, 10)).body.rooms[0].freeUnits).toBe(1)
      expect((await book(house, 10)).status).toBe(201)
    })

    test('other equipment renews the details only', async () => {
      const house = await findHouse(market, 9)
      const host = await shop.logIn(house.hostEmail)
      const paths = await asked(house)

      await change(house.id, host, { equipment: ['piano'] })
      const { equipment } = (await shop.ask(paths.details)).body

      expect(equipment.map(({ slug }: { slug: string }) => slug)).toEqual(['piano'])
      expect(await shop.queriesOf(() => shop.ask(paths.search))).toBe(0)
      expect(await shop.queriesOf(() => availability(house.id, 9))).toBe(0)
    })

    test('the values that are there already change nothing', async () => {
      const house = await findHouse(market, 10)
      const host = await shop.logIn(house.hostEmail)
      const paths = await asked(house)
      const { name, basePrice } = (await shop.ask(paths.details)).body

      const { body } = await change(house.id, host, { name, basePrice })

      expect(body.changed).toEqual([])
      expect(await shop.queriesOf(() => shop.ask(paths.search))).toBe(0)
    })

    test('a change that fails halfway leaves everything as it was', async () => {
      const house = await findHouse(market, 11)
      const host = await shop.logIn(house.hostEmail)
      const { name } = (await shop.ask(`/api/products/${house.id}`)).body

      const refused = await change(house.id, host, { name: 'Another name', equipment: ['unicorn'] })

      expect(refused.status).toBe(400)
      expect((await shop.ask(`/api/products/${house.id}`)).body.name).toBe(name)
    })

    test('is for its host only', async () => {
      const house = await findHouse(market, 12)

      expect((await change(house.id, guest, { name: 'Mine now' })).status).toBe(403)
      expect((await change(999_999, guest, { name: 'Mine now' })).status).toBe(404)
      expect((await change(house.id, 'nobody', { name: 'Mine now' })).status).toBe(401)
    })

    test('a change that makes no sense is refused', async () => {
      const house = await findHouse(market, 12)
      const body = { name: 'x', basePrice: -1, rooms: [{ capacity: 99 }], equipment: [7] }

      const answer = await change(house.id, guest, body)
      const fields = answer.body.errors.map(({ field }: { field: string }) => field)

      expect(answer.status).toBe(400)
      expect(fields).toEqual(['name', 'basePrice', 'rooms.id', 'rooms.capacity', 'equipment'])
    })
  })

  describe('sessions and profiles', () => {
    test('a wrong password and an unknown address get the same answer', async () => {
      const logIn = (email: string, password: string) =>
        shop.ask('/api/sessions', { method: 'POST', body: { email, password } })

      const wrong = await logIn('guest1@stays.example', 'sunshine')
      const unknown = await logIn('nobody@stays.example', 'holiday')

      expect([wrong.status, unknown.status]).toEqual([401, 401])
      expect(wrong.body).toEqual(unknown.body)
    })

    test('the cookie is out of reach for scripts and other sites', async () => {
      const body = { email: 'guest4@stays.example', password: 'holiday' }
      const { headers } = await shop.ask('/api/sessions', { method: 'POST', body })

      expect(headers.get('set-cookie')).toMatch(/^session=[\w-]{43}; HttpOnly; SameSite=Strict/)
    })

    test('a session is looked up once and then cached, by the hash of its token', async () => {
      const token = await shop.logIn('guest5@stays.example')
      await shop.ask('/api/sessions/me', { token })

      const queries = await shop.queriesOf(() => shop.ask('/api/sessions/me', { token }))
      const stored = await market.query('SELECT FROM sessions WHERE token_hash = $1', [token])

      expect(queries).toBe(0)
      expect(stored).toEqual([])
    })

    test('who has logged out is out at once', async () => {
      const token = await shop.logIn('guest6@stays.example')
      const before = await shop.ask('/api/sessions/me', { token })

      const out = await shop.ask('/api/sessions/me', { method: 'DELETE', token })

      expect([before.status, out.status]).toEqual([200, 204])
      expect((await shop.ask('/api/sessions/me', { token })).status).toBe(401)
    })

    test('a new name shows in profile and session at once', async () => {
      const token = await shop.logIn('guest7@stays.example')
      await Promise.all(
        ['profiles', 'sessions'].map((part) => shop.ask(`/api/${part}/me`, { token })),
      )
      const body = { name: 'Renamed Person', country: 'PT', language: 'pt', about: 'New here.' }

      const changed = await shop.ask('/api/profiles/me', { method: 'PUT', token, body })

      expect(changed.body).toMatchObject(body)
      expect((await shop.ask('/api/profiles/me', { token })).body.name).toBe('Renamed Person')
      expect((await shop.ask('/api/sessions/me', { token })).body.name).toBe('Renamed Person')
    })

    test('a new name of a host shows with their products', async () => {
      const house = await findHouse(market, 13)
      const token = await shop.logIn(house.hostEmail)
      await shop.ask(`/api/products/${house.id}`)
      const body = { name: 'Renamed Host', country: 'PT', language: 'pt' }

      await shop.ask('/api/profiles/me', { method: 'PUT', token, body })

      expect((await shop.ask(`/api/products/${house.id}`)).body.host.name).toBe('Renamed Host')
    })

    test('profiles and activity are for their owners', async () => {
      const other = await shop.ask('/api/profiles/1', { token: guest })

      expect(other.status).toBe(403)
      expect((await shop.ask('/api/profiles/me')).status).toBe(401)
      expect((await shop.ask('/api/activity')).status).toBe(401)
    })

    test('a profile that makes no sense is refused', async () => {
      const body = { name: '', country: 'Portugal', language: 'pt', phone: '12' }
      const answer = await shop.ask('/api/profiles/me', { method: 'PUT', token: guest, body })
      const unknown = { name: 'Ada', country: 'XX', language: 'pt' }
      const nowhere = await shop.ask('/api/profiles/me', {
        method: 'PUT',
        token: guest,
        body: unknown,
      })

      expect([answer.status, nowhere.status]).toEqual([400, 400])
      expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual([
        'name',
        'phone',
        'country',
      ])
    })
  })
})

// biome-ignore lint/suspicious/noExplicitAny: hits and products alike
function find(items: readonly any[], id: number): any {
  return items.find((item) => item.id === id)
}
