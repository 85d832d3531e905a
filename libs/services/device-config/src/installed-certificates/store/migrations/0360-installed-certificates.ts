import type { Migration } from '@voltbus/database';

/** CA certificates of stations: what was asked to be installed, and what stations reported (OCPP M03, M04, M05). */
export const installedCertificatesMigration: Migration = {
  id: '0360-installed-certificates',
  sql: `
CREATE TABLE device_config.installed_certificates (
  tenant text NOT NULL,
  station text NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  -- What was asked to be installed, and what is read in it; null: the station has it by itself.
  pem text,
  facts jsonb,
  -- What the names that the station gives it are compared with.
  identity jsonb NOT NULL,
  authority jsonb,
  -- As the station last reported it.
  reported jsonb,
  children jsonb NOT NULL DEFAULT '[]',
  reported_at timestamptz,
  -- The certificate that is removed once the station was seen under this one.
  replaces uuid,
  removals integer NOT NULL DEFAULT 0,
  answer text,
  command uuid,
  installed_at timestamptz,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, station, id),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX installed_certificates_by_age ON device_config.installed_certificates (changed_at);
CREATE INDEX installed_certificates_of_command ON device_config.installed_certificates (tenant, command) WHERE command IS NOT NULL;
CREATE INDEX installed_certificates_replacing ON device_config.installed_certificates (changed_at) WHERE replaces IS NOT NULL;

CREATE TABLE device_config.certificate_reports (
  tenant text NOT NULL,
  station text NOT NULL,
  -- The station is to be asked when it is there.
  due boolean NOT NULL DEFAULT false,
  -- Commands of the last request, each with what it asks for and its outcome.
  commands jsonb NOT NULL DEFAULT '[]',
  asked_at timestamptz,
  completed_at timestamptz,
  not_kept integer NOT NULL DEFAULT 0,
  -- The CAs by which the station may have believed the server at its latest connection; null: not known.
  issuers jsonb,
  used_profile smallint,
  seen_at timestamptz,
  seen_epoch bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, station),
  FOREIGN KEY (tenant, station) REFERENCES device_config.stations ON DELETE CASCADE
);
CREATE INDEX certificate_reports_due ON device_config.certificate_reports (tenant, station) WHERE due;
`,
};
