/** 003: the ledger's tree, the vault's items, copies and openings, exports, retention and clocks. */

export const sql = `
-- LEDGER. A leaf gets its number after commit, by one sequencer; hashes of the tree lie in tiles of 256.
ALTER TABLE leaf ADD COLUMN number bigint;
CREATE UNIQUE INDEX leaf_number ON leaf (number) WHERE number IS NOT NULL;
CREATE INDEX leaf_unnumbered ON leaf (id) WHERE number IS NULL;
CREATE TABLE tile (
  level smallint NOT NULL CHECK (level BETWEEN 0 AND 63),
  number bigint NOT NULL,
  hashes bytea NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
  PRIMARY KEY (level, number)
);
CREATE TABLE checkpoint (
  size bigint PRIMARY KEY,
  root bytea NOT NULL CHECK (length(root) = 32),
  note text NOT NULL,
  at timestamptz(3) NOT NULL
);
-- Where checkpoints were put outside this database, and what came back: a witness's cosignature, a time stamp.
CREATE TABLE anchor (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  size bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('file', 'witness', 'timestamp', 'mail')),
  place text NOT NULL,
  at timestamptz(3) NOT NULL,
  proof bytea,
  failed_because text
);
CREATE INDEX anchor_size ON anchor (size);

-- VAULT. Bytes lie outside, sealed; keys lie outside too, and apart.
CREATE TABLE vault_item (
  id text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('quarantined', 'available', 'destroyed')),
  md5 bytea NOT NULL,
  sha1 bytea NOT NULL,
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  size_bytes bigint NOT NULL,
  media_type text NOT NULL,
  custodian text NOT NULL,
  sealed_at timestamptz(3) NOT NULL,
  blob_sha256 bytea NOT NULL CHECK (length(blob_sha256) = 32),
  blob_bytes bigint NOT NULL,
  -- Numbers that came back of the sandbox: hashes by kind, pictures, seconds; no content.
  derived jsonb,
  verified_at timestamptz(3),
  damaged_because text,
  destroyed_at timestamptz(3),
  version int NOT NULL
);
CREATE UNIQUE INDEX vault_item_sha256 ON vault_item (sha256) WHERE state <> 'destroyed';
CREATE INDEX vault_item_verified ON vault_item (verified_at NULLS FIRST) WHERE state <> 'destroyed';
-- A seal under way: what a killed process leaves is known by this, and cleared by who finds the holder's lock free.
CREATE TABLE sealing (id text PRIMARY KEY, holder text NOT NULL, at timestamptz(3) NOT NULL, actor text NOT NULL);
-- Public parts of the identities to which the vault's keys were wrapped; the one that has not ended is in force.
CREATE TABLE vault_identity (
  recipient text PRIMARY KEY,
  since timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  version int NOT NULL
);
CREATE UNIQUE INDEX vault_identity_in_force ON vault_identity ((true)) WHERE ended_at IS NULL;
CREATE TABLE kept_for (
  item text NOT NULL REFERENCES vault_item,
  purpose text NOT NULL,
  profile text NOT NULL,
  since timestamptz(3) NOT NULL,
  until timestamptz(3),
  lapsed_at timestamptz(3),
  -- Why until was decided by hand, in words.
  decided_because text,
  version int NOT NULL,
  PRIMARY KEY (item, purpose, profile)
);
CREATE INDEX kept_for_until ON kept_for (until) WHERE lapsed_at IS NULL;
-- Which cases an item belongs to; a case is a number until the desk knows more of it.
CREATE TABLE item_case (item text NOT NULL REFERENCES vault_item, case_number text NOT NULL, PRIMARY KEY (item, case_number));
CREATE TABLE hold (
  id text PRIMARY KEY,
  item text NOT NULL REFERENCES vault_item,
  because text NOT NULL,
  issuer text NOT NULL,
  review_at timestamptz(3),
  placed_by text NOT NULL,
  placed_at timestamptz(3) NOT NULL,
  released_by text,
  released_at timestamptz(3),
  released_because text,
  version int NOT NULL
);
CREATE INDEX hold_item ON hold (item) WHERE released_at IS NULL;
-- Two people: one proposes, another approves.
CREATE TABLE destruction (
  id text PRIMARY KEY,
  item text NOT NULL REFERENCES vault_item,
  because text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamptz(3) NOT NULL,
  approved_by text,
  approved_at timestamptz(3),
  withdrawn_at timestamptz(3),
  -- From here on there is no way back: no hold is taken any more.
  begun_at timestamptz(3),
  key_gone_at timestamptz(3),
  blob_gone_at timestamptz(3),
  complete_at timestamptz(3),
  version int NOT NULL,
  CHECK (approved_by IS NULL OR approved_by <> proposed_by)
);
CREATE UNIQUE INDEX destruction_open ON destruction (item) WHERE withdrawn_at IS NULL;
-- Every place where a copy may be, until it is accounted for.
CREATE TABLE copy (
  id text PRIMARY KEY,
  -- One item, or null for a place that holds many: a backup of the keys.
  item text REFERENCES vault_item,
  place text NOT NULL,
  label text NOT NULL,
  made_at timestamptz(3) NOT NULL,
  made_by text NOT NULL,
  -- Backups end by themselves.
  expires_at timestamptz(3),
  accounted_at timestamptz(3),
  accounted_by text,
  outcome text,
  proof text,
  version int NOT NULL
);
CREATE INDEX copy_expires ON copy (expires_at) WHERE accounted_at IS NULL;
CREATE INDEX copy_item ON copy (item) WHERE accounted_at IS NULL;

-- OPENINGS: written before a byte is released.
CREATE TABLE opening (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('viewing', 'export', 'processing')),
  item text NOT NULL REFERENCES vault_item,
  person text NOT NULL,
  purpose text NOT NULL,
  case_number text,
  level text,
  region int[],
  -- Of a processing: which job, and the versions of what reads.
  job text,
  versions jsonb,
  basis jsonb,
  override text,
  asked_at timestamptz(3) NOT NULL,
  granted_at timestamptz(3) NOT NULL,
  box_seconds int NOT NULL CHECK (box_seconds > 0),
  released_at timestamptz(3),
  ended_at timestamptz(3),
  -- complete | abandoned | timed-out | failed
  ending text,
  seen_milliseconds int,
  -- Of a full viewing: the whole picture, or seconds of a video, were on the screen.
  is_whole boolean,
  exposure_units int NOT NULL DEFAULT 0,
  version int NOT NULL
);
CREATE INDEX opening_item ON opening (item, granted_at);
CREATE INDEX opening_person ON opening (person, granted_at);
CREATE INDEX opening_unended ON opening (granted_at) WHERE ended_at IS NULL;

-- EXPORTS to a registered authority's key, checked out of band, approved by two.
CREATE TABLE recipient (
  id text PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('police', 'nca', 'ncmec', 'iwf', 'successor')),
  age_recipient text NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  version int NOT NULL
);
-- Each by another person than whoever registered it: how the key was compared, out of band.
CREATE TABLE recipient_check (
  recipient text NOT NULL REFERENCES recipient,
  person text NOT NULL,
  how text NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (recipient, person)
);
CREATE TABLE handover (
  id text PRIMARY KEY,
  items text[] NOT NULL,
  recipient text NOT NULL REFERENCES recipient,
  case_number text NOT NULL,
  purpose text NOT NULL,
  because text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamptz(3) NOT NULL,
  approved_by text,
  approved_at timestamptz(3),
  written_at timestamptz(3),
  bundle_sha256 bytea,
  receipt text,
  receipt_at timestamptz(3),
  withdrawn_at timestamptz(3),
  version int NOT NULL,
  CHECK (approved_by IS NULL OR approved_by <> proposed_by)
);

-- TIME. From discovery to report, with a reason for delay.
CREATE TABLE discovery (
  id text PRIMARY KEY,
  subject_kind text NOT NULL,
  subject text NOT NULL,
  way text NOT NULL CHECK (way IN ('complaint', 'investigation', 'access', 'match', 'accident')),
  how text NOT NULL,
  discovered_by text NOT NULL,
  discovered_at timestamptz(3) NOT NULL,
  reported_at timestamptz(3),
  reported_to text,
  report_reference text,
  due_at timestamptz(3),
  version int NOT NULL
);
CREATE TABLE delay_reason (
  discovery text NOT NULL REFERENCES discovery,
  reason text NOT NULL,
  person text NOT NULL,
  at timestamptz(3) NOT NULL
);
-- Who was told, and when.
CREATE TABLE telling (
  id text PRIMARY KEY,
  subject_kind text NOT NULL,
  subject text NOT NULL,
  told text NOT NULL,
  by_person text NOT NULL,
  at timestamptz(3) NOT NULL,
  what text NOT NULL
);
CREATE INDEX telling_subject ON telling (subject_kind, subject);
CREATE INDEX discovery_subject ON discovery (subject_kind, subject);
CREATE INDEX delay_reason_discovery ON delay_reason (discovery);
`
