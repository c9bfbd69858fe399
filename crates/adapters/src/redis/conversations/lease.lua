-- Takes a conversation for one turn, unless somebody has it.
-- KEYS  lock
-- ARGV  1 who asks, new for each attempt  2 a fence that we have let go already, 0 for none
--       3 how long the lease lasts, ms  4 how long the count of fences is kept, ms
-- Gives the fence, higher than all before; 0 when it is taken.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lock = redis.call('HMGET', KEYS[1], 'fence', 'until', 'holder')
local fence = tonumber(lock[1] or 0)
if tonumber(lock[2] or 0) > now and lock[1] ~= ARGV[2] then
  -- The reply to our first attempt was lost.
  if lock[3] == ARGV[1] then return fence end
  return 0
end
redis.call('HSET', KEYS[1], 'fence', fence + 1, 'until', string.format('%.0f', now + tonumber(ARGV[3])),
  'holder', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return fence + 1
