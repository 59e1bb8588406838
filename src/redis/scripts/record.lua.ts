import { defineScript, type Script } from '../script.ts'
import { OPEN_STATE, STATE_KEYS } from './state.ts'

/*
 * Numbers an invalidation, records it and tells everybody, in one step: whoever has heard of
 * number n has heard of all before it. Runs even when the server is out of memory: an invalidation
 * that is refused for lack of memory would keep the very entries that fill it.
 *
 * More bans than ARGV[8] become one clear: what has to be matched on each read stays bounded. A
 * clear makes all earlier tags and bans pointless, so they are let go.
 *
 * KEYS, ARGV[1..5]  see state.ts
 * ARGV[6]  who sends it
 * ARGV[7]  'tags' | 'pattern' | 'clear' | 'none' | 'swept'
 * ARGV[8]  how many bans there may be
 * ARGV[9]  for 'swept': the number up to which the pattern was swept
 * ARGV[10…]  the tags, or the pattern
 * returns  { number, epoch, kind as recorded }
 */
export const record: Script = defineScript(
  'record',
  STATE_KEYS,
  `#!lua flags=allow-oom
${OPEN_STATE}
local epoch = open()
local number = redis.call('HINCRBY', KEYS[1], 'n', 1)
local kind = ARGV[7]
local listed = {}
for i = 10, #ARGV do
  listed[#listed + 1] = ARGV[i]
end

if kind == 'tags' then
  for i = 1, #listed do
    redis.call('ZADD', KEYS[2], number, listed[i])
  end
elseif kind == 'pattern' then
  redis.call('ZADD', KEYS[3], number, listed[1])
  if redis.call('ZCARD', KEYS[3]) > tonumber(ARGV[8]) + 1 then
    kind = 'clear'
  end
elseif kind == 'swept' then
  local current = redis.call('ZSCORE', KEYS[3], listed[1])
  if current and tonumber(current) <= tonumber(ARGV[9]) then
    redis.call('ZREM', KEYS[3], listed[1])
  end
end
if kind == 'clear' then
  redis.call('HSET', KEYS[1], 'c', number)
  for i = 2, 3 do
    redis.call('UNLINK', KEYS[i])
    redis.call('ZADD', KEYS[i], 0, '')
  end
end

keep()
local told = kind == 'clear' and {} or listed
if kind == 'swept' then
  told = { listed[1], ARGV[9] }
end
local body = #told > 0 and cjson.encode(told) or ''
local name = string.format('%.0f', number) .. '|' .. epoch .. '|' .. ARGV[6] .. '|' .. kind
redis.call('PUBLISH', ARGV[4], name .. body)
return { number, epoch, kind }
`,
)
