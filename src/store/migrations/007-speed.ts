/** 007: digests of changes over rows as they are sent, and leaves that do not look their event up. */

export const sql = `
-- LEDGER. An event and its leaf are written by one statement, and verified against each other; to look each event up again as its
-- leaf came was a quarter of what writing the two costs. A leaf may also outlive its event.
ALTER TABLE leaf DROP CONSTRAINT leaf_event_fkey;

-- DIGESTS. Form 1: lines are rows as PostgreSQL prints them. Form 2: blocks are rows as it sends them, each with its
-- columns' lengths.
ALTER TABLE change ADD COLUMN form smallint NOT NULL DEFAULT 1 CHECK (form IN (1, 2));
ALTER TABLE change ALTER COLUMN form SET DEFAULT 2;

CREATE OR REPLACE FUNCTION change_digest(this int) RETURNS bytea LANGUAGE plpgsql STABLE
SET bytea_output = 'hex' SET client_encoding = 'UTF8' SET jit = off SET work_mem = '96MB'
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  it change;
  block bytea;
  came bytea := '';
  ended bytea;
  rest bytea;
BEGIN
  SELECT * INTO STRICT it FROM change WHERE id = this;
  FOR number IN coalesce(it.row_first / 4096, 1) .. coalesce(it.row_last / 4096, 0) LOOP
    IF it.form = 1 THEN
      SELECT sha256(string_agg(hash, ''::bytea)) INTO block FROM (
        SELECT sha256(convert_to(
            ROW(e.row, e.entry, e.key, e.trust, e.md5, e.sha1, e.sha256, e.pdq, e.photodna, e.categories, e.label,
                e.source, e.provenance, e.extra)::text, 'UTF8')) AS hash
          FROM entry e WHERE e.row BETWEEN number * 4096 AND number * 4096 + 4095 AND e.since = this ORDER BY e.row) line;
    ELSE
      SELECT sha256(string_agg(sent, ''::bytea)) INTO block FROM (
        SELECT record_send(
            ROW(e.row, e.entry, e.key, e.trust, e.md5, e.sha1, e.sha256, e.pdq, e.photodna, e.categories, e.label,
                e.source, e.provenance, e.extra)) AS sent
          FROM entry e WHERE e.row BETWEEN number * 4096 AND number * 4096 + 4095 AND e.since = this ORDER BY e.row) line;
    END IF;
    came := came || coalesce(block, '');
  END LOOP;
  SELECT string_agg(sha256(convert_to(ROW(row, because)::text, 'UTF8')), ''::bytea ORDER BY row) INTO ended
    FROM entry WHERE until = this;
  SELECT string_agg(sha256(convert_to(text, 'UTF8')), ''::bytea ORDER BY part, id) INTO rest FROM (
    SELECT 1, id, ROW(id, entry, trust, extract(epoch FROM disabled_until), because, actor)::text
      FROM judgement WHERE since = this
    UNION ALL
    SELECT 2, id, ROW(id)::text FROM judgement WHERE until = this
    UNION ALL
    SELECT 3, 0, ROW(it.list, it.kind, it.actor, extract(epoch FROM it.at), it.terms, it.because)::text
  ) line (part, id, text);
  RETURN sha256(sha256(came) || sha256(coalesce(ended, '')) || sha256(rest));
END
$$;
`
