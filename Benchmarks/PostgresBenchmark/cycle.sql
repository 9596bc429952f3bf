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
        'shdcoiuzm80' || chr(9) || '-q' || chr(9) || '=0' || chr(10), false
    FROM generate_series(0, :batch::int - 1) i;
INSERT INTO hookline.message_requests (message, request)
    SELECT (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid,
        convert_to('{"to":"91981' || (1000000 + i) || '","type":"text","text":{"body":"Namaste Asha, we have your order '
            || i || ' over ₹698.00 and send it today."}}', 'UTF8')
    FROM generate_series(0, :batch::int - 1) i;
INSERT INTO hookline.waiting (account, due_at, place, message)
    SELECT 'main', now(), :base::bigint - i, (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid
    FROM generate_series(0, :batch::int - 1) i;
INSERT INTO hookline.message_counts VALUES (:millis::bigint / 86400000, 'queued', :batch::int);
COMMIT;
\endpipeline
\startpipeline
BEGIN;
WITH s AS MATERIALIZED (
    SELECT (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:last::bigint - i), 20, '0'))::uuid AS message, 1::bigint AS claim,
        'accepted' AS state, 'the partner took it' AS reason, NULL::timestamptz AS due_at, 1::bigint AS attempts,
        'wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgS' AS partner_id, 1::bigint AS steps, now() AS at,
        'shdcoiuzm80' || chr(9) || 'sa' || chr(9) || '=2' || chr(10) || 'a1' || chr(9) || 'hdcoiuzm80' || chr(9) || '2kk0' || chr(9)
            || 'wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgS' || chr(10) AS story
    FROM generate_series(0, :batch::int - 1) i),
k AS MATERIALIZED (
    SELECT s.*, l.tid FROM s CROSS JOIN LATERAL (
        SELECT ctid AS tid FROM hookline.leases WHERE message = s.message OFFSET 0) l),
l AS (
    DELETE FROM hookline.leases l USING k WHERE l.ctid = k.tid AND l.claim = k.claim AND NOT l.called_off
    RETURNING k.*, l.steps AS known, l.story || k.story AS lines, l.claimed_at),
m AS (
    UPDATE hookline.messages m SET state = l.state, reason = l.reason, due_at = l.due_at, claims = l.claim,
        claimed_at = l.claimed_at, attempts = l.attempts, partner_id = coalesce(l.partner_id, m.partner_id),
        steps = m.steps + l.known + l.steps, updated_at = l.at, noteworthy = false,
        went = CASE WHEN m.steps = 1 THEN l.lines ELSE m.went END
    FROM l WHERE m.id = ANY (ARRAY[l.message])
    RETURNING m.id, m.account, m.due_at, m.place, m.steps, l.lines, m.steps - l.known - l.steps = 1 AS is_first),
t AS (INSERT INTO hookline.stories (message, number, lines) SELECT id, steps, lines FROM m WHERE NOT is_first),
w AS (
    INSERT INTO hookline.waiting (account, due_at, place, message)
    SELECT account, due_at, place, id FROM m WHERE due_at IS NOT NULL)
SELECT id FROM m;
WITH c AS MATERIALIZED (
    SELECT ctid FROM hookline.waiting
    WHERE account = 'main' AND due_at >= now() - interval '1 minute' AND due_at <= now()
    ORDER BY account, due_at, place LIMIT :batch::int FOR UPDATE SKIP LOCKED),
d AS (DELETE FROM hookline.waiting w USING c WHERE w.ctid = c.ctid RETURNING w.message)
SELECT m.*, r.request FROM d JOIN hookline.messages m ON m.id = ANY (ARRAY[d.message])
    LEFT JOIN hookline.message_requests r ON r.message = ANY (ARRAY[d.message])
    ORDER BY m.due_at, m.place;
SELECT due_at FROM hookline.waiting WHERE account = 'main' AND due_at > now() ORDER BY due_at LIMIT 1;
\endpipeline
INSERT INTO hookline.leases (message, exchange, claim, claimed_at, lease_ends, reason, steps, story)
    SELECT (lpad(to_hex(:millis::bigint), 12, '0') || lpad(to_hex(:base::bigint - i), 20, '0'))::uuid, 
        '6c3b8f2e-0d64-4d0b-9a5e-7a1f6d2c9b10'::uuid, 1, now(), now() + interval '60 seconds', 'due', 1,
        'shdcoiuzm80' || chr(9) || 'qs' || chr(9) || '=1' || chr(10)
    FROM generate_series(0, :batch::int - 1) i;
INSERT INTO hookline.message_counts VALUES
    (:millis::bigint / 86400000, 'queued', -:batch::int), (:millis::bigint / 86400000, 'accepted', :batch::int);
COMMIT;
\set last :base
