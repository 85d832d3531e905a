import type { Settings } from './settings';

/** What certificates are for, and the setting that has their file. */
const SETTINGS = [
  ['kafka-ca', 'KAFKA_TLS_CA_FILE'],
  ['kafka-client', 'KAFKA_TLS_CERT_FILE'],
  ['redis-ca', 'REDIS_TLS_CA_FILE'],
  ['redis-client', 'REDIS_TLS_CERT_FILE'],
  ['station-ca', 'CA_CERT_FILE'],
  ['station-v2g-ca', 'CA_V2G_CERT_FILE'],
] as const;
/** The same of settings that name several files. */
const LISTS = [
  ['ocpp-server', 'OCPP_TLS_CERT_FILES'],
  ['ocpp-client-ca', 'OCPP_TLS_CLIENT_CA_FILES'],
] as const;
/** The same of parameters of the database's URL. */
const PARAMETERS = [
  ['postgres-ca', 'sslrootcert'],
  ['postgres-client', 'sslcert'],
] as const;

/** A file of certificates that the settings name. */
interface CertificateFile {
  /** What they are for: `kafka-ca`. */
  kind: string;
  /** Where it is named, for people: `VOLTBUS_KAFKA_TLS_CA_FILE`. */
  namedBy: string;
  path: string;
}

/** Every file of certificates that the settings name, whether it can be read or not. */
export function certificateFiles(settings: Settings): CertificateFile[] {
  const { DATABASE_URL: url } = settings;
  const parameters = url === '' ? new URLSearchParams() : new URL(url).searchParams;
  const lists = LISTS.flatMap(([kind, name]) => (settings[name] ?? []).map((path) => ({ kind, namedBy: `VOLTBUS_${name}`, path })));
  return [
    ...lists,
    ...SETTINGS.map(([kind, name]) => ({ kind, namedBy: `VOLTBUS_${name}`, path: settings[name] })),
    ...PARAMETERS.map(([kind, name]) => ({ kind, namedBy: `${name} of VOLTBUS_DATABASE_URL`, path: parameters.get(name) ?? undefined })),
  ].flatMap(({ path, ...file }) => (path === undefined ? [] : [{ ...file, path }]));
}
