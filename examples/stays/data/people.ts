import type { Country } from './places.ts'
import type { Random } from './random.ts'
import type { Sheets } from './sheets.ts'
import { personName } from './words.ts'

/** Every demo account has it; accounts made by people get a salt of their own. */
export const DEMO_PASSWORD = 'holiday'

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'tr', 'ja']
const ABOUT = [
  'Travels by train whenever possible.',
  'Cooks, hikes, reads.',
  'Always looking for the next lake.',
  'Two children, one dog, many suitcases.',
  'Works from wherever the wifi is good.',
]

export interface People {
  /** Users 1 … hosts are hosts, the next are guests. */
  readonly hosts: number
  readonly guests: number
  readonly passwordHash: string
  readonly anchor: string
}

/** `host1@stays.example` … and `guest1@stays.example` …, all with the demo password. */
export function addPeople(
  people: People,
  countries: readonly Country[],
  sheets: Sheets,
  random: Random,
): void {
  const since = `${people.anchor}T00:00:00Z`
  for (let id = 1; id <= people.hosts + people.guests; id++) {
    const role = id <= people.hosts ? 'host' : 'guest'
    const number = role === 'host' ? id : id - people.hosts
    sheets.add('users', [
      id,
      role,
      `${role}${number}@stays.example`,
      people.passwordHash,
      personName(random),
      random.chance(0.7) ? `+${random.between(10_000_000_000, 99_999_999_999)}` : null,
      random.pick(countries).code,
      random.pick(LANGUAGES),
      random.pick(ABOUT),
      since,
      since,
    ])
  }
}
