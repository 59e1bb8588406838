import type { Random } from './random.ts'

/** The vocabulary of names and descriptions. Searches draw on the same words. */

const MOODS = [
  'Sunny', 'Quiet', 'Bright', 'Cosy', 'Spacious', 'Charming', 'Modern', 'Rustic', 'Elegant',
  'Restored', 'Little', 'Grand', 'Secluded', 'Airy', 'Traditional', 'Colourful', 'Peaceful',
] // biome-ignore format: a word list reads better in lines

export const FEATURES: readonly string[] = [
  'garden', 'roof terrace', 'sea view', 'mountain view', 'fireplace', 'courtyard', 'balcony',
  'river view', 'orchard', 'pool', 'vineyard', 'lake view', 'winter garden', 'sauna', 'library',
] // biome-ignore format: a word list reads better in lines

export const SPOTS: readonly string[] = [
  'old town', 'harbour', 'market square', 'railway station', 'museum quarter', 'city park',
  'river bank', 'university', 'cathedral', 'castle', 'beach', 'botanical garden', 'theatre',
] // biome-ignore format: a word list reads better in lines

const OPENINGS = [
  'A {mood} {type} with {feature}, a short walk from the {spot} of {place}.',
  'Our {mood} {type} lies right beside the {spot}, with {feature} and thick walls that keep it cool.',
  'Wake up in {place}: this {mood} {type} has {feature} and looks out over the {spot}.',
  'We have looked after this {mood} {type} near the {spot} for {years} years.',
]

const MIDDLES = [
  'Bakery, greengrocer and tram are around the corner.',
  'The kitchen is fully equipped, and the beds are made when you arrive.',
  'Children are welcome; there are toys, books and a cot.',
  'You work well here too: a proper desk, fast wifi and silence.',
  'In the evening you sit outside and listen to the swifts.',
  'The floors are oak, the bathroom is new, the windows are tall.',
  'Hikers start straight from the door; maps are on the shelf.',
  'Divers and swimmers find clear water ten minutes away.',
  'On Saturdays the farmers sell cheese and honey in the {spot}.',
  'Bicycles stand in the shed and cost nothing.',
]

const ENDINGS = [
  'We live next door and help whenever you need us.',
  'Arrive whenever you like: the key waits in a box.',
  'Late summer is the best time to visit {place}.',
  'Ask us for the boat trip; it is not in any guide.',
  'Dogs may come along.',
  'Longer stays are welcome.',
]

const FIRST_NAMES = [
  'Ada', 'Amara', 'Anouk', 'Bela', 'Bruno', 'Carmen', 'Chidi', 'Clara', 'Dario', 'Elif', 'Emil',
  'Farah', 'Greta', 'Hanna', 'Hugo', 'Imani', 'Ines', 'Ivo', 'Jana', 'Jonas', 'Kaito', 'Karim',
  'Lena', 'Liam', 'Lucia', 'Malik', 'Mara', 'Mateo', 'Mei', 'Nadia', 'Nils', 'Noor', 'Olga',
  'Pablo', 'Priya', 'Rosa', 'Samir', 'Sofia', 'Tariq', 'Thea', 'Viktor', 'Wanda', 'Yara', 'Zoe',
] // biome-ignore format: a word list reads better in lines

const LAST_NAMES = [
  'Abara', 'Almeida', 'Berg', 'Castro', 'Chen', 'Conti', 'Dubois', 'Eriksen', 'Fischer', 'Garcia',
  'Haddad', 'Horvat', 'Ito', 'Jansen', 'Kaya', 'Keller', 'Khan', 'Kowalska', 'Lindt', 'Marin',
  'Mensah', 'Moreau', 'Novak', 'Okafor', 'Olsen', 'Papadakis', 'Pereira', 'Petrov', 'Quinn',
  'Ricci', 'Santos', 'Sato', 'Silva', 'Singh', 'Tanaka', 'Urban', 'Varga', 'Weber', 'Young', 'Zhou',
] // biome-ignore format: a word list reads better in lines

export function personName(random: Random): string {
  return `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`
}

export interface ListingText {
  readonly name: string
  readonly description: string
}

export function listingText(type: string, place: string, random: Random): ListingText {
  const mood = random.pick(MOODS)
  const feature = random.pick(FEATURES)
  const spot = random.pick(SPOTS)
  const words: Words = {
    mood: mood.toLowerCase(),
    type: type.toLowerCase(),
    feature: `a ${feature}`,
    spot,
    place,
    years: String(random.between(3, 30)),
  }
  const sentences = [
    random.pick(OPENINGS),
    ...random.sample(MIDDLES, random.between(1, 3)),
    random.pick(ENDINGS),
  ]
  const name = random.chance(0.5)
    ? `${mood} ${type.toLowerCase()} with ${feature}`
    : `${mood} ${type.toLowerCase()} by the ${spot}, ${place}`
  return { name, description: sentences.map((sentence) => filled(sentence, words)).join(' ') }
}

type Words = Readonly<Record<'mood' | 'type' | 'feature' | 'spot' | 'place' | 'years', string>>

function filled(sentence: string, words: Words): string {
  return sentence.replace(/\{(\w+)\}/g, (_, word: string) => words[word as keyof Words])
}
