-- Removes a response whose conversation is deleted. One that is about to be kept is refused when it comes.
-- KEYS  record

if redis.call('HEXISTS', KEYS[1], 'holder') == 1 then
  redis.call('HSET', KEYS[1], 'gone', 1)
  return 0
end
return redis.call('DEL', KEYS[1])
