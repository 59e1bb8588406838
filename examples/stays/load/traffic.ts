import { addDays, type Day } from '../data/days.ts'
import { createRandom, type Random, weighted, zipf } from '../data/random.ts'
import { STATIC_KINDS } from '../queries/static.ts'
import type { Ask } from './client.ts'
import { type Guest, type Host, type People, popularProduct } from './people.ts'
import { makeSearches } from './searches.ts'

/** The routes by the names under which the server counts their queries, and how common each is. */
export const MIX = {
  search: 30,
  details: 22,
  availability: 18,
  session: 9,
  static: 6,
  'host list': 4,
  filters: 3,
  booking: 2,
  profile: 2,
  activity: 1,
  book: 1,
  'change product': 0.2,
  'change profile': 0.3,
} as const

export type Route = keyof typeof MIX

export const ROUTES: readonly Route[] = Object.keys(MIX) as Route[]

export interface Request extends Ask {
  readonly route: Route
}

export interface TrafficSource {
  readonly anchor: Day
  readonly products: number
  readonly hosts: number
  readonly people: People
  readonly seed: number
}

/*
 * How much there is to ask for. What a site's visitors look at within the life of an entry is far
 * less than what it has; a run of a minute with the keys of a day would only measure a cold cache.
 */
const SEARCHES = 400
const LOOKED_AT = 2_000
const SEARCH_EXPONENT = 1
const PRODUCT_EXPONENT = 1.1

/**
 * What visitors ask for: popular things often and the rest now and then, by Zipf's law. Everything
 * follows from the seed, so that both passes of a run are sent the same.
 */
export class Traffic {
  readonly #source: TrafficSource
  readonly #random: Random
  readonly #searches: readonly string[]
  readonly #drawRoute: () => number
  readonly #drawSearch: () => number
  readonly #drawProduct: () => number
  readonly #makers: Readonly<Record<Route, () => Ask>>

  constructor(source: TrafficSource) {
    this.#source = source
    this.#random = createRandom(source.seed)
    this.#searches = makeSearches(SEARCHES, source.anchor, source.seed)
    this.#drawRoute = weighted(Object.values(MIX), this.#random)
    this.#drawSearch = zipf(SEARCHES, SEARCH_EXPONENT, this.#random)
    this.#drawProduct = zipf(Math.min(LOOKED_AT, source.products), PRODUCT_EXPONENT, this.#random)
    this.#makers = this.#createMakers()
  }

  next(): Request {
    return this.of(ROUTES[this.#drawRoute()] as Route)
  }

  of(route: Route): Request {
    return { route, ...this.#makers[route]() }
  }

  #createMakers(): Record<Route, () => Ask> {
    const random = this.#random
    const asGuest = (path: string): Ask => ({ path, token: this.#guest().token })
    return {
      search: () => ({ path: this.#searches[this.#drawSearch()] as string }),
      details: () => ({ path: `/api/products/${this.#productId()}` }),
      availability: () => ({ path: this.#availabilityPath() }),
      session: () => asGuest('/api/sessions/me'),
      static: () => ({ path: `/api/static/${random.pick(STATIC_KINDS)}` }),
      'host list': () => ({
        path: `/api/hosts/${1 + (this.#productId() % this.#source.hosts)}/products`,
      }),
      filters: () => ({ path: '/api/filters' }),
      booking: () => this.#booking(),
      profile: () => asGuest('/api/profiles/me'),
      activity: () => asGuest('/api/activity'),
      book: () => this.#book(),
      'change product': () => this.#changeProduct(),
      'change profile': () => this.#changeProfile(),
    }
  }

  #productId(): number {
    return popularProduct(this.#drawProduct(), this.#source.products)
  }

  /** A page of a calendar: mostly the next month. */
  #availabilityPath(): string {
    const from = addDays(this.#source.anchor, 30 * this.#random.pick([1, 1, 1, 2]))
    return `/api/products/${this.#productId()}/availability?from=${from}&to=${addDays(from, 30)}`
  }

  #guest(): Guest {
    return this.#random.pick(this.#source.people.guests)
  }

  #booking(): Ask {
    const { token, bookings } = this.#guest()
    return { path: `/api/bookings/${this.#random.pick(bookings)}`, token }
  }

  #book(): Ask {
    const random = this.#random
    const checkIn = addDays(this.#source.anchor, random.between(40, 300))
    const checkOut = addDays(checkIn, random.between(1, 7))
    const room = random.pick(this.#source.people.rooms)
    const body = { ...room, checkIn, checkOut, guests: 1 }
    return { method: 'POST', path: '/api/bookings', token: this.#guest().token, body }
  }

  /** Half of the changes show in searches, the others do not. */
  #changeProduct(): Ask {
    const random = this.#random
    const host: Host = random.pick(this.#source.people.hosts)
    const path = `/api/products/${random.pick(host.productIds)}`
    const body = random.pick([
      { description: `Newly painted. Ask for number ${random.between(1, 1_000_000)} at the door.` },
      { basePrice: random.between(40, 400) * 100 },
      { equipment: random.sample(['wifi', 'kitchen', 'desk', 'pool', 'garden', 'sauna'], 4) },
      { capacity: random.between(2, 10) },
    ])
    return { method: 'PATCH', path, token: host.token, body }
  }

  #changeProfile(): Ask {
    const { token, name } = this.#guest()
    const about = `Has been in ${this.#random.between(1, 190)} countries.`
    const body = { name, country: 'PT', language: 'en', about }
    return { method: 'PUT', path: '/api/profiles/me', token, body }
  }
}
