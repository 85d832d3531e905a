import type { Migration } from '@voltbus/database';

/** Readings keep the parts that their columns are made of, so that parts which come later make one sum with them. */
export const partsOfReadingsMigration: Migration = {
  id: '0120-parts-of-readings',
  sql: `
ALTER TABLE transactions.readings
  -- the station's count of the message that was the last part; 0 where it counts none
  ADD COLUMN seq_no bigint NOT NULL DEFAULT 0,
  -- registers by seq_no and phase|location; null where energy_wh says all
  ADD COLUMN registers jsonb,
  ADD COLUMN interval_wh double precision;
`,
};
