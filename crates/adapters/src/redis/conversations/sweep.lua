-- Removes what of a conversation is past its time.
-- KEYS  head, turns, ids
-- ARGV  1 now_us  2 a last activity up to which conversations go, in us  3 turns looked at at most
-- Gives false when nothing is left of it, or else when there is something to do next, in us.

local now = tonumber(ARGV[1])
local head = redis.call('HMGET', KEYS[1], 'ends', 'last')
if not head[1] then return false end
if tonumber(head[1]) <= now or tonumber(head[2]) <= tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  return false
end
for _ = 1, tonumber(ARGV[3]) do
  local oldest = redis.call('LINDEX', KEYS[2], 0)
  if not oldest then break end
  local ends = tonumber(string.match(oldest, '^%d+'))
  if ends > now then return string.format('%.0f', math.min(ends, tonumber(head[1]))) end
  redis.call('LPOP', KEYS[2])
  redis.call('LPOP', KEYS[3])
end
return head[1]
