import { readFileSync } from 'node:fs';
import type { StationTls } from '@voltbus/virtual-station';
import type { TlsPaths } from '../cli-args';

/** Reads the files of each station; throws where one is not there. */
export function tlsReader({ ca, cert, key }: TlsPaths): (identity: string) => StationTls {
  const authorities = ca === undefined ? undefined : readFileSync(ca, 'utf8');
  const own = (path: string | undefined, identity: string) =>
    path === undefined ? undefined : readFileSync(path.replaceAll('{station}', identity), 'utf8');
  return (identity) => ({ ca: authorities, cert: own(cert, identity), key: own(key, identity) });
}
