/**
 * The registry's compare-and-set operations. Each touches keys of one slot only. Numbers leave as text: an epoch has sixteen digits,
 * which Lua would write in exponent form. An owner entry without `inst` is the tombstone of a released connection.
 *
 * Redis TIME keeps the epochs of one registry on one clock; `previous + 1` keeps them growing when that clock jumps back.
 */

/** KEYS entry; ARGV inst, bucket, protocol, seen, ttl. Answers epoch, then the previous inst, bucket, epoch, protocol, seen. */
export const ACQUIRE = `
local previous = redis.call('HMGET', KEYS[1], 'inst', 'bucket', 'epoch', 'protocol', 'seen')
local time = redis.call('TIME')
local epoch = math.max((tonumber(previous[3]) or 0) + 1, tonumber(time[1]) * 1000000 + tonumber(time[2]))
local text = string.format('%.0f', epoch)
redis.call('HSET', KEYS[1], 'inst', ARGV[1], 'bucket', ARGV[2], 'epoch', text, 'protocol', ARGV[3], 'seen', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return { text, previous[1], previous[2], previous[3], previous[4], previous[5] }
`;

/**
 * KEYS entry; ARGV inst, bucket, protocol, seen, ttl, epoch. Answers the verdict. An assertion of an instance counts
 * over an acquire whose answer it never got.
 */
export const ASSERT = `
local stored = redis.call('HMGET', KEYS[1], 'epoch', 'inst')
local known = tonumber(stored[1]) or 0
local ours = tonumber(ARGV[6])
if stored[2] ~= ARGV[1] and known >= ours and known > 0 then return 'lost' end
redis.call('HSET', KEYS[1], 'inst', ARGV[1], 'bucket', ARGV[2], 'epoch', ARGV[6], 'protocol', ARGV[3], 'seen', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
if known == ours then return 'refreshed' end
return 'restored'
`;

/** KEYS entry; ARGV epoch, ttl. Answers 1 if it was ours. */
export const RELEASE = `
local stored = redis.call('HMGET', KEYS[1], 'epoch', 'inst')
if not stored[2] or tonumber(stored[1]) ~= tonumber(ARGV[1]) then return 0 end
redis.call('HDEL', KEYS[1], 'inst', 'bucket', 'protocol', 'seen')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`;

/**
 * Names of live leases with their buckets; forgets the others. A lease is `<bucket>:<until, epoch ms>` under its instance. One that would live longer than
 * a lease can was written before the clock was set back: it gets a lease's time from now, so that a dead gateway's ends.
 */
const LIVE = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function live(ttl)
  local latest = now + tonumber(ttl)
  local all = redis.call('HGETALL', KEYS[1])
  local found = {}
  for i = 1, #all, 2 do
    local bucket, untilMs = string.match(all[i + 1], '^(%d+):(%d+)$')
    if untilMs and tonumber(untilMs) > now then
      found[#found + 1] = { all[i], bucket }
      if tonumber(untilMs) > latest then redis.call('HSET', KEYS[1], all[i], bucket .. ':' .. string.format('%.0f', latest)) end
    else
      redis.call('HDEL', KEYS[1], all[i])
    end
  end
  return found
end
local function lease(inst, bucket, ttl)
  redis.call('HSET', KEYS[1], inst, bucket .. ':' .. string.format('%.0f', now + tonumber(ttl)))
  redis.call('PEXPIRE', KEYS[1], ttl)
end
`;

/** KEYS leases; ARGV inst, buckets, ttl, preferred bucket or ''. Answers the bucket taken: the one fewest live leases name. */
export const TAKE_BUCKET = `${LIVE}
local named = {}
for _, one in ipairs(live(ARGV[3])) do
  if one[1] ~= ARGV[1] then named[one[2]] = (named[one[2]] or 0) + 1 end
end
local taken = ARGV[4]
if taken == '' then
  for bucket = 0, tonumber(ARGV[2]) - 1 do
    local name = string.format('%d', bucket)
    if taken == '' or (named[name] or 0) < (named[taken] or 0) then taken = name end
  end
end
lease(ARGV[1], taken, ARGV[3])
return taken
`;

/** KEYS leases; ARGV inst, bucket, ttl. Answers 1 if it was live. */
export const RENEW_LEASE = `${LIVE}
local known = 0
for _, one in ipairs(live(ARGV[3])) do
  if one[1] == ARGV[1] then known = 1 end
end
lease(ARGV[1], ARGV[2], ARGV[3])
return known
`;

/** KEYS leases; ARGV ttl. Answers inst, bucket, inst, bucket, ... */
export const LEASES = `${LIVE}
local flat = {}
for _, one in ipairs(live(ARGV[1])) do
  flat[#flat + 1] = one[1]
  flat[#flat + 1] = one[2]
end
return flat
`;
