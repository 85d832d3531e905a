import type { Migration } from '@voltbus/database';

/** Who ended or corrected a transaction by hand, why, and what it changed. */
export const operatorActionsMigration: Migration = {
  id: '0142-operator-actions',
  sql: `
CREATE TABLE transactions.operator_actions (
  tenant text NOT NULL,
  transaction uuid NOT NULL,
  nth integer NOT NULL,
  action text NOT NULL,
  by text NOT NULL,
  at timestamptz NOT NULL,
  reason text NOT NULL,
  asked jsonb NOT NULL,
  -- as the API showed it
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  PRIMARY KEY (tenant, transaction, nth)
);
CREATE INDEX operator_actions_by_age ON transactions.operator_actions (at);
`,
};
