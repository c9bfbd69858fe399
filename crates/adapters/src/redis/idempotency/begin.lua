-- Takes a key for one request, or says what is known of it.
-- KEYS  record
-- ARGV  1 digest of the body  2 now_us  3 end of the lease, us  4 who asks, new for each attempt
--       5 how long Redis keeps it, ms
-- Gives {"begun"}, {"in flight"}, {"mismatch"} or {"done", status, content type, body}.

local record = redis.call('HMGET', KEYS[1], 'print', 'ends', 'holder', 'status', 'type', 'body')
if record[2] and tonumber(record[2]) > tonumber(ARGV[2]) then
  if record[1] ~= ARGV[1] then return {'mismatch'} end
  if record[4] then return {'done', record[4], record[5], record[6]} end
  -- The reply to our first attempt was lost.
  if record[3] == ARGV[4] then return {'begun'} end
  return {'in flight'}
end
redis.call('HSET', KEYS[1], 'print', ARGV[1], 'ends', ARGV[3], 'holder', ARGV[4])
redis.call('HDEL', KEYS[1], 'status', 'type', 'body', 'gone')
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'begun'}
