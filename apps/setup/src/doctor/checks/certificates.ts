import { readFileSync } from 'node:fs';
import type { X509Certificate } from 'node:crypto';
import { certificatesOf } from '@voltbus/tls';
import { certificateFiles, type Settings } from '@voltbus/runtime';
import { failure, ok, warning, type Finding } from '../finding';
import { CERTIFICATE_ERROR_DAYS, CERTIFICATE_WARNING_DAYS } from '../limits';

const DAY_MS = 86_400_000;

/** How long a certificate is valid, for one that a server has shown or that is in a file. */
export function validity(check: string, what: string, certificate: X509Certificate, now: number): Finding {
  const end = new Date(certificate.validTo);
  const days = Math.floor((end.getTime() - now) / DAY_MS);
  const until = `the certificate of ${what} is valid until ${end.toISOString().slice(0, 10)}`;
  if (days < 0) return failure(check, `the certificate of ${what} has expired on ${end.toISOString().slice(0, 10)}`, 'renew it now');
  if (days < CERTIFICATE_ERROR_DAYS) return failure(check, `${until}: ${days} days`, 'renew it now');
  if (days < CERTIFICATE_WARNING_DAYS) return warning(check, `${until}: ${days} days`, 'renew it, or see why nothing has renewed it');
  return ok(check, until);
}

/** The certificates in the files that the settings name; files that cannot be read are problems of the settings. */
export function examineCertificateFiles(settings: Settings, now: number): Finding[] {
  return certificateFiles(settings).flatMap(({ namedBy, path }) => {
    const certificates = certificatesOf(readFileSync(path, 'utf8')).filter((one) => one !== null);
    const next = certificates.toSorted((one, other) => Date.parse(one.validTo) - Date.parse(other.validTo))[0];
    return next === undefined ? [] : [validity('certificates.files', `${namedBy} (${path})`, next, now)];
  });
}
