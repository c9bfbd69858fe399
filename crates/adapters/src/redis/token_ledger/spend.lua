-- Adds tokens to what a tenant has used up on a day. Asking writes nothing, and a counter that has grown beyond
-- every budget is left as it is.
-- KEYS  counter
-- ARGV  1 tokens  2 how long the day is kept, s  3 the most that is counted
-- Gives what is used up.

local spent = tonumber(redis.call('GET', KEYS[1]) or '0')
local tokens = tonumber(ARGV[1])
if tokens == 0 or spent >= tonumber(ARGV[3]) then return spent end
spent = redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return spent
