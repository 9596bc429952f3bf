-- What the store sends for a batch of events, for pgbench: the same statements over the same tables, in the same three
-- transactions' worth, over rows that the server makes itself. `batch` is how many, `millis` the time in their ids.
SELECT max(nextval('hookline.event_places')) AS base FROM generate_series(1, :batch::int) \gset
BEGIN;
INSERT INTO hookline.dedupe_keys AS d (source, key, event, expires_at)
    SELECT 'shop', sha256(int8send(:base::bigint - i)), (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid,
        now() + interval '2 days'
    FROM generate_series(0, :batch::int - 1) i ORDER BY 1, 2
    ON CONFLICT (source, key) DO UPDATE SET
        event = CASE WHEN d.expires_at <= now() THEN excluded.event ELSE d.event END,
        expires_at = CASE WHEN d.expires_at <= now() THEN excluded.expires_at ELSE d.expires_at END
    RETURNING source, key, event, expires_at;
SELECT nextval('hookline.message_places') FROM generate_series(1, :batch::int);
\startpipeline
INSERT INTO hookline.events (id, place, source, type, sender_id, time, received_at, disposition, message_count)
    SELECT (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid, :base::bigint - i, 'shop', 'orders/paid',
        'evt-' || i, now(), now(), 'matched', 1
    FROM generate_series(0, :batch::int - 1) i;
INSERT INTO hookline.event_bodies (event, headers, body)
    SELECT (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid,
        '[["Content-Type","application/json"],["User-Agent","Shop/1.0"],["Accept","*/*"]]',
        convert_to('{"id": ' || i || ', "note": "' || repeat('n', 570) || '"}', 'UTF8')
    FROM generate_series(0, :batch::int - 1) i;
INSERT INTO hookline.messages (id, place, event, source, rule, account, state, reason, due_at, on_uncertain, ages_from,
        steps, created_at, updated_at, recipient, began, noteworthy)
    SELECT (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid, :base::bigint - i,
        (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid, 'shop', 'order-paid', 'main', 'queued',
        'the rule matched', now(), 'retry', now(), 1, now(), now(), 'phone:91981' || (1000000 + i),
        '["step",1764288000000000,null,"queued","the rule matched"]' || chr(10), false
    FROM generate_series(0, :batch::int - 1) i;
INSERT INTO hookline.message_requests (message, request)
    SELECT (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid,
        convert_to('{"to":"91981' || (1000000 + i) || '","type":"text","text":{"body":"Namaste Asha, we have your order '
            || i || ' over ₹698.00 and send it today."}}', 'UTF8')
    FROM generate_series(0, :batch::int - 1) i;
INSERT INTO hookline.waiting (account, due_at, place, message)
    SELECT 'main', now(), :base::bigint - i, (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid
    FROM generate_series(0, :batch::int - 1) i;
COMMIT;
\endpipeline
\startpipeline
BEGIN;
WITH s AS MATERIALIZED (
    SELECT (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:last::bigint - i), 20, '0'))::uuid AS message, 1::bigint AS claim,
        'accepted' AS state, 'the partner took it' AS reason, NULL::timestamptz AS due_at, 1::bigint AS attempts,
        'wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgS' AS partner_id, 1::bigint AS steps, now() AS at,
        '["step",1764288000000000,"sending","accepted","the partner took it"]' || chr(10) AS story
    FROM generate_series(0, :batch::int - 1) i),
l AS (
    DELETE FROM hookline.leases l USING s WHERE l.message = s.message AND l.claim = s.claim
    RETURNING l.message, l.steps, l.story),
m AS (
    UPDATE hookline.messages m SET state = s.state, reason = s.reason, due_at = s.due_at, claims = s.claim,
        attempts = s.attempts, partner_id = coalesce(s.partner_id, m.partner_id), steps = m.steps + l.steps + s.steps,
        updated_at = s.at, noteworthy = false
    FROM s JOIN l ON l.message = s.message WHERE m.id = s.message
    RETURNING m.id, m.account, m.due_at, m.place, m.steps, l.story || s.story AS story),
t AS (INSERT INTO hookline.stories (message, number, lines) SELECT id, steps, story FROM m),
w AS (
    INSERT INTO hookline.waiting (account, due_at, place, message)
    SELECT account, due_at, place, id FROM m WHERE due_at IS NOT NULL)
SELECT id FROM m;
WITH c AS MATERIALIZED (
    SELECT account, due_at, place FROM hookline.waiting
    WHERE account = 'main' AND due_at >= now() - interval '1 minute' AND due_at <= now()
    ORDER BY account, due_at, place LIMIT :batch::int FOR UPDATE SKIP LOCKED),
d AS (
    DELETE FROM hookline.waiting w USING c
    WHERE (w.account, w.due_at, w.place) = (c.account, c.due_at, c.place) RETURNING w.message)
SELECT m.*, r.request FROM d JOIN hookline.messages m ON m.id = d.message
    LEFT JOIN hookline.message_requests r ON r.message = m.id
    ORDER BY m.due_at, m.place;
SELECT due_at FROM hookline.waiting WHERE account = 'main' AND due_at >= now() - interval '1 minute'
    ORDER BY due_at LIMIT 1;
\endpipeline
INSERT INTO hookline.leases (message, node, claim, claimed_at, lease_ends, reason, steps, story)
    SELECT (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid, 'pgbench', 1, now(),
        now() + interval '60 seconds', 'due', 1, '["step",1764288000000000,"queued","sending","due"]' || chr(10)
    FROM generate_series(0, :batch::int - 1) i;
COMMIT;
\set last :base
