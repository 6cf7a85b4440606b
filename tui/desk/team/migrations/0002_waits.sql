-- What a connection was told when it was made does not reach the server through a pooler in transaction mode, so each record
-- brings it along; and many records share one write to the disk.

-- For this transaction alone: how long it waits for another's, and that it is on disk when it is committed.
CREATE FUNCTION keydesk.begin_record(p_wait interval) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_wait IS NOT NULL THEN
        PERFORM set_config('lock_timeout', (extract(epoch FROM p_wait) * 1000)::bigint::text, true);
    END IF;
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
END $$;

-- A plan that a session made while the ledger was nearly empty is kept until PostgreSQL looks at the table, and by then may
-- read all of an org's records for each new one. So what append looks for is written in a way that one index alone serves.
ALTER TABLE keydesk.record DROP CONSTRAINT record_once, ADD CONSTRAINT record_once UNIQUE (once, org);

DROP FUNCTION keydesk.append(text, text, bigint, text, uuid, text, interval);
-- Records one intent, outcome or settlement, and returns its number. All of an agent's writing goes through here.
--   p_once   a number that the caller makes up: a call that is repeated because its answer was lost records nothing
--   p_busy   how long another agent's intent for the same person stands in the way
--   p_wait   how long to wait for another's transaction, since a pooler keeps back what a session would say of that
CREATE FUNCTION keydesk.append(
    p_origin text, p_kind text, p_ref bigint, p_body text, p_once uuid, p_words text, p_busy interval,
    p_wait interval DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine keydesk.member := keydesk.membership(p_origin);
    said json := keydesk.said(p_body);
    name text;
    number bigint;
    other keydesk.open_entry;
BEGIN
    PERFORM keydesk.begin_record(p_wait);
    PERFORM 1 FROM keydesk.chain WHERE org = mine.org FOR UPDATE;
    SELECT seq INTO number FROM keydesk.record WHERE once = p_once AND org + 0 = mine.org;
    IF FOUND THEN
        RETURN number;
    END IF;
    name := said ->> CASE p_kind WHEN 'intent' THEN 'agent' ELSE 'by' END;
    IF name IS DISTINCT FROM session_user::text AND NOT (mine.machine AND starts_with(name, session_user || ':')) THEN
        RAISE EXCEPTION '% cannot write as %', session_user, name USING ERRCODE = 'KD002';
    END IF;
    IF p_kind = 'intent' THEN
        IF said ->> 'org' IS DISTINCT FROM p_origin THEN
            RAISE EXCEPTION 'this record is of another org' USING ERRCODE = 'KD001';
        END IF;
        IF said ->> 'action' = 'change-desk-rules' AND NOT mine.leads THEN
            RAISE EXCEPTION '% does not lead this desk', session_user USING ERRCODE = 'KD008';
        END IF;
        SELECT * INTO other FROM keydesk.open_entry o
        WHERE o.org = mine.org AND o.person <> '' AND o.person = said ->> 'person_id' AND o.agent <> name
            AND coalesce(said ->> 'notice', '') = '' AND o.since > clock_timestamp() - p_busy
        ORDER BY o.entry LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'another agent is acting on this person' USING ERRCODE = 'KD007',
                DETAIL = json_build_object('entry', other.entry, 'agent', other.agent, 'title', other.title,
                    'since', extract(epoch FROM other.since));
        END IF;
    ELSE
        PERFORM 1 FROM keydesk.record WHERE org = mine.org AND entry = p_ref AND kind = 'intent';
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no such entry' USING ERRCODE = 'KD003';
        END IF;
        PERFORM 1 FROM keydesk.record WHERE org = mine.org AND entry = p_ref AND kind = p_kind;
        IF FOUND THEN
            RAISE EXCEPTION 'that record is there already' USING ERRCODE = CASE p_kind WHEN 'outcome' THEN 'KD004' ELSE 'KD005' END;
        END IF;
        PERFORM 1 FROM keydesk.open_entry WHERE org = mine.org AND entry = p_ref;
        IF p_kind = 'settled' AND NOT FOUND THEN
            RAISE EXCEPTION 'that entry is not open' USING ERRCODE = 'KD005';
        END IF;
    END IF;
    number := keydesk.put(mine.org, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        p_kind, p_ref, p_body, p_once, p_words, false);
    PERFORM keydesk.note_open(mine.org, p_kind, coalesce(p_ref, number), p_body);
    IF p_kind = 'intent' AND said ->> 'action' = 'change-desk-rules' THEN
        UPDATE keydesk.chain SET rules = number WHERE org = mine.org;
    END IF;
    PERFORM pg_notify('keydesk', mine.org || ' ' || number);
    RETURN number;
END $$;

-- Has this transaction be on disk when it is committed, and with it all that was committed before, since the log of the
-- database is written in its order. It needs something to write for that: a message that nobody reads.
CREATE FUNCTION keydesk.flush() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM keydesk.begin_record(NULL);
    PERFORM pg_logical_emit_message(true, 'keydesk', '');
END $$;
SELECT keydesk.flush();  -- an owner who may not do this learns it here

-- The same as append, as a statement of its own: it returns once the record is on disk, and lets go of the chain before.
-- So the next one need not wait for the disk, and of those who do, all are served by one write. Whoever was told nothing
-- yet asks again: a crash in between takes a record away from the end, together with all that follow it.
CREATE PROCEDURE keydesk.record_alone(
    p_origin text, p_kind text, p_ref bigint, p_body text, p_once uuid, p_words text, p_busy interval,
    p_wait interval, INOUT number bigint DEFAULT NULL
)
LANGUAGE plpgsql AS $$
BEGIN
    number := keydesk.append(p_origin, p_kind, p_ref, p_body, p_once, p_words, p_busy, p_wait);
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    COMMIT;
    PERFORM keydesk.flush();
END $$;

DROP FUNCTION keydesk.take_notice(text, text);
-- Whether this transaction may decide about a notice now; false where another watcher is deciding about it.
CREATE FUNCTION keydesk.take_notice(p_origin text, p_about text, p_wait interval DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine keydesk.member := keydesk.membership(p_origin);
BEGIN
    PERFORM keydesk.begin_record(p_wait);
    INSERT INTO keydesk.notice_lock VALUES (mine.org, p_about) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM keydesk.notice_lock WHERE org = mine.org AND about = p_about FOR UPDATE SKIP LOCKED;
    RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION keydesk.begin_record, keydesk.flush, keydesk.append, keydesk.take_notice FROM PUBLIC;
REVOKE ALL ON PROCEDURE keydesk.record_alone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keydesk.flush, keydesk.append, keydesk.take_notice TO keydesk_agent;
GRANT EXECUTE ON PROCEDURE keydesk.record_alone TO keydesk_agent;
