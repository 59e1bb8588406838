import { defineScript, type Script } from '../script.ts'

/*
 * Frees an entry that a pattern has made invalid: if it is older than the pattern's number, or of
 * another epoch. Looks at the header alone.
 *
 * KEYS[1]  the entry
 * ARGV[1]  the pattern's number
 * ARGV[2]  the epoch
 * ARGV[3]  where epoch and stamp lie in the header: '16' for both
 * returns  1 if it was freed
 */
export const sweepEntry: Script = defineScript(
  'sweep',
  1,
  `
local at = tonumber(ARGV[3])
local header = redis.pcall('GETRANGE', KEYS[1], at, at + 15)
if type(header) ~= 'string' or #header < 16 then
  return 0
end
local stamp = struct.unpack('<d', string.sub(header, 9, 16))
if string.sub(header, 1, 8) == ARGV[2] and stamp >= tonumber(ARGV[1]) then
  return 0
end
return redis.call('UNLINK', KEYS[1])
`,
)
