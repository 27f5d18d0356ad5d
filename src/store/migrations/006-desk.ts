/** 006: the desk: reports, cases and their items, what was found and said of them, and who works on what. */

export const sql = `
CREATE TABLE desk_case (
  number text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('hotline', 'platform', 'device', 'referral', 'young-people', 'workplace')),
  state text NOT NULL CHECK (state IN ('screening', 'waiting', 'second', 'third', 'decided', 'closed')),
  opened_at timestamptz(3) NOT NULL,
  -- The order of the queue, column by column: no weighing, so that it can be said in one line.
  at_risk boolean NOT NULL DEFAULT false,
  grade_one boolean NOT NULL DEFAULT false,
  severity smallint NOT NULL DEFAULT 1 CHECK (severity BETWEEN 0 AND 3),
  due_at timestamptz(3),
  confidence smallint NOT NULL DEFAULT 0 CHECK (confidence BETWEEN 0 AND 3),
  trust smallint NOT NULL DEFAULT 1 CHECK (trust BETWEEN 0 AND 2),
  ordered_by text,
  ordered_points smallint,
  received_at timestamptz(3) NOT NULL,
  -- One at a time; it lapses by itself.
  claimed_by text REFERENCES person,
  claimed_for text CHECK (claimed_for IN ('assess', 'second-review', 'adjudicate')),
  claimed_until timestamptz(3),
  held_because text,
  closed_at timestamptz(3),
  closed_because text,
  -- When it last came to wait again after it was decided or closed: its clocks begin anew then.
  reopened_at timestamptz(3),
  version int NOT NULL
);
CREATE INDEX desk_case_queue ON desk_case (at_risk DESC, grade_one DESC, severity DESC, due_at ASC NULLS LAST,
  confidence DESC, trust DESC, (coalesce(ordered_points, 0)) DESC, received_at, number)
  WHERE state IN ('waiting', 'second', 'third');
CREATE INDEX desk_case_claimed ON desk_case (claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX desk_case_state ON desk_case (state, opened_at);

CREATE TABLE report (
  id text PRIMARY KEY,
  -- SHA-256 of the reference code: the code itself is told once.
  reference_hash bytea NOT NULL UNIQUE CHECK (length(reference_hash) = 32),
  channel text NOT NULL CHECK (channel IN ('public', 'platform', 'gate', 'scan', 'partner', 'police', 'analyst')),
  kind text NOT NULL CHECK (kind IN ('material', 'page', 'grooming', 'live-abuse', 'concern')),
  from_actor text,
  -- What the sender calls it: the same one sent twice is one report.
  remote_id text,
  trust smallint NOT NULL DEFAULT 1 CHECK (trust BETWEEN 0 AND 2),
  is_anonymous boolean NOT NULL,
  at_risk boolean NOT NULL,
  received_at timestamptz(3) NOT NULL,
  case_number text NOT NULL REFERENCES desk_case,
  has_joined boolean NOT NULL,
  -- Address, words and contact, sealed under the report's own key; a keyed digest of the address finds its open case.
  sealed bytea,
  address_key bytea,
  looked_at timestamptz(3),
  closed_at timestamptz(3),
  weeded_at timestamptz(3),
  -- Until when somebody must have looked, and by which table of clocks; no table: none was held against it yet.
  look_by timestamptz(3),
  clocks text,
  version int NOT NULL
);
CREATE INDEX report_without_clocks ON report (received_at) WHERE clocks IS NULL;
CREATE INDEX report_case ON report (case_number);
CREATE INDEX report_address ON report (address_key) WHERE address_key IS NOT NULL;
CREATE UNIQUE INDEX report_remote ON report (from_actor, remote_id) WHERE remote_id IS NOT NULL;
-- What the gate stopped and is to be a report: written before the gate answers, and gone once the report stands.
CREATE TABLE report_stopped (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  from_actor text NOT NULL,
  remote_id text NOT NULL,
  hashes jsonb NOT NULL,
  at timestamptz(3) NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  next_at timestamptz(3) NOT NULL,
  UNIQUE (from_actor, remote_id)
);
CREATE INDEX report_stopped_due ON report_stopped (next_at, id);

CREATE TABLE case_item (
  id text PRIMARY KEY,
  case_number text NOT NULL REFERENCES desk_case,
  report text REFERENCES report,
  item text REFERENCES vault_item,
  kind text NOT NULL,
  sha256 bytea CHECK (length(sha256) = 32),
  hashes jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL CHECK (state IN ('new', 'known', 'near', 'none', 'unknown', 'voted', 'split', 'decided')),
  screening jsonb,
  -- What waits for the machine: when it is next, and who has it in hand until when.
  screen_after timestamptz(3),
  screen_attempts int NOT NULL DEFAULT 0,
  leased_by text,
  leased_until timestamptz(3),
  stack text NOT NULL,
  decision jsonb,
  decided_at timestamptz(3),
  version int NOT NULL
);
CREATE INDEX case_item_case ON case_item (case_number, id);
CREATE INDEX case_item_sha256 ON case_item (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX case_item_item ON case_item (item) WHERE item IS NOT NULL;
CREATE INDEX case_item_due ON case_item (screen_after) WHERE screen_after IS NOT NULL;

CREATE TABLE vote (
  id text PRIMARY KEY,
  case_item text NOT NULL REFERENCES case_item,
  person text NOT NULL REFERENCES person,
  round smallint NOT NULL CHECK (round BETWEEN 1 AND 4),
  grades jsonb NOT NULL,
  annotation jsonb NOT NULL,
  basis text NOT NULL,
  for_stack boolean NOT NULL,
  -- Given without sight of another's: what agreement is measured from.
  is_blind boolean NOT NULL DEFAULT true,
  -- Why, in words, sealed under the case's key.
  rationale bytea,
  at timestamptz(3) NOT NULL,
  withdrawn_at timestamptz(3)
);
-- One vote a round, and nobody votes twice on one item.
CREATE UNIQUE INDEX vote_round ON vote (case_item, round) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX vote_person ON vote (case_item, person) WHERE withdrawn_at IS NULL;
CREATE INDEX vote_by ON vote (person, at);

CREATE TABLE appeal (
  id text PRIMARY KEY,
  case_number text NOT NULL REFERENCES desk_case,
  case_item text REFERENCES case_item,
  brought_at timestamptz(3) NOT NULL,
  brought_by text NOT NULL,
  because bytea,
  decided_by text REFERENCES person,
  decided_at timestamptz(3),
  outcome text CHECK (outcome IN ('upheld', 'changed', 'withdrawn')),
  -- Sealed, as because is.
  decided_because bytea,
  version int NOT NULL
);
CREATE INDEX appeal_case ON appeal (case_number);

-- Pictures whose right answer is known, all generated: they measure agreement, and never become entries.
CREATE TABLE golden_item (
  case_item text PRIMARY KEY REFERENCES case_item,
  grades jsonb NOT NULL,
  annotation jsonb NOT NULL
);
-- What is to be mixed in: generated again from seed and scene when its time comes. What has this digest is golden, whoever
-- reports it: nothing of it becomes an entry.
CREATE TABLE golden_set (
  id text PRIMARY KEY,
  scheme text NOT NULL,
  seed int NOT NULL,
  pictures int NOT NULL CHECK (pictures > 0),
  made_at timestamptz(3) NOT NULL,
  made_by text NOT NULL,
  version int NOT NULL
);
CREATE TABLE golden_picture (
  sha256 bytea PRIMARY KEY CHECK (length(sha256) = 32),
  golden_set text NOT NULL REFERENCES golden_set,
  scene int NOT NULL,
  grades jsonb NOT NULL,
  annotation jsonb NOT NULL,
  -- Its item of a case, once it is mixed in.
  case_item text UNIQUE REFERENCES case_item,
  brought_at timestamptz(3),
  UNIQUE (golden_set, scene)
);
CREATE INDEX golden_picture_waits ON golden_picture (golden_set, scene) WHERE brought_at IS NULL;
-- A data directory is for demonstration or for work from its first day, and never changes.
CREATE TABLE deployment (is_demonstration boolean NOT NULL, at timestamptz(3) NOT NULL);
CREATE UNIQUE INDEX deployment_one ON deployment ((true));
`
