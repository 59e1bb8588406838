import { defineScript, type Script } from '../script.ts'

/*
 * Stores what was loaded under a lease, if the lease still holds, and ends it. A delete, a set or
 * an expire that came meanwhile took the lease away: then the value may be outdated and is refused.
 *
 * The entry is read before it is written and again afterwards. So the server tells us of this very
 * write, once, and of the next change by somebody else: see echoes.ts.
 *
 * KEYS[1]  the entry
 * KEYS[2]  its lease
 * ARGV[1]  the token
 * ARGV[2]  the entry's bytes, or '' to leave nothing there
 * ARGV[3]  how long they are kept, in ms
 * ARGV[4]  the channel on which to say that the key changed, or '' where the server tells it
 * ARGV[5]  who says it
 * returns  1 stored | 0 refused
 */
export const fill: Script = defineScript(
  'fill',
  2,
  `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call('EXISTS', KEYS[1])
if ARGV[2] == '' then
  redis.call('UNLINK', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
redis.call('UNLINK', KEYS[2])
redis.call('EXISTS', KEYS[1])
if ARGV[4] ~= '' then
  redis.call('PUBLISH', ARGV[4], '@' .. ARGV[5] .. '|' .. KEYS[1])
end
return 1
`,
)
