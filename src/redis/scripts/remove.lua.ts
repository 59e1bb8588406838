import { defineScript, type Script } from '../script.ts'

/*
 * Deletes an entry together with its lease, so that a load under way cannot bring it back; or,
 * when asked to, only ends its freshness and leaves it to its grace. What is no string there is none
 * of ours and goes either way.
 *
 * KEYS[1]  the entry
 * KEYS[2]  its lease
 * ARGV[1]  '' to delete, else where the state byte of an entry lies: it is set to "expired"
 * ARGV[2]  the channel on which to say that the key changed, or '' where the server tells it
 * ARGV[3]  who says it
 * returns  1 if there was an entry, else 0
 */
export const remove: Script = defineScript(
  'remove',
  2,
  `
redis.call('UNLINK', KEYS[2])
local existed = redis.call('EXISTS', KEYS[1])
if ARGV[1] == '' then
  redis.call('UNLINK', KEYS[1])
else
  local length = redis.pcall('STRLEN', KEYS[1])
  if type(length) ~= 'number' then
    redis.call('UNLINK', KEYS[1])
  elseif length > tonumber(ARGV[1]) then
    redis.call('SETRANGE', KEYS[1], ARGV[1], '\\1')
    redis.call('EXISTS', KEYS[1])
  end
end
if ARGV[2] ~= '' then
  redis.call('PUBLISH', ARGV[2], '@' .. ARGV[3] .. '|' .. KEYS[1])
end
return existed
`,
)
