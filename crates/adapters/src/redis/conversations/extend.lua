-- Prolongs a lease that is still ours, or lets it go.
-- KEYS  lock
-- ARGV  1 our fence  2 for how long, ms; 0 lets it go  3 how long the count of fences is kept, ms
-- Gives 1, or 0 when somebody else has it or it has been let go.

local lock = redis.call('HMGET', KEYS[1], 'fence', 'until')
if lock[1] ~= ARGV[1] then return 0 end
-- It was let go with its turn while we were on our way: prolonged, nobody would let it go again.
if lock[2] == '0' then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = tonumber(ARGV[2])
if ends > 0 then ends = now + ends end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', ends))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
