import type { Migration } from '@voltbus/database';

/** Which transaction a stop that named none was taken to end: the same stop again is about the same one, whatever is open by then. */
export const matchedStopsMigration: Migration = {
  id: '0022-matched-stops',
  sql: `
CREATE TABLE transactions.matched_stops (
  tenant text NOT NULL,
  station text NOT NULL,
  said text NOT NULL,
  transaction uuid NOT NULL,
  PRIMARY KEY (tenant, station, said)
);
`,
};
