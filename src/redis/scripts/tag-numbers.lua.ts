import { defineScript, type Script } from '../script.ts'
import { OPEN_STATE, STATE_KEYS } from './state.ts'

/*
 * When tags were last invalidated, for entries older than what the process remembers.
 *
 * KEYS, ARGV[1..5]  see state.ts
 * ARGV[6…]  the tags
 * returns  { epoch, number of the first tag (0 for never), … }
 */
export const tagNumbers: Script = defineScript(
  'tag-numbers',
  STATE_KEYS,
  `#!lua flags=allow-oom
${OPEN_STATE}
local reply = { (open()) }
for i = 6, #ARGV do
  reply[#reply + 1] = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[i]) or '0')
end
return reply
`,
)
