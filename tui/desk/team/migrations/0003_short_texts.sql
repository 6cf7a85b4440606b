-- Searching for one or two letters, for which trigrams are of no use. For each 128 numbers one row says which pairs of
-- letters occur in the words of the entries that begin there, so a text that is rare is looked for in few places, and one
-- that occurs nowhere in none. It needs no extension.

ALTER TABLE keydesk.chain ADD COLUMN digested bigint NOT NULL DEFAULT 0;  -- blocks that have their row; the newest have none
CREATE TABLE keydesk.digest (
    org integer NOT NULL REFERENCES keydesk.chain,
    block bigint NOT NULL,                              -- entries block * 128 to block * 128 + 127
    pairs text NOT NULL,                                -- each in a line of its own; a superset does no harm
    PRIMARY KEY (org, block)
);
ALTER TABLE keydesk.digest ALTER COLUMN pairs SET STORAGE EXTERNAL;  -- about 1.5 kB, read often
ALTER TABLE keydesk.digest ENABLE ROW LEVEL SECURITY;

-- The pairs of letters in some words; of a line of one letter, that.
CREATE FUNCTION keydesk.pairs_of(p_words text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT substr(line, n, 2)
    FROM (SELECT DISTINCT unnest(string_to_array(p_words, E'\n')) AS line) AS lines,
        generate_series(1, greatest(length(line) - 1, least(length(line), 1))) AS n
$$;

-- What a row lacks of the pairs in some words, each behind the end of a line.
CREATE FUNCTION keydesk.lacking(p_pairs text, p_words text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(E'\n' || pair, ''), '') FROM keydesk.pairs_of(p_words) AS pair
    WHERE strpos(p_pairs, pair) = 0
$$;

-- Makes the rows of the next so many blocks of a chain whose row is locked, and returns how many it made. The newest 512
-- records are left out, since most entries get their outcome within that many.
CREATE FUNCTION keydesk.digest_next(p_org integer, p_most bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head keydesk.chain;
    beyond bigint;
BEGIN
    SELECT * INTO head FROM keydesk.chain WHERE org = p_org;
    beyond := least(head.digested + p_most, (head.seq - 512) / 128);
    IF beyond <= head.digested THEN
        RETURN 0;
    END IF;
    INSERT INTO keydesk.digest
    SELECT p_org, block, (SELECT string_agg(pair, E'\n') FROM keydesk.pairs_of(all_words) AS pair)
    FROM (
        SELECT entry / 128 AS block, string_agg(words, E'\n') AS all_words FROM keydesk.record
        WHERE org = p_org AND entry >= head.digested * 128 AND entry < beyond * 128 GROUP BY 1
    ) AS blocks;
    UPDATE keydesk.chain SET digested = beyond WHERE org = p_org;
    RETURN beyond - head.digested;
END $$;

-- Adds a record to a chain whose row is locked; called by the functions below alone.
CREATE OR REPLACE FUNCTION keydesk.put(
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
    IF p_ref / 128 < head.digested THEN
        UPDATE keydesk.digest SET pairs = pairs || keydesk.lacking(pairs, p_words)
        WHERE org = p_org AND block = p_ref / 128 AND keydesk.lacking(pairs, p_words) <> '';
    END IF;
    IF (head.seq + 1) % 128 = 0 THEN
        PERFORM keydesk.digest_next(p_org, 2);  -- two, so that what is behind catches up
    END IF;
    RETURN head.seq + 1;
END $$;

-- Returns the entries whose words hold a text of one or two letters, newest first.
CREATE FUNCTION keydesk.find_short(p_origin text, p_text text, p_below bigint, p_most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine keydesk.member := keydesk.membership(p_origin);
    edge bigint;
    number bigint;
    block_start bigint;
    before_block bigint;
    looked_at integer;
    left_over integer := p_most;
BEGIN
    SELECT digested * 128 INTO edge FROM keydesk.chain WHERE org = mine.org;
    before_block := (least(p_below, edge) + 127) / 128;
    FOR number IN
        SELECT DISTINCT entry FROM keydesk.record
        WHERE org = mine.org AND entry >= edge AND entry < p_below AND strpos(words, p_text) > 0
        ORDER BY entry DESC LIMIT p_most
    LOOP
        left_over := left_over - 1;
        RETURN NEXT number;
    END LOOP;
    WHILE left_over > 0 LOOP  -- so many rows at once as may be needed, so that not all of them are read for the newest
        looked_at := 0;
        FOR block_start IN
            SELECT block * 128 FROM keydesk.digest
            WHERE org = mine.org AND block < before_block AND strpos(pairs, p_text) > 0
            ORDER BY block DESC LIMIT p_most
        LOOP
            looked_at := looked_at + 1;
            before_block := block_start / 128;
            FOR number IN
                SELECT DISTINCT entry FROM keydesk.record
                WHERE org = mine.org AND entry >= block_start AND entry < least(block_start + 128, p_below)
                    AND strpos(words, p_text) > 0
                ORDER BY entry DESC LIMIT left_over
            LOOP
                left_over := left_over - 1;
                RETURN NEXT number;
            END LOOP;
            EXIT WHEN left_over <= 0;
        END LOOP;
        EXIT WHEN looked_at < p_most;
    END LOOP;
END $$;

DROP FUNCTION keydesk.find(text, text, bigint, integer, integer);
-- Proposes entries by their words, newest first. The newest records are read as they are: a text that occurs often
-- is found there at once, and for the others the trigrams are quick, unless all of a text's trigrams occur everywhere. So
-- whoever asks may have what is new first, down to the entry p_from, and the rest later.
CREATE FUNCTION keydesk.find(
    p_origin text, p_like text, p_below bigint, p_most integer, p_newest integer, p_from bigint DEFAULT 0
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
        WHERE org = mine.org AND entry < p_below AND entry >= greatest(edge, p_from) AND words || '' LIKE p_like  -- not by the trigrams
        ORDER BY entry DESC LIMIT p_most
    LOOP
        left_over := left_over - 1;
        RETURN NEXT number;
    END LOOP;
    IF left_over > 0 AND edge > p_from THEN
        RETURN QUERY EXECUTE format(  -- planned for this very text
            'SELECT DISTINCT entry FROM keydesk.record WHERE org = %L AND entry < %L AND entry >= %L AND words LIKE %L '
            'ORDER BY entry DESC LIMIT %L', mine.org, edge, p_from, p_like, left_over);
    END IF;
END $$;

REVOKE ALL ON FUNCTION keydesk.pairs_of, keydesk.lacking, keydesk.digest_next, keydesk.find_short, keydesk.find FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keydesk.find_short, keydesk.find TO keydesk_agent;
