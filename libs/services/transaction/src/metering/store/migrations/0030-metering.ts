import type { Migration } from '@voltbus/database';

/** Meter readings, in one partition for each day, and the connector states that divide a session of OCPP 1.6 into charging and idling. */
export const meteringMigration: Migration = {
  id: '0030-metering',
  sql: `
-- A row holds everything that was measured at one instant in one context. The partitions of days are made by the program, ahead of time and by the
-- credible time of a reading; a reading of a day that has none is in the default partition.
CREATE TABLE transactions.readings (
  tenant text NOT NULL,
  station text NOT NULL,
  -- -1 where the station named no EVSE.
  evse integer NOT NULL,
  -- The reference of the transaction, or '' where the station named none.
  transaction text NOT NULL,
  at timestamptz NOT NULL,
  context text NOT NULL,
  -- The sequence number of the last message that this row is made of; 0 where the station counts none.
  seq_no bigint NOT NULL DEFAULT 0,
  energy_wh double precision,
  -- Registers by seq_no and phase|location, from which energy_wh is made when more of them come later; null where energy_wh is the only one.
  registers jsonb,
  interval_wh double precision,
  power_w double precision,
  voltages double precision[],
  currents double precision[],
  soc double precision,
  -- Measurands that have no column of their own.
  rest jsonb,
  signed jsonb,
  -- The timestamp as the station wrote it, where it was not credible.
  raw_time text,
  PRIMARY KEY (tenant, station, transaction, at, context, evse)
) PARTITION BY RANGE (at);
CREATE TABLE transactions.readings_default PARTITION OF transactions.readings DEFAULT;
-- Only the default partition loses rows by age: the partitions of days are dropped as a whole.
CREATE INDEX readings_default_by_age ON transactions.readings_default (at);

CREATE TABLE transactions.connector_states (
  tenant text NOT NULL,
  station text NOT NULL,
  evse integer NOT NULL,
  at timestamptz NOT NULL,
  status text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, evse, at)
);
CREATE INDEX connector_states_by_age ON transactions.connector_states (received_at);
`,
};
