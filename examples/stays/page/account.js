import { ask } from './api.js'
import { showDialog } from './details.js'
import { el, find, money } from './elements.js'

/** Logging in and out, one's profile and what one did. */
export async function startAccount() {
  find('#login').addEventListener('submit', async (event) => {
    event.preventDefault()
    const body = Object.fromEntries(new FormData(event.target))
    await attempt(() => ask('/api/sessions', { method: 'POST', body }))
  })
  find('#logout').addEventListener('click', () =>
    attempt(() => ask('/api/sessions/me', { method: 'DELETE' })),
  )
  find('#show-profile').addEventListener('click', () => showDialog(profile))
  find('#show-activity').addEventListener('click', () => showDialog(activity))
  await refresh()
}

async function attempt(work) {
  try {
    await work()
  } catch (error) {
    const status = find('#status')
    status.className = 'status bad'
    status.textContent = error.message
  }
  await refresh()
}

async function refresh() {
  const session = await ask('/api/sessions/me').catch(() => undefined)
  find('#login').hidden = session !== undefined
  find('#account').hidden = session === undefined
  find('#who').textContent = session ? `${session.name} (${session.role})` : ''
}

async function profile() {
  const { name, email, country, language, about, stays } = await ask('/api/profiles/me')
  const facts = {
    Address: email,
    Country: country,
    Language: language,
    About: about,
    Stays: `${stays.past} past, ${stays.upcoming} to come, ${stays.nights} nights`,
    Countries: stays.countries,
    Spent: money(stays.spent),
  }
  const entries = Object.entries(facts).flatMap(([term, value]) => [
    el('dt', {}, term),
    el('dd', {}, String(value)),
  ])
  return [el('h2', { id: 'details-title' }, name), el('dl', { className: 'facts' }, ...entries)]
}

async function activity() {
  const entries = await ask('/api/activity')
  const lines = entries.map(({ action, subject, createdAt }) =>
    el('li', {}, `${new Date(createdAt).toLocaleString()} ${action} ${subject}`),
  )
  return [el('h2', { id: 'details-title' }, 'Activity'), el('ol', { className: 'log' }, ...lines)]
}
