import { readFileSync } from 'node:fs';
import { certificatesOf } from '@voltbus/tls';
import type { Metrics } from '@voltbus/telemetry';
import type { Settings } from '../settings/settings';

const SECOND_MS = 1_000;

/** Names of what certificates are for, and the setting that has their file. */
const FILES = [
  ['kafka-ca', 'KAFKA_TLS_CA_FILE'],
  ['kafka-client', 'KAFKA_TLS_CERT_FILE'],
  ['redis-ca', 'REDIS_TLS_CA_FILE'],
  ['redis-client', 'REDIS_TLS_CERT_FILE'],
] as const;
/** The same of parameters of the database's URL. */
const PARAMETERS = [
  ['postgres-ca', 'sslrootcert'],
  ['postgres-client', 'sslcert'],
] as const;

type CertificateSettings = Pick<Settings, (typeof FILES)[number][1] | 'CONTRACT_ROOTS' | 'DATABASE_URL'>;

/** Measures how long the certificates that the settings name are still valid. Files are read at each scrape, because a renewal replaces them. */
export function measureCertificates(settings: CertificateSettings, metrics: Metrics, now: () => number = Date.now): void {
  metrics.gauge('cert_expiry_seconds', 'Until the first certificate of a kind expires; below 0: it has', ['kind'], () =>
    certificateTexts(settings).flatMap(([kind, pem]) => {
      const ends = certificatesOf(pem).flatMap((one) => (one === null ? [] : [Date.parse(one.validTo)]));
      return ends.length === 0 ? [] : [{ value: (Math.min(...ends) - now()) / SECOND_MS, labels: { kind } }];
    }),
  );
}

function certificateTexts(settings: CertificateSettings): [string, string][] {
  const parameters = URL.canParse(settings.DATABASE_URL) ? new URL(settings.DATABASE_URL).searchParams : new URLSearchParams();
  const files = [
    ...FILES.map(([kind, name]) => [kind, settings[name]] as const),
    ...PARAMETERS.map(([kind, name]) => [kind, parameters.get(name) ?? undefined] as const),
  ];
  const read = files.flatMap(([kind, path]): [string, string][] => (path === undefined ? [] : [[kind, contentOf(path)]]));
  return settings.CONTRACT_ROOTS === undefined ? read : [...read, ['contract-root', settings.CONTRACT_ROOTS]];
}

/** A file that cannot be read has no certificate to measure; the connection that needs it says so. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
