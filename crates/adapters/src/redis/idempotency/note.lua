-- Notes at a conversation that a response speaks of it, before the response is kept.
-- KEYS  head of the conversation, its replies
-- ARGV  1 what names the response  2 how long Redis keeps it, ms
-- Gives 1, or 0 when the conversation was deleted: then nothing is to be kept.

if redis.call('HEXISTS', KEYS[1], 'deleted') == 1 then return 0 end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
