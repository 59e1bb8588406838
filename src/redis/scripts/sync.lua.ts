import { defineScript, type Script } from '../script.ts'
import { OPEN_STATE, STATE_KEYS } from './state.ts'

/*
 * Everything a process has to know of a namespace's invalidations, from the number on that it
 * knows already; and the server's time.
 *
 * KEYS, ARGV[1..5]  see state.ts
 * ARGV[6]  how many tags to list at most
 * returns  { epoch, number, cleared, { seconds, microseconds },
 *            { tag, number, … } or nil if they are too many, { pattern, number, … } }
 */
export const sync: Script = defineScript(
  'sync',
  STATE_KEYS,
  `#!lua flags=allow-oom
${OPEN_STATE}
local epoch, number, cleared = open()
local since = '(' .. (epoch == ARGV[1] and ARGV[2] or string.format('%.0f', number))
local tags = false
if redis.call('ZCOUNT', KEYS[2], since, '+inf') <= tonumber(ARGV[6]) then
  tags = redis.call('ZRANGEBYSCORE', KEYS[2], since, '+inf', 'WITHSCORES')
end
local bans = redis.call('ZRANGEBYSCORE', KEYS[3], '(0', '+inf', 'WITHSCORES')
return { epoch, number, cleared, redis.call('TIME'), tags, bans }
`,
)
