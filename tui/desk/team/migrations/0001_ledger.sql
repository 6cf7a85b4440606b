-- The ledger of a team: one chain of records for each Okta org, and who may read and write it.
-- Run by `keydesk team init` as the owner, in one transaction. Agents get no right to INSERT, UPDATE or DELETE on any
-- table: what they record goes through the functions below, which stamp the name of the role and the database's clock.

CREATE SCHEMA keydesk;
CREATE TABLE keydesk.version (
    number integer PRIMARY KEY,
    applied timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What every agent may do; the roles of the agents are members of it. A role is the whole server's, so another database
-- of the same server may have made it.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keydesk_agent') THEN
        CREATE ROLE keydesk_agent NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database's owner made it just now
END $$;

-- One row for each org. Whoever appends locks it, so records are appended one after the other; and since it holds the
-- newest number and hash, it also shows where records were cut off at the end.
CREATE TABLE keydesk.chain (
    org integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin text NOT NULL UNIQUE,
    seq bigint NOT NULL DEFAULT 0,
    hash text NOT NULL DEFAULT repeat('0', 64),
    rules bigint NOT NULL DEFAULT 0                     -- the entry that changed the desk's rules last; 0 for none
);

-- Which database role works for which org, and under which name. A role of a machine writes `role:agent`, since the
-- machine vouches for the agent; a role of one agent writes its own name alone.
CREATE TABLE keydesk.member (
    role text NOT NULL CHECK (position(':' IN role) = 0),  -- else `a:b` could be a role, or agent b of machine a
    org integer NOT NULL REFERENCES keydesk.chain,
    machine boolean NOT NULL DEFAULT false,
    leads boolean NOT NULL DEFAULT false,
    PRIMARY KEY (role, org)
);

-- The records. seq, at, kind, ref, body, prev and hash are those of keydesk's chain, as text, exactly as they were
-- hashed. The other columns serve the search and the checks, and prove nothing.
CREATE TABLE keydesk.record (
    org integer NOT NULL REFERENCES keydesk.chain,
    seq bigint NOT NULL,
    at text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('intent', 'outcome', 'settled')),
    ref bigint CHECK ((ref IS NULL) = (kind = 'intent')),
    body text NOT NULL CHECK (body !~ '[^\x20-\x7f]'),  -- ASCII, so that the text that is hashed has one spelling
    prev text NOT NULL,
    hash text NOT NULL,
    entry bigint GENERATED ALWAYS AS (coalesce(ref, seq)) STORED,
    notice text,                                        -- key and number of the try; only for notices to employees
    once uuid NOT NULL,                                 -- so that a repeated append is recorded once
    role text NOT NULL,
    carried boolean NOT NULL DEFAULT false,             -- from a ledger that an agent had before
    words text NOT NULL,
    PRIMARY KEY (org, seq),
    CONSTRAINT record_follows_one UNIQUE (org, prev),
    CONSTRAINT record_once UNIQUE (org, once)
);
CREATE UNIQUE INDEX record_of_entry ON keydesk.record (org, entry, kind);
CREATE UNIQUE INDEX record_notice ON keydesk.record (org, notice COLLATE "C") WHERE notice IS NOT NULL;

-- The entries whose outcome nobody knows yet: few, whatever the size of the ledger.
CREATE TABLE keydesk.open_entry (
    org integer NOT NULL,
    entry bigint NOT NULL,
    person text NOT NULL,                               -- whom somebody is acting on; empty once there is an outcome
    agent text NOT NULL,
    title text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (org, entry)
);
CREATE INDEX open_entry_person ON keydesk.open_entry (org, person) WHERE person <> '';

-- What a notice says, so that two watchers never look at the same one at once.
CREATE TABLE keydesk.notice_lock (
    org integer NOT NULL,
    about text NOT NULL,
    PRIMARY KEY (org, about)
);

-- Which membership the connected role has for an org; refuses where it has none. session_user is who connected: unlike
-- current_user, which is the owner inside these functions, nobody but a superuser can change it.
CREATE FUNCTION keydesk.membership(p_origin text) RETURNS keydesk.member
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine keydesk.member;
BEGIN
    SELECT m.* INTO mine FROM keydesk.member m JOIN keydesk.chain c USING (org)
    WHERE m.role = session_user AND c.origin = p_origin;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% does not work for %', session_user, p_origin USING ERRCODE = 'KD001';
    END IF;
    RETURN mine;
