/** 002: the lists that a client is bound to, by their numbers, so that a name that is given again opens nothing. */

export const sql = `
CREATE TABLE bound_list (
  client int NOT NULL REFERENCES client,
  -- As it was given; what the list is called now is in its own row.
  name text NOT NULL,
  -- Null: no list of that name came yet.
  list int REFERENCES list,
  PRIMARY KEY (client, name)
);
CREATE INDEX bound_list_awaited ON bound_list (name) WHERE list IS NULL;
CREATE INDEX bound_list_list ON bound_list (list);

ALTER TABLE client ADD is_bound boolean NOT NULL DEFAULT false;
UPDATE client SET is_bound = lists IS NOT NULL;
INSERT INTO bound_list (client, name, list)
  SELECT DISTINCT ON (client.id, given.name) client.id, given.name, list.id
    FROM client CROSS JOIN LATERAL unnest(client.lists) AS given(name)
    LEFT JOIN list ON list.name = given.name AND list.removed_at IS NULL;
ALTER TABLE client DROP COLUMN lists;
`
