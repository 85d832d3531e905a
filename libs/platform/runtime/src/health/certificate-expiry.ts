import { readFileSync } from 'node:fs';
import { certificatesOf } from '@voltbus/tls';
import type { Metrics } from '@voltbus/telemetry';
import { certificateFiles } from '../settings/certificate-files';
import type { Settings } from '../settings/settings';

const SECOND_MS = 1_000;

/** Measures how long the certificates that the settings name are still valid. Files are read at each scrape, because a renewal replaces them. */
export function measureCertificates(settings: Settings, metrics: Metrics): void {
  metrics.gauge('cert_expiry_seconds', 'Until the first certificate of a kind expires; below 0: it has', ['kind'], () =>
    certificateTexts(settings).flatMap(([kind, pem]) => {
      const ends = certificatesOf(pem).flatMap((one) => (one === null ? [] : [Date.parse(one.validTo)]));
      return ends.length === 0 ? [] : [{ value: (Math.min(...ends) - Date.now()) / SECOND_MS, labels: { kind } }];
    }),
  );
}

function certificateTexts(settings: Settings): [string, string][] {
  const read = certificateFiles(settings).map(({ kind, path }): [string, string] => [kind, contentOf(path)]);
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
