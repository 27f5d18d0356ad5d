/** 005: logs that went on after a restored backup, and how far the weeding of a name has come. */

export const sql = `
-- LEDGER. After a restored backup a log goes on under another name; a row says what was signed before, and is gone.
CREATE TABLE log_continued (
  -- Which log of this deployment it is: the first has no row.
  number int PRIMARY KEY CHECK (number >= 2),
  origin text NOT NULL UNIQUE,
  key text NOT NULL,
  -- Leaves that the restored database had, and the root over them.
  kept_size bigint NOT NULL,
  kept_root bytea NOT NULL CHECK (length(kept_root) = 32),
  kept_note text,
  -- The last checkpoints of the logs before: [{origin, key, size, note}].
  before jsonb NOT NULL,
  because text NOT NULL,
  begun_by text NOT NULL,
  begun_at timestamptz(3) NOT NULL
);

-- PEOPLE. The period of weeding runs from when they left. A name is gone for good once no copy of its key is left anywhere.
ALTER TABLE person
  ADD COLUMN left_at timestamptz(3),
  ADD COLUMN key_gone_at timestamptz(3),
  ADD COLUMN weeding_complete_at timestamptz(3);
CREATE INDEX person_weeding ON person (weeded_at) WHERE weeded_at IS NOT NULL AND weeding_complete_at IS NULL;
`
