/** 001: events and leaves, lists with every version of their entries, clients, sources, and what goes out. */

export const sql = `
CREATE TABLE event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream text NOT NULL,
  version int NOT NULL CHECK (version > 0),
  kind text NOT NULL,
  actor text NOT NULL,
  at timestamptz(3) NOT NULL,
  body jsonb NOT NULL,
  salt bytea NOT NULL CHECK (length(salt) = 32),
  UNIQUE (stream, version)
);

-- A leaf is SHA-256(salt || canonical event); a sequencer numbers leaves after commit.
CREATE TABLE leaf (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event bigint NOT NULL UNIQUE REFERENCES event,
  hash bytea NOT NULL CHECK (length(hash) = 32)
);

CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL);
INSERT INTO counter VALUES ('change', 0), ('retro-change', 0), ('retro-passed', 0);

CREATE TABLE list (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('alert', 'known-good')),
  publisher text NOT NULL,
  terms text NOT NULL,
  uses text[] NOT NULL,
  trust smallint NOT NULL,
  scheme text,
  enabled_ratio real NOT NULL DEFAULT 1 CHECK (enabled_ratio BETWEEN 0 AND 1),
  version int NOT NULL,
  entries int NOT NULL DEFAULT 0,
  changed_at timestamptz(3) NOT NULL,
  removed_at timestamptz(3)
);
CREATE UNIQUE INDEX list_name ON list (name) WHERE removed_at IS NULL;

-- Ids of one list's changes grow with time, since a change locks its list; number, given last, is the order of commits.
CREATE TABLE change (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number int UNIQUE,
  -- When it was numbered, by the database's clock; never earlier than the change numbered before it.
  numbered_at timestamptz(3),
  list int NOT NULL REFERENCES list,
  kind text NOT NULL,
  actor text NOT NULL,
  at timestamptz(3) NOT NULL,
  added int NOT NULL DEFAULT 0,
  replaced int NOT NULL DEFAULT 0,
  withdrawn int NOT NULL DEFAULT 0,
  unchanged int NOT NULL DEFAULT 0,
  -- Rows of entry that it brought lie from first to last; rows of other lists may lie between.
  row_first int,
  row_last int,
  -- What the list was from then on, where that changed: see termsNow in lists.ts.
  terms jsonb,
  because text,
  digest bytea
);
CREATE INDEX change_list ON change (list, id);

CREATE SEQUENCE entry_row AS int;
-- One row a version of an entry; it stands while since <= change < until.
CREATE TABLE entry (
  row int PRIMARY KEY DEFAULT nextval('entry_row'),
  entry int NOT NULL DEFAULT currval('entry_row'),
  list int NOT NULL,
  since int NOT NULL,
  until int,
  trust smallint NOT NULL,
  key text COLLATE "C" NOT NULL,
  md5 bytea,
  sha1 bytea,
  sha256 bytea,
  pdq bytea,
  photodna text,
  categories jsonb,
  label text,
  source text,
  provenance jsonb,
  extra json,
  because text
);
-- That one entry of a list stands under a key is held by the list's lock; a hash index costs half of what a unique one does.
CREATE INDEX entry_key ON entry USING hash (key);
CREATE INDEX entry_list ON entry (list, row);
CREATE INDEX entry_since ON entry USING brin (since);
CREATE INDEX entry_until ON entry (until) WHERE until IS NOT NULL;
CREATE INDEX entry_later ON entry (entry) WHERE entry <> row;

-- What whoever keeps this register thinks of an entry, beside what its publisher says; a pull never undoes it.
CREATE TABLE judgement (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry int NOT NULL,
  since int NOT NULL,
  until int,
  trust smallint,
  disabled_until timestamptz,
  because text NOT NULL,
  actor text NOT NULL,
  at timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX judgement_entry ON judgement (entry) WHERE until IS NULL;
CREATE INDEX judgement_every ON judgement (entry);
CREATE INDEX judgement_since ON judgement (since);
CREATE INDEX judgement_until ON judgement (until) WHERE until IS NOT NULL;

-- The digest of a change set, from what stands in the tables, so that it can be worked out again at any later time: SHA-256 over
-- three others: of the entries' versions that came, by blocks of 4096 row numbers; of those that ended; of judgements and of the
-- change itself. Each is over the SHA-256 of its lines in order. A line's text quotes what needs it: no two rows share one.
CREATE FUNCTION change_digest(this int) RETURNS bytea LANGUAGE plpgsql STABLE
SET bytea_output = 'hex' SET jit = off SET work_mem = '96MB' SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  it change;
  block bytea;
  came bytea := '';
  ended bytea;
  rest bytea;
BEGIN
  SELECT * INTO STRICT it FROM change WHERE id = this;
  FOR number IN coalesce(it.row_first / 4096, 1) .. coalesce(it.row_last / 4096, 0) LOOP
    SELECT sha256(string_agg(hash, ''::bytea)) INTO block FROM (
      SELECT sha256(convert_to(
          ROW(e.row, e.entry, e.key, e.trust, e.md5, e.sha1, e.sha256, e.pdq, e.photodna, e.categories, e.label,
              e.source, e.provenance, e.extra)::text, 'UTF8')) AS hash
        FROM entry e WHERE e.row BETWEEN number * 4096 AND number * 4096 + 4095 AND e.since = this ORDER BY e.row) line;
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

-- What is told back to a source about an entry of its list.
CREATE TABLE feedback (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entry int NOT NULL,
  kind text NOT NULL CHECK (kind IN ('affirm', 'dispute')),
  hash_kind text,
  reason text,
  actor text NOT NULL,
  at timestamptz(3) NOT NULL,
  sent_at timestamptz(3),
  attempts int NOT NULL DEFAULT 0,
  -- Tried again not before; null: at once.
  next_at timestamptz(3),
  -- The source cannot be told this: it is not tried again.
  given_up_at timestamptz(3),
  failed_because text
);
CREATE INDEX feedback_entry ON feedback (entry);
CREATE INDEX feedback_unsent ON feedback (id) WHERE sent_at IS NULL AND given_up_at IS NULL;

CREATE TABLE client (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
  scopes text[] NOT NULL,
  lists text[],
  policy jsonb NOT NULL,
  requests_per_minute int,
  retro_webhook text,
  retro_keep_hours int,
  created_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  version int NOT NULL
);
CREATE UNIQUE INDEX client_name ON client (name) WHERE revoked_at IS NULL;

-- The first answer to a request that names an idempotency key; status is null while it is being worked out.
CREATE TABLE idempotent (
  client int NOT NULL REFERENCES client,
  key text NOT NULL,
  request bytea NOT NULL,
  status int,
  body text,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (client, key)
);
CREATE INDEX idempotent_at ON idempotent (at);

-- Retro-match: hashes of what passed, for a short stated time; no bytes, no account.
CREATE TABLE passed (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client int NOT NULL REFERENCES client,
  reference text NOT NULL,
  at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  -- Number of the change as of which it passed.
  number int NOT NULL,
  md5 bytea,
  sha1 bytea,
  sha256 bytea,
  pdq bytea
);
CREATE INDEX passed_expires ON passed (expires_at);
CREATE INDEX passed_client ON passed (client, at);
CREATE INDEX passed_md5 ON passed USING hash (md5);
CREATE INDEX passed_sha1 ON passed USING hash (sha1);
CREATE INDEX passed_sha256 ON passed USING hash (sha256);

-- Signed messages to clients, kept until they were taken or given up.
CREATE TABLE delivery (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client int NOT NULL REFERENCES client,
  kind text NOT NULL,
  body jsonb NOT NULL,
  at timestamptz(3) NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  next_at timestamptz(3) NOT NULL,
  delivered_at timestamptz(3),
  gave_up_at timestamptz(3),
  failed_because text
);
CREATE INDEX delivery_due ON delivery (next_at) WHERE delivered_at IS NULL AND gave_up_at IS NULL;

-- Where each source of a list stands.
CREATE TABLE source (
  name text PRIMARY KEY,
  list int REFERENCES list,
  checkpoint jsonb,
  checkpoint_at timestamptz(3),
  staging jsonb,
  next_at timestamptz(3),
  started_at timestamptz(3),
  succeeded_at timestamptz(3),
  failed_because text,
  failures int NOT NULL DEFAULT 0,
  held jsonb,
  definition jsonb,
  enabled boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 0
);

-- What a pull has fetched and not yet applied: nobody is answered from it.
CREATE TABLE staged (
  source text NOT NULL REFERENCES source ON DELETE CASCADE,
  key text NOT NULL,
  step jsonb NOT NULL,
  PRIMARY KEY (source, key)
);

-- A list offered to a named partner (a client), by its terms.
CREATE TABLE offer (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  list int NOT NULL REFERENCES list,
  client int NOT NULL REFERENCES client,
  at timestamptz(3) NOT NULL,
  actor text NOT NULL,
  ended_at timestamptz(3),
  version int NOT NULL
);
CREATE UNIQUE INDEX offer_pair ON offer (list, client) WHERE ended_at IS NULL;

-- What an HMA client says of a content beside its hashes; it never leaves by an export or an offer.
CREATE TABLE hma_content (
  entry int PRIMARY KEY,
  version int NOT NULL,
  note text,
  metadata json
);

-- Types of signal that HMA clients are answered by less than always.
CREATE TABLE hma_signal (name text PRIMARY KEY, ratio real NOT NULL CHECK (ratio BETWEEN 0 AND 1));
`
