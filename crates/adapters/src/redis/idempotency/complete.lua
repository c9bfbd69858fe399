-- Keeps a response. The first one stays until its time is over.
-- KEYS  record
-- ARGV  1 digest of the body  2 now_us  3 end, us  4 status  5 content type  6 body
--       7 how long Redis keeps it, ms

local record = redis.call('HMGET', KEYS[1], 'ends', 'status', 'gone')
-- The conversation that it speaks of was deleted in the meantime.
if record[3] then
  redis.call('DEL', KEYS[1])
  return 0
end
if record[2] and tonumber(record[1]) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'print', ARGV[1], 'ends', ARGV[3], 'status', ARGV[4], 'type', ARGV[5], 'body', ARGV[6])
redis.call('HDEL', KEYS[1], 'holder')
redis.call('PEXPIRE', KEYS[1], ARGV[7])
return 1
