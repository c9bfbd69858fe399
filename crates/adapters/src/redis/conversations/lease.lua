-- Takes a conversation for one turn, unless somebody has it.
-- KEYS  lock
-- ARGV  1 which copy of the service asks  2 the number of its attempt, higher than all of its before
--       3 how long the lease lasts, ms  4 how long the count of fences is kept, ms
-- Gives the fence, higher than all before; 0 when it is taken.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lock = redis.call('HMGET', KEYS[1], 'fence', 'until', 'copy', 'attempt')
local fence = tonumber(lock[1] or 0)
if tonumber(lock[2] or 0) > now then
  if lock[3] ~= ARGV[1] then return 0 end
  local attempt = tonumber(lock[4])
  -- The reply to this very attempt was lost.
  if attempt == tonumber(ARGV[2]) then return fence end
  -- This attempt was held up on its way and nobody waits for it any more.
  if attempt > tonumber(ARGV[2]) then return 0 end
  -- An earlier attempt of a copy that has one turn of a conversation at a time: it is over, or its
  -- caller gave up before the reply came.
end
redis.call('HSET', KEYS[1], 'fence', fence + 1, 'until', string.format('%.0f', now + tonumber(ARGV[3])),
  'copy', ARGV[1], 'attempt', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return fence + 1
