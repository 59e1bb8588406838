import { type Stay, staysOf } from './bookings.ts'
import { EQUIPMENT, MEALS, RENTAL_TYPES, type RentalType, SERVICES } from './catalogue.ts'
import { addDays, type Day } from './days.ts'
import { addPeople } from './people.ts'
import { type Country, loadCountries, loadPlaces, type Place } from './places.ts'
import { createRandom, type Random, weighted } from './random.ts'
import { planRooms, type RoomPlan } from './rooms.ts'
import { hemisphereOf, SEASON_FACTORS, SEASONS, seasonCalendar, seasonOf } from './seasons.ts'
import { type Sheet, Sheets } from './sheets.ts'
import { listingText } from './words.ts'

/** Raise it with any change that makes other data: what is loaded is then built again. */
export const GENERATOR_VERSION = '3'

export interface Plan {
  readonly seed: number
  readonly listings: number
  readonly places: number
  readonly hosts: number
  readonly guests: number
  /** The day that counts as today: stays lie around it. */
  readonly anchor: Day
  readonly passwordHash: string
}

const CALENDAR_PAST_DAYS = 365
const CALENDAR_DAYS = 4 * 365

/** All data for a plan: the same plan gives the same data, row for row. */
export function* generate(plan: Plan): Generator<Sheet, Readonly<Record<string, number>>> {
  const sheets = new Sheets()
  const random = createRandom(plan.seed)
  const countries = loadCountries()
  const places = loadPlaces(plan.places, countries)
  addStaticData(sheets, countries, places, plan.anchor)
  addPeople(plan, countries, sheets, random)
  yield* sheets.rest()

  const listings = new Listings(plan, places, sheets, random)
  for (let id = 1; id <= plan.listings; id++) {
    listings.add(id)
    yield* sheets.full()
  }
  yield* sheets.rest()
  return sheets.counts
}

function addStaticData(
  sheets: Sheets,
  countries: readonly Country[],
  places: readonly Place[],
  anchor: Day,
): void {
  for (const { code, name, continent } of countries)
    sheets.add('countries', [code, name, continent])
  for (const place of places) {
    const { id, name, country, latitude, longitude, population } = place
    sheets.add('places', [id, name, country, latitude, longitude, population])
  }
  for (const { id, slug, name } of RENTAL_TYPES) sheets.add('rental_types', [id, slug, name])
  for (const item of EQUIPMENT) {
    sheets.add('equipment', [item.id, item.slug, item.name, item.category])
  }
  for (const { id, slug, name } of MEALS) sheets.add('meals', [id, slug, name])
  for (const { id, slug, name } of SERVICES) sheets.add('services', [id, slug, name])
  const calendar = seasonCalendar(addDays(anchor, -CALENDAR_PAST_DAYS), CALENDAR_DAYS)
  for (const row of calendar) sheets.add('season_days', row)
}

interface Listing {
  readonly id: number
  readonly place: Place
  readonly type: RentalType
  readonly basePrice: number
  readonly popularity: number
}

class Listings {
  readonly #plan: Plan
  readonly #places: readonly Place[]
  readonly #sheets: Sheets
  readonly #random: Random
  readonly #drawPlace: () => number
  readonly #drawType: () => number
  #lastRoom = 0
  #lastUnit = 0
  #lastBooking = 0

