import type { Migration } from '@voltbus/database';

/** Certificates of stations (OCPP A02, A03): what they asked for, what they have, and their renewal. */
export const certificatesMigration: Migration = {
  id: '0330-certificates',
  sql: `
ALTER TABLE device_config.stations
  -- Fingerprints (SHA-256) of certificates that prove the station no more, until they expire.
  ADD COLUMN revoked_certificates text[] NOT NULL DEFAULT '{}';

-- Certificates that were issued here, and others that stations have connected by.
CREATE TABLE device_config.certificates (
  tenant text NOT NULL,
  station text NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  -- SHA-256 of the certificate, and its serial number, in lower-case hexadecimal.
  fingerprint text NOT NULL,
  serial text NOT NULL,
  issuer text NOT NULL,
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  -- PEM of the chain that was issued; null: another has issued it.
  chain text,
  added_at timestamptz NOT NULL,
  -- The station has taken it, and has connected by it for the first and the last time.
  accepted_at timestamptz,
  first_used_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  revocation_reason text,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE UNIQUE INDEX certificates_by_station ON device_config.certificates (tenant, station, fingerprint);
CREATE INDEX certificates_by_expiry ON device_config.certificates (tenant, not_after, id);

CREATE TABLE device_config.certificate_requests (
  tenant text NOT NULL,
  station text NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  named boolean NOT NULL,
  protocol text NOT NULL,
  request_id bigint,
  digest text NOT NULL,
  csr bytea NOT NULL,
  state text NOT NULL,
  tries integer NOT NULL,
  next_at timestamptz,
  command uuid,
  published boolean NOT NULL,
  certificate uuid,
  reason text,
  received_at timestamptz NOT NULL,
  issued_at timestamptz,
  sent_at timestamptz,
  ended_at timestamptz,
  used_at timestamptz,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX certificate_requests_by_station ON device_config.certificate_requests (tenant, station, received_at);
CREATE INDEX certificate_requests_by_time ON device_config.certificate_requests (tenant, received_at, id);
CREATE INDEX certificate_requests_by_command ON device_config.certificate_requests (command) WHERE command IS NOT NULL;
CREATE INDEX certificate_requests_open ON device_config.certificate_requests (next_at) WHERE state IN ('received', 'issued', 'sent');

-- The latest renewal of each kind of certificate of a station.
CREATE TABLE device_config.certificate_renewals (
  tenant text NOT NULL,
  station text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  tries integer NOT NULL,
  next_at timestamptz,
  command uuid,
  published boolean NOT NULL,
  actor text NOT NULL,
  reason text,
  expires_at timestamptz,
  started_at timestamptz NOT NULL,
  asked_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (tenant, station, kind),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX certificate_renewals_by_command ON device_config.certificate_renewals (command) WHERE command IS NOT NULL;
CREATE INDEX certificate_renewals_open ON device_config.certificate_renewals (next_at) WHERE ended_at IS NULL;

-- Serial numbers for the revocation list of the local CA; they outlive their stations and tenants.
CREATE TABLE device_config.revoked_serials (
  issuer text NOT NULL,
  serial text NOT NULL,
  revoked_at timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  PRIMARY KEY (issuer, serial)
);
CREATE INDEX revoked_serials_by_age ON device_config.revoked_serials (not_after);

-- The present revocation list of the local CA.
CREATE TABLE device_config.revocation_lists (
  issuer text PRIMARY KEY,
  number bigint NOT NULL,
  pem text NOT NULL,
  made_at timestamptz NOT NULL
);
`,
};
