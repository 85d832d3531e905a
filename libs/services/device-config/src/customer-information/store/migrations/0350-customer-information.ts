import type { Migration } from '@voltbus/database';

/** What stations reported of customers, part by part. */
export const customerInformationMigration: Migration = {
  id: '0350-customer-information',
  sql: `
CREATE TABLE device_config.customer_information (
  request uuid NOT NULL REFERENCES device_config.station_requests ON DELETE CASCADE,
  part integer NOT NULL,
  tenant text NOT NULL,
  station text NOT NULL,
  data text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (request, part)
);
CREATE INDEX customer_information_by_age ON device_config.customer_information (received_at);
`,
};
