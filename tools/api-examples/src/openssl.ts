import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Files of a CA for the stations of the scenario. */
export function makeAuthority(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, 'ca.crt'), join(folder, 'ca.key')];
  run(['req', '-x509', ...KEY, '-days', '730', '-subj', '/O=Acme/CN=Stations CA', '-keyout', key, '-out', cert]);
  return { cert, key };
}

/** A root by which stations know their CSMS, in PEM. */
export function makeRoot(folder: string): string {
  const file = join(folder, 'root.crt');
  run(['req', '-x509', ...KEY, '-days', '3650', '-subj', '/O=Acme/CN=CSMS Root 2', '-keyout', join(folder, 'root.key'), '-out', file]);
  return readFileSync(file, 'utf8');
}

/** A request of a station for a certificate, in PEM. */
export function makeRequest(folder: string, subject: string): string {
  const file = join(folder, 'station.csr');
  run(['req', '-new', ...KEY, '-subj', subject, '-keyout', join(folder, 'station.key'), '-out', file]);
  return readFileSync(file, 'utf8');
}

function run(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' });
}
