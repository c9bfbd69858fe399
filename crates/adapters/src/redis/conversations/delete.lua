-- Deletes a conversation. What stays for a while says that it was deleted, so that a turn which is
-- still on its way cannot bring it back.
-- KEYS  head, turns, ids, replies
-- ARGV  1 how long that stays, in ms
-- Gives {1 or 0 when there was none, {replies that are to be forgotten}}.

if redis.call('HEXISTS', KEYS[1], 'turns') == 0 then return {0, {}} end
local replies = redis.call('SMEMBERS', KEYS[4])
-- First the deletion: a full server takes it, and with it the mark.
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
redis.call('HSET', KEYS[1], 'deleted', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {1, replies}
