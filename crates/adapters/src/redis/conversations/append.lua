-- Stores a turn once: question and answer together, at the end, in a conversation that is there.
-- KEYS  head, turns, ids, lock
-- ARGV  1 turn id  2 turn ("expires_us\nquestion\nanswer")  3 title  4 now_us  5 end of the conversation
--       6 turns kept at most  7 whether to create it  8 fence of the lease, 0 without one  9 grace_ms
-- Gives {"ok", turns, created_us, last_us, turns held, title}, {"missing"} or {"busy"}.
-- Times are microseconds; a Lua number holds them exactly until the year 2255.

local now, ends = tonumber(ARGV[4]), tonumber(ARGV[5])

-- Somebody took the conversation after us: our lease had ended, and our turn must not follow theirs.
if ARGV[8] ~= '0' then
  local fence = redis.call('HGET', KEYS[4], 'fence')
  if fence and fence ~= ARGV[8] then return {'busy'} end
end

local head = redis.call('HMGET', KEYS[1], 'turns', 'created', 'last', 'ends', 'title', 'deleted')
if head[6] then return {'missing'} end
local is_known = head[1] and tonumber(head[4]) > now
if not is_known and ARGV[7] ~= '1' then return {'missing'} end

local turns, created, last, title = 0, now, now, ARGV[3]
if is_known then
  turns, created, title = tonumber(head[1]), tonumber(head[2]), head[5]
  -- A clock that steps back never makes a conversation older than it was.
  last, ends = math.max(tonumber(head[3]), now), math.max(tonumber(head[4]), ends)
end

local whole = function(number) return string.format('%.0f', number) end

local is_new = turns == 0 or not redis.call('LPOS', KEYS[3], ARGV[1])
if is_new then
  turns = turns + 1
  -- The first write is one that a full server refuses, so that it refuses all.
  redis.call('HSET', KEYS[1], 'turns', turns, 'created', whole(created), 'last', whole(last),
    'ends', whole(ends), 'title', title, 'newest', string.match(ARGV[2], '^%d+'))
  -- What is past its time must not come back with a new life.
  if not is_known then redis.call('DEL', KEYS[2], KEYS[3]) end
  redis.call('RPUSH', KEYS[2], ARGV[2])
  redis.call('RPUSH', KEYS[3], ARGV[1])
  redis.call('LTRIM', KEYS[2], -tonumber(ARGV[6]), -1)
  redis.call('LTRIM', KEYS[3], -tonumber(ARGV[6]), -1)
  for _ = 1, tonumber(ARGV[6]) do
    local oldest = redis.call('LINDEX', KEYS[2], 0)
    if not oldest or tonumber(string.match(oldest, '^%d+')) > now then break end
    redis.call('LPOP', KEYS[2])
    redis.call('LPOP', KEYS[3])
  end
  local kept = whole(math.ceil((ends - now) / 1000) + tonumber(ARGV[9]))
  for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], kept) end
end

-- The turn is over: whoever waits need not wait for our letting go. Of a conversation that is new nobody
-- else has had the lock.
if not is_known then redis.call('DEL', KEYS[4])
elseif ARGV[8] ~= '0' then redis.call('HSET', KEYS[4], 'until', 0) end

return {'ok', turns, whole(created), whole(last), redis.call('LLEN', KEYS[2]), title}
