/** `el('p', { className: 'hint' }, 'text', child)`; texts are never read as HTML. */
export function el(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

export const find = (selector) => document.querySelector(selector)

const euros = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'EUR',
  maximumFractionDigits: 0,
})

export const money = (cents) => euros.format(cents / 100)

export function addDays(day, count) {
  return new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10)
}

export const today = () => new Date().toISOString().slice(0, 10)
