const SHOWN = 12

/** Asks the back end, and writes how long it took into the list at the foot of the page. */
export async function ask(path, { method = 'GET', body } = {}) {
  const begin = performance.now()
  const response = await fetch(path, {
    method,
    ...(body && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const text = await response.text()
  note(method, path, response.status, performance.now() - begin)
  const answer = text === '' ? undefined : JSON.parse(text)
  if (!response.ok) throw new Error(sentence(answer))
  return answer
}

function sentence({ detail, errors = [] }) {
  return errors.length === 0
    ? detail
    : errors.map(({ field, message }) => `${field}: ${message}`).join(' ')
}

function note(method, path, status, milliseconds) {
  const log = document.querySelector('#log')
  const time = document.createElement('b')
  time.textContent = `${milliseconds.toFixed(1)} ms`
  const line = document.createElement('li')
  line.append(time, ` ${status} ${method} ${path}`)
  log.prepend(line)
  while (log.children.length > SHOWN) log.lastChild.remove()
}