END $$;

-- A body as JSON to look into; PostgreSQL's texts hold no NUL, so it stands as another sign here.
CREATE FUNCTION keydesk.said(p_body text) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT replace(p_body, '\u0000', '\ufffd')::json $$;

-- Adds a record to a chain whose row is locked; called by the functions below alone.
CREATE FUNCTION keydesk.put(
    p_org integer, p_at text, p_kind text, p_ref bigint, p_body text, p_once uuid, p_words text, p_carried boolean
) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head keydesk.chain;
    digest text;
BEGIN
    SELECT * INTO head FROM keydesk.chain WHERE org = p_org;
    digest := encode(sha256(convert_to(
        '[' || head.seq + 1 || ',"' || p_at || '","' || p_kind || '",' || coalesce(p_ref::text, 'null') || ','
        || to_json(p_body)::text || ',"' || head.hash || '"]', 'UTF8')), 'hex');
    INSERT INTO keydesk.record (org, seq, at, kind, ref, body, prev, hash, notice, once, role, carried, words)
    VALUES (p_org, head.seq + 1, p_at, p_kind, p_ref, p_body, head.hash, digest,
        CASE WHEN p_kind = 'intent' THEN nullif(keydesk.said(p_body) ->> 'notice', '') END,
        p_once, session_user, p_carried, p_words);
    UPDATE keydesk.chain SET seq = head.seq + 1, hash = digest WHERE org = p_org;
    RETURN head.seq + 1;
END $$;

