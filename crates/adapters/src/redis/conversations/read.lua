-- Reads a conversation: its head and some of its turns, as of one instant.
-- KEYS  head, turns
-- ARGV  1 now_us  2 the first turn that is wanted, 0 for the last ones  3 how many
-- Gives nil, or {turns, created_us, last_us, title, turns held, number of the first one given, {turn …}}.

local head = redis.call('HMGET', KEYS[1], 'turns', 'created', 'last', 'ends', 'title', 'newest')
if not head[1] or tonumber(head[4]) <= tonumber(ARGV[1]) then return false end

local now, wanted, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('LLEN', KEYS[2])
-- The newest turn is not past its time, and is not there: Redis evicted it. That is no empty conversation.
if held == 0 and count > 0 and head[6] and tonumber(head[6]) > now then
  return redis.error_reply('DATADAMAGED the turns of a conversation are gone and its head is there')
end
-- What is past its time lies at the front until the next turn or the sweep removes it.
local past = 0
while past < held do
  if tonumber(string.match(redis.call('LINDEX', KEYS[2], past), '^%d+')) > now then break end
  past = past + 1
end

local oldest = tonumber(head[1]) - held + 1
local from = wanted > 0 and wanted - oldest or held - count
from = math.max(from, past)
local found = {}
if count > 0 and from < held then found = redis.call('LRANGE', KEYS[2], from, from + count - 1) end
return {tonumber(head[1]), head[2], head[3], head[5], held - past, oldest + from, found}
