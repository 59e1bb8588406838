/** An object as an application caches it, of about so many bytes as JSON. */
export function makeValue(key: string, bytes: number): unknown {
  const value = {
    id: key,
    name: `House at the lake ${key}`,
    city: 'Lübeck',
    price: 129.5,
    rooms: 3,
    isActive: true,
    tags: ['lake', 'garden'],
    details: [] as unknown[],
  }
  const missing = (): number => bytes - Buffer.byteLength(JSON.stringify(value))
  for (let i = 0; missing() > 160; i += 1) {
    value.details.push({ id: i, label: `Room ${i}`, area: 12.5 + i, text: 'x'.repeat(60) })
  }
  return { ...value, text: 'y'.repeat(Math.max(0, missing() - 10)) }
}

export function makeKeys(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `product-${i}`)
}
