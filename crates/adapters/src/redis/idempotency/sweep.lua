-- Removes a record that is past its time.
-- KEYS  record
-- ARGV  1 now_us
-- Gives false when it is gone, or else when it ends, in us.

local ends = redis.call('HGET', KEYS[1], 'ends')
if ends and tonumber(ends) > tonumber(ARGV[1]) then return ends end
redis.call('DEL', KEYS[1])
return false
