-- Decides on one request and counts it if it is allowed: a bucket that leaks (GCRA) and an exact rolling
-- minute. What is refused costs nothing.
-- KEYS  bucket, minute
-- ARGV  1 requests a minute  2 at once  3 window, us  4 step back of the clock that is ignored, us
--       5 now_us, empty for the clock of Redis
-- Gives {allowed, backlog, requests in the window, age of the first, of the last, of the last excess one}.
-- One request adds a window to the backlog, a microsecond leaks the requests a minute.

local rate, burst, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now
if ARGV[5] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
else
  now = tonumber(ARGV[5])
end

local whole = function(number) return string.format('%.0f', number) end
local state = redis.call('HMGET', KEYS[1], 'seen', 'backlog')
local seen, backlog = tonumber(state[1] or 0), tonumber(state[2] or 0)
local save = false

-- The clock was set back (or another server with another clock took over): what is remembered is set back
-- with it, so that nobody waits for the old time to come again.
local behind = seen - now
if behind > tonumber(ARGV[4]) then
  local all = redis.call('LRANGE', KEYS[2], 0, -1)
  redis.call('DEL', KEYS[2])
  for _, at in ipairs(all) do redis.call('RPUSH', KEYS[2], whole(tonumber(at) - behind)) end
  seen, save = now, true
end
now = math.max(now, seen)
backlog = math.max(0, backlog - (now - seen) * rate)

for _ = 1, redis.call('LLEN', KEYS[2]) do
  if now - tonumber(redis.call('LINDEX', KEYS[2], 0)) < window then break end
  redis.call('LPOP', KEYS[2])
end
local admitted = redis.call('LLEN', KEYS[2])

local allowed = backlog + window <= burst * window and admitted < rate
if allowed then
  backlog, admitted, save = backlog + window, admitted + 1, true
  redis.call('RPUSH', KEYS[2], whole(now))
end
if save then
  redis.call('HSET', KEYS[1], 'seen', whole(now), 'backlog', whole(backlog))
  -- Both end when they say nothing any more.
  redis.call('PEXPIRE', KEYS[1], whole(math.max(window, backlog / math.max(rate, 1)) / 1000 + 1000))
  redis.call('PEXPIRE', KEYS[2], whole(window / 1000 + 1000))
end

local age = function(index)
  local at = redis.call('LINDEX', KEYS[2], index)
  return at and whole(now - tonumber(at)) or ''
end
return {allowed and 1 or 0, whole(backlog), admitted, age(0), age(-1), age(math.max(0, admitted - rate))}