  constructor(plan: Plan, places: readonly Place[], sheets: Sheets, random: Random) {
    this.#plan = plan
    this.#places = places
    this.#sheets = sheets
    this.#random = random
    // Large places have more listings, but not quite in proportion.
    const weights = places.map(({ appeal }) => appeal ** 0.85)
    this.#drawPlace = weighted(weights, random)
    this.#drawType = weighted(
      RENTAL_TYPES.map(({ weight }) => weight),
      random,
    )
  }

  add(id: number): void {
    const random = this.#random
    const place = this.#places[this.#drawPlace()] as Place
    const type = RENTAL_TYPES[this.#drawType()] as RentalType
    const spread = 0.6 + random.next() * 1.1
    const basePrice = Math.round((type.basePrice * spread) / 100) * 100
    const listing = { id, place, type, basePrice, popularity: random.next() }
    const rooms = planRooms(type, random)
    this.#addProduct(listing, Math.max(...rooms.map(({ capacity }) => capacity)))
    this.#addExtras(id, type)
    for (const room of rooms) this.#addRoom(listing, room)
  }

  #addProduct(listing: Listing, capacity: number): void {
    const { id, place, type, basePrice, popularity } = listing
    const random = this.#random
    const { name, description } = listingText(type.name, place.name, random)
    const since = `${addDays(this.#plan.anchor, -random.between(100, 1_500))}T09:00:00Z`
    this.#sheets.add('products', [
      id,
      random.between(1, this.#plan.hosts),
      place.id,
      type.id,
      name,
      description,
      jitter(place.latitude, random),
      jitter(place.longitude, random),
      capacity,
      basePrice,
      Math.round((3 + 2 * Math.sqrt(random.next())) * 10) / 10,
      Math.round(popularity ** 3 * random.between(10, 600)),
      since,
      since,
    ])
  }

  #addExtras(id: number, type: RentalType): void {
    const random = this.#random
    for (const item of random.sample(EQUIPMENT, random.between(5, 14))) {
      this.#sheets.add('product_equipment', [id, item.id])
    }
    const meals = random.sample(MEALS, type.byRoom ? random.between(0, 4) : 0)
    for (const meal of meals) {
      this.#sheets.add('product_meals', [id, meal.id, random.between(4, 40) * 100])
    }
    for (const service of random.sample(SERVICES, random.between(0, 4))) {
      this.#sheets.add('product_services', [id, service.id, random.between(0, 30) * 100])
    }
  }

  #addRoom(listing: Listing, room: RoomPlan): void {
    const roomId = ++this.#lastRoom
    this.#sheets.add('rooms', [roomId, listing.id, room.name, room.capacity])
    for (const season of SEASONS) {
      const nightly = nightlyPrice(listing.basePrice, room.priceFactor, season)
      this.#sheets.add('prices', [roomId, season, nightly])
    }
    for (let number = 1; number <= room.units; number++) {
      const unitId = ++this.#lastUnit
      const name = room.units === 1 ? room.name : `${room.name} ${number}`
      this.#sheets.add('units', [unitId, roomId, listing.id, name])
      for (const stay of staysOf(this.#plan.anchor, listing.popularity, this.#random)) {
        this.#addBooking(listing, room, { roomId, unitId }, stay)
      }
    }
  }

  #addBooking(
    listing: Listing,
    room: RoomPlan,
    { roomId, unitId }: { readonly roomId: number; readonly unitId: number },
    stay: Stay,
  ): void {
    const { hosts, guests } = this.#plan
    this.#sheets.add('bookings', [
      ++this.#lastBooking,
      listing.id,
      roomId,
      unitId,
      hosts + this.#random.between(1, guests),
      stay.checkIn,
      stay.checkOut,
      this.#random.between(1, room.capacity),
      totalPrice(listing, room, stay),
      `${stay.bookedOn}T12:00:00Z`,
    ])
  }
}

function totalPrice(listing: Listing, room: RoomPlan, stay: Stay): number {
  const hemisphere = hemisphereOf(listing.place.latitude)
  let total = 0
  for (let night = 0; night < stay.nights; night++) {
    const season = seasonOf(addDays(stay.checkIn, night), hemisphere)
    total += nightlyPrice(listing.basePrice, room.priceFactor, season)
  }
  return total
}

function nightlyPrice(
  basePrice: number,
  factor: number,
  season: keyof typeof SEASON_FACTORS,
): number {
  return Math.round((basePrice * factor * SEASON_FACTORS[season]) / 100) * 100
}

/** Somewhere in town: within some five kilometres of the middle. */
function jitter(degrees: number, random: Random): number {
  return Math.round((degrees + (random.next() - 0.5) * 0.09) * 10_000) / 10_000
}
