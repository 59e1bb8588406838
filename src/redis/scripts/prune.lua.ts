import { defineScript, type Script } from '../script.ts'
import { OPEN_STATE, STATE_KEYS } from './state.ts'

/*
 * Forgets tags that no entry can carry any more: those last invalidated before the longest
 * lifetime of an entry. Works in small steps, so that a million tags never hold up the server.
 *
 * To know how old a number is, the clock keeps the number at which each day began (field d<day>).
 *
 * KEYS, ARGV[1..5]  see state.ts
 * ARGV[6]  the longest lifetime of an entry, in days
 * ARGV[7]  how many tags to forget at most
 * returns  how many were forgotten
 */
export const prune: Script = defineScript(
  'prune',
  STATE_KEYS,
  `#!lua flags=allow-oom
${OPEN_STATE}
local _, number = open()
local today = math.floor(tonumber(redis.call('TIME')[1]) / 86400)
redis.call('HSETNX', KEYS[1], 'd' .. today, number)

local upTo = 0
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local day = tonumber(string.match(fields[i], '^d(%d+)$'))
  if day and day < today - tonumber(ARGV[6]) then
    upTo = math.max(upTo, tonumber(fields[i + 1]))
    redis.call('HDEL', KEYS[1], fields[i])
    redis.call('HSET', KEYS[1], 'p', upTo)
  end
end
upTo = math.max(upTo, tonumber(redis.call('HGET', KEYS[1], 'p') or '0'))

local old = redis.call('ZRANGEBYSCORE', KEYS[2], '(0', upTo, 'LIMIT', 0, ARGV[7])
if #old > 0 then
  redis.call('ZREM', KEYS[2], unpack(old))
end
return #old
`,
)
