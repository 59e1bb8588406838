import { defineScript, type Script } from '../script.ts'

/*
 * Stores an entry whatever is there, and ends any lease: a load that is under way began before
 * this value and must not replace it.
 *
 * It writes the entry first: a server that is out of memory refuses only a script's first write.
 * It reads the entry before and afterwards for the reason that fill.lua.ts tells.
 *
 * KEYS[1]  the entry
 * KEYS[2]  its lease
 * ARGV[1]  the entry's bytes
 * ARGV[2]  how long they are kept, in ms
 * ARGV[3]  the channel on which to say that the key changed, or '' where the server tells it
 * ARGV[4]  who says it
 * returns  1
 */
export const put: Script = defineScript(
  'put',
  2,
  `
redis.call('EXISTS', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('UNLINK', KEYS[2])
redis.call('EXISTS', KEYS[1])
if ARGV[3] ~= '' then
  redis.call('PUBLISH', ARGV[3], '@' .. ARGV[4] .. '|' .. KEYS[1])
end
return 1
`,
)
