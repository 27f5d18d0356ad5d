/** 004: people and how they sign in, written authorities, conflicts, advice, training, risk and what looking costs. */

export const sql = `
-- PEOPLE. Names and addresses are sealed with a key of the person's own: weeding shreds it.
CREATE TABLE person (
  id text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('invited', 'active', 'suspended', 'left')),
  roles text[] NOT NULL,
  departments text[] NOT NULL DEFAULT '{}',
  -- Sealed JSON: name, address, sign-in name; under the key of this person.
  identity bytea,
  -- Keyed digest of the sign-in name, to find the person by it.
  sign_in bytea,
  admitted_at timestamptz(3) NOT NULL,
  weeded_at timestamptz(3),
  budget_units int,
  version int NOT NULL
);
CREATE UNIQUE INDEX person_sign_in ON person (sign_in) WHERE state <> 'left' AND sign_in IS NOT NULL;
CREATE TABLE credential (
  id text PRIMARY KEY,
  person text NOT NULL REFERENCES person,
  kind text NOT NULL CHECK (kind IN ('password', 'totp', 'passkey', 'oidc', 'recovery', 'setup')),
  -- A hash, a sealed secret, or a public key; never what opens by itself.
  secret bytea NOT NULL,
  -- Of TOTP the last step taken, of a passkey its counter: none is taken twice.
  counter bigint NOT NULL DEFAULT 0,
  label text,
  made_at timestamptz(3) NOT NULL,
  used_at timestamptz(3),
  expires_at timestamptz(3),
  ended_at timestamptz(3)
);
CREATE INDEX credential_person ON credential (person) WHERE ended_at IS NULL;
CREATE TABLE sign_in_failure (who bytea NOT NULL, at timestamptz(3) NOT NULL);
CREATE INDEX sign_in_failure_who ON sign_in_failure (who, at);
CREATE TABLE session (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  person text NOT NULL REFERENCES person,
  how text NOT NULL,
  begun_at timestamptz(3) NOT NULL,
  seen_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3)
);
CREATE INDEX session_person ON session (person) WHERE ended_at IS NULL;
CREATE TABLE allocation (
  case_number text NOT NULL,
  person text NOT NULL REFERENCES person,
  at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  PRIMARY KEY (case_number, person, at)
);
CREATE TABLE conflict (
  person text NOT NULL REFERENCES person,
  subject_kind text NOT NULL,
  subject text NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  PRIMARY KEY (person, subject_kind, subject, recorded_at)
);
CREATE TABLE authority (
  id text PRIMARY KEY,
  issuer text NOT NULL,
  issued_for text NOT NULL,
  purposes text[] NOT NULL,
  acts text[] NOT NULL,
  people text[] NOT NULL DEFAULT '{}',
  departments text[] NOT NULL DEFAULT '{}',
  -- What it covers: case numbers, hosts, lists; empty: the deployment.
  scope jsonb NOT NULL,
  conditions text[] NOT NULL DEFAULT '{}',
  starts_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  review_at timestamptz(3),
  document_sha256 bytea,
  registered_by text NOT NULL,
  registered_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  revoked_because text,
  version int NOT NULL
);
CREATE TABLE advice (
  id text PRIMARY KEY,
  given_to text NOT NULL,
  officer text NOT NULL,
  acts text[] NOT NULL,
  words text NOT NULL,
  at timestamptz(3) NOT NULL,
  recorded_by text NOT NULL,
  acknowledged_at timestamptz(3)
);
CREATE TABLE training (
  id text PRIMARY KEY,
  person text NOT NULL REFERENCES person,
  subject text NOT NULL,
  given_by text NOT NULL,
  at timestamptz(3) NOT NULL,
  valid_until timestamptz(3),
  exposure_units int NOT NULL DEFAULT 0
);
-- A child at risk now: opens gates for a time, on record.
CREATE TABLE risk_override (
  id text PRIMARY KEY,
  subject_kind text NOT NULL,
  subject text NOT NULL,
  because text NOT NULL,
  declared_by text NOT NULL,
  declared_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3)
);
CREATE TABLE break_taken (
  person text NOT NULL REFERENCES person,
  from_at timestamptz(3) NOT NULL,
  until_at timestamptz(3) NOT NULL,
  kind text NOT NULL
);
CREATE INDEX break_taken_person ON break_taken (person, from_at);
-- Of all pictures, of a level or of an act, for a while or until it is taken back. No reason is asked for or kept.
CREATE TABLE opt_out (
  id text PRIMARY KEY,
  person text NOT NULL REFERENCES person,
  category text NOT NULL,
  from_at timestamptz(3) NOT NULL,
  until_at timestamptz(3),
  ended_at timestamptz(3)
);
CREATE INDEX opt_out_person ON opt_out (person) WHERE ended_at IS NULL;
`
