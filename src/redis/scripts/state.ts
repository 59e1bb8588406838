/*
 * The invalidation state of a namespace, in one slot:
 *
 *   clock  hash: e the epoch, n the last number, c the number of the last clear
 *   tags   sorted set: tag → number of its last invalidation
 *   bans   sorted set: pattern → number of its last invalidation
 *
 * Both sets hold the empty member from the start, so that the loss of any of the three keys
 * (restart, eviction, FLUSHALL, something foreign under its name) shows: `open` then begins a new epoch, with numbers above every
 * number that the caller knows. A clock that shows less than the caller knows was rolled back (a
 * failover that lost writes) and is treated alike.
 */
export const STATE_KEYS = 3

/**
 * Lua, in front of each script that works on the state.
 *
 * KEYS[1..3]  clock, tags, bans
 * ARGV[1]     the epoch the caller knows, or ''
 * ARGV[2]     the highest number the caller knows in it
 * ARGV[3]     a random epoch, in case a new one begins
 * ARGV[4]     the channel of changes
 * ARGV[5]     how long idle state is kept, in ms
 */
export const OPEN_STATE = `
local function keep()
  for i = 1, 3 do
    redis.call('PEXPIRE', KEYS[i], ARGV[5])
  end
end

local function begin(number)
  redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], 'e', ARGV[3], 'n', number, 'c', 0)
  redis.call('ZADD', KEYS[2], 0, '')
  redis.call('ZADD', KEYS[3], 0, '')
  keep()
  redis.call('PUBLISH', ARGV[4], string.format('%.0f', number) .. '|' .. ARGV[3] .. '||')
  return ARGV[3], number, 0
end

local function open()
  local known = tonumber(ARGV[2])
  if redis.call('EXISTS', KEYS[1], KEYS[2], KEYS[3]) < 3 then
    return begin(known)
  end
  local state = redis.pcall('HMGET', KEYS[1], 'e', 'n', 'c')
  local number = tonumber(state[2])
  local cards = { redis.pcall('ZCARD', KEYS[2]), redis.pcall('ZCARD', KEYS[3]) }
  if not number or type(cards[1]) ~= 'number' or type(cards[2]) ~= 'number' then
    return begin(known)
  end
  if state[1] == ARGV[1] and number < known then
    return begin(known)
  end
  return state[1], number, tonumber(state[3])
end
`
