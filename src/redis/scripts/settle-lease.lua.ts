import { defineScript, type Script } from '../script.ts'

/*
 * Renews a lease, gives it back, or leaves the error of a failed load in its place for those who
 * wait. Does nothing to a lease that is no longer ours.
 *
 * KEYS[1]  the lease
 * ARGV[1]  our token
 * ARGV[2]  'renew' | 'release' | 'fail'
 * ARGV[3]  for how long, in ms
 * ARGV[4]  the error (for 'fail')
 * ARGV[5]  the channel on which to say that the lease changed, or '' where the server tells it
 * ARGV[6]  who says it
 * returns  1 | 0 if the lease is not ours
 */
export const settleLease: Script = defineScript(
  'settle-lease',
  1,
  `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
if ARGV[2] == 'renew' then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  redis.call('EXISTS', KEYS[1])
  return 1
end
if ARGV[2] == 'fail' then
  redis.call('SET', KEYS[1], '!' .. ARGV[1] .. ARGV[4], 'PX', ARGV[3])
else
  redis.call('UNLINK', KEYS[1])
end
if ARGV[5] ~= '' then
  redis.call('PUBLISH', ARGV[5], '@' .. ARGV[6] .. '|' .. KEYS[1])
end
return 1
`,
)
