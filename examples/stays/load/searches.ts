import { addDays, type Day } from '../data/days.ts'
import { loadCountries, loadPlaces } from '../data/places.ts'
import { createRandom, type Random } from '../data/random.ts'
import { FEATURES, SPOTS } from '../data/words.ts'

const TOWNS = 200
const COUNTRIES = ['FR', 'IT', 'ES', 'DE', 'PT', 'GR', 'GB', 'US', 'PL', 'NL', 'AT', 'TR', 'MX']
const ARRIVALS = 16
const NIGHTS = [2, 3, 7, 7, 14]

/** A fixed list of different searches, the most wanted first. The same for every run of a seed. */
export function makeSearches(count: number, anchor: Day, seed: number): string[] {
  const random = createRandom(seed)
  const towns = loadPlaces(TOWNS, loadCountries()).map(({ name }) => name)
  const searches = new Set<string>()
  while (searches.size < count) searches.add(makeSearch(towns, anchor, random))
  return [...searches]
}

function makeSearch(towns: readonly string[], anchor: Day, random: Random): string {
  const params = new URLSearchParams()
  const kind = random.next()
  // Most know where they want to go; a few look around the whole world.
  if (kind < 0.5) params.set('place', random.pick(towns))
  else if (kind < 0.85) params.set('country', random.pick(COUNTRIES))
  if (kind > 0.7 || random.chance(0.2)) params.set('q', random.pick([...FEATURES, ...SPOTS]))
  if (random.chance(0.8)) {
    const checkIn = addDays(anchor, 30 + 7 * random.between(0, ARRIVALS))
    params.set('checkIn', checkIn)
    params.set('checkOut', addDays(checkIn, random.pick(NIGHTS)))
  }
  params.set('guests', String(random.pick([1, 2, 2, 2, 3, 4, 6])))
  if (random.chance(0.25)) params.set('maxPrice', String(random.between(5, 30) * 1_000))
  if (random.chance(0.35)) params.set('sort', random.pick(['price', 'rating', '-price']))
  if (random.chance(0.15)) params.set('page', String(random.between(2, 3)))
  return `/api/products/search?${params}`
}
