-- Gives a key back that has no response.
-- KEYS  record

if redis.call('HEXISTS', KEYS[1], 'status') == 1 then return 0 end
return redis.call('DEL', KEYS[1])