-- Keeps open_entry as a new record leaves it.
CREATE FUNCTION keydesk.note_open(p_org integer, p_kind text, p_entry bigint, p_body text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said json := keydesk.said(p_body);
BEGIN
    IF p_kind = 'intent' THEN
        INSERT INTO keydesk.open_entry VALUES (p_org, p_entry,
            CASE WHEN coalesce(said ->> 'notice', '') = '' THEN said ->> 'person_id' ELSE '' END,
            said ->> 'agent', said ->> 'title', clock_timestamp());
    ELSIF p_kind = 'outcome' AND said ->> 'outcome' = 'unknown' THEN
        UPDATE keydesk.open_entry SET person = '' WHERE org = p_org AND entry = p_entry;
    ELSE
        DELETE FROM keydesk.open_entry WHERE org = p_org AND entry = p_entry;
    END IF;
END $$;

-- Records one intent, outcome or settlement, and returns its number. All of an agent's writing goes through here.
--   p_once   a number that the caller makes up: a call that is repeated because its answer was lost records nothing
--   p_busy   how long another agent's intent for the same person stands in the way
CREATE FUNCTION keydesk.append(
    p_origin text, p_kind text, p_ref bigint, p_body text, p_once uuid, p_words text, p_busy interval
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine keydesk.member := keydesk.membership(p_origin);
    said json := keydesk.said(p_body);
    name text;
    number bigint;
    other keydesk.open_entry;
BEGIN
    PERFORM 1 FROM keydesk.chain WHERE org = mine.org FOR UPDATE;
    SELECT seq INTO number FROM keydesk.record WHERE org = mine.org AND once = p_once;
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
        PERFORM 1 FROM keydesk.record WHERE org = mine.org AND seq = p_ref AND kind = 'intent';
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

-- Appends a record of a ledger that was kept elsewhere, with its own time; for the owner alone.
CREATE FUNCTION keydesk.carry(
    p_origin text, p_at text, p_kind text, p_ref bigint, p_body text, p_once uuid, p_words text
) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_org integer;
    number bigint;
BEGIN
    SELECT org INTO STRICT of_org FROM keydesk.chain WHERE origin = p_origin FOR UPDATE;
    SELECT seq INTO number FROM keydesk.record WHERE org = of_org AND once = p_once;
    IF FOUND THEN
        RETURN number;
    END IF;
    number := keydesk.put(of_org, p_at, p_kind, p_ref, p_body, p_once, p_words, true);
    PERFORM keydesk.note_open(of_org, p_kind, coalesce(p_ref, number), p_body);
    UPDATE keydesk.open_entry SET person = '' WHERE org = of_org AND entry = number;
    RETURN number;
END $$;

-- Whether this transaction may decide about a notice now; false where another watcher is deciding about it.
CREATE FUNCTION keydesk.take_notice(p_origin text, p_about text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine keydesk.member := keydesk.membership(p_origin);
BEGIN
    INSERT INTO keydesk.notice_lock VALUES (mine.org, p_about) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM keydesk.notice_lock WHERE org = mine.org AND about = p_about FOR UPDATE SKIP LOCKED;
    RETURN FOUND;
END $$;

-- Returns the entries of notices whose key lies between two texts, newest first. A function, as the next one, since an
-- index cannot serve a condition that row security does not trust; it asks for the membership itself.
CREATE FUNCTION keydesk.notices(
    p_origin text, p_from text, p_before text, p_since text, p_most integer
) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine keydesk.member := keydesk.membership(p_origin);
BEGIN
    RETURN QUERY SELECT seq FROM keydesk.record
    WHERE org = mine.org AND notice COLLATE "C" >= p_from AND notice COLLATE "C" < p_before
        AND at COLLATE "C" >= p_since
    ORDER BY seq DESC LIMIT p_most;
END $$;

-- Proposes entries by their words, newest first. The newest records are read as they are: a text that occurs often
-- is found there at once, and for the others the trigrams are quick.
CREATE FUNCTION keydesk.find(
    p_origin text, p_like text, p_below bigint, p_most integer, p_newest integer
) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine keydesk.member := keydesk.membership(p_origin);
    edge bigint;
    number bigint;
    left_over integer := p_most;
BEGIN
    SELECT least(p_below, seq + 1) - p_newest INTO edge FROM keydesk.chain WHERE org = mine.org;
    FOR number IN
        SELECT DISTINCT entry FROM keydesk.record
        WHERE org = mine.org AND entry < p_below AND entry >= edge AND words || '' LIKE p_like  -- not by the trigrams
        ORDER BY entry DESC LIMIT p_most
    LOOP
        left_over := left_over - 1;
        RETURN NEXT number;
    END LOOP;
    IF left_over > 0 AND edge > 0 THEN
        RETURN QUERY EXECUTE format(  -- planned for this very text
            'SELECT DISTINCT entry FROM keydesk.record WHERE org = %L AND entry < %L AND words LIKE %L '
            'ORDER BY entry DESC LIMIT %L', mine.org, edge, p_like, left_over);
    END IF;
END $$;

ALTER TABLE keydesk.chain ENABLE ROW LEVEL SECURITY;
ALTER TABLE keydesk.member ENABLE ROW LEVEL SECURITY;
ALTER TABLE keydesk.record ENABLE ROW LEVEL SECURITY;
ALTER TABLE keydesk.open_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON keydesk.member FOR SELECT TO keydesk_agent USING (role = session_user);
CREATE POLICY own ON keydesk.chain FOR SELECT TO keydesk_agent
    USING (org = ANY (ARRAY(SELECT m.org FROM keydesk.member m WHERE m.role = session_user)));
CREATE POLICY own ON keydesk.record FOR SELECT TO keydesk_agent
    USING (org = ANY (ARRAY(SELECT m.org FROM keydesk.member m WHERE m.role = session_user)));
CREATE POLICY own ON keydesk.open_entry FOR SELECT TO keydesk_agent
    USING (org = ANY (ARRAY(SELECT m.org FROM keydesk.member m WHERE m.role = session_user)));

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA keydesk FROM PUBLIC;
GRANT USAGE ON SCHEMA keydesk TO keydesk_agent;
GRANT SELECT ON keydesk.version, keydesk.chain, keydesk.member, keydesk.record, keydesk.open_entry TO keydesk_agent;
GRANT EXECUTE ON FUNCTION keydesk.membership, keydesk.append, keydesk.take_notice, keydesk.notices, keydesk.find
    TO keydesk_agent;
