import { defineScript, type Script } from '../script.ts'

/*
 * Asks for the right to load one entry [1]. Both keys are read here, so that the server tells us
 * when either changes: that is what wakes those who wait.
 *
 * What is no string was never stored by us: it counts as absent and is overwritten.
 *
 * A failed load leaves its error in place of the token, for as long as `fail` says. Only those who
 * waited for that very load get it; anybody else takes the lease.
 *
 * KEYS[1]  the entry
 * KEYS[2]  its lease
 * ARGV[1]  the token of whoever asks
 * ARGV[2]  how long the lease holds without renewal, in ms
 * ARGV[3]  the first bytes of the entry that the caller has seen and cannot use, or ''
 * ARGV[4]  the token the caller has waited for, or ''
 * returns  { 'found', entry } | { 'granted' } | { 'busy', token } | { 'failed', error }
 *
 * [1] R. Nishtala et al.: Scaling Memcache at Facebook. NSDI 2013, §3.2.1.
 */
export const lease: Script = defineScript(
  'lease',
  2,
  `
local seen = ARGV[3]
local head = redis.pcall('GETRANGE', KEYS[1], 0, math.max(1, #seen) - 1)
if type(head) == 'string' and head ~= '' and head ~= seen then
  return { 'found', redis.call('GET', KEYS[1]) }
end

local held = redis.pcall('GET', KEYS[2])
if type(held) ~= 'string' then
  held = false
end
if held and string.sub(held, 1, 1) ~= '!' then
  return { 'busy', held }
end
if held and ARGV[4] ~= '' and string.sub(held, 2, #ARGV[4] + 1) == ARGV[4] then
  return { 'failed', string.sub(held, #ARGV[4] + 2) }
end

redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
redis.call('EXISTS', KEYS[2])
return { 'granted' }
`,
)
