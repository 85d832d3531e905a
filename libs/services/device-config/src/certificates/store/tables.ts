import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_CERTIFICATES, MAX_REQUESTS, MAX_REQUESTS_A_DAY, MAX_REVOKED } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'certificates',
    holds: 'Certificates that were issued to stations, and others that stations have connected by; no private keys',
    madeBy: 'stations',
    bound: `${MAX_CERTIFICATES} of a station: the oldest goes first`,
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'certificate_requests',
    holds: 'Requests of stations for certificates, and what came of them',
    madeBy: 'stations',
    bound: `${MAX_REQUESTS} of a station: the oldest goes first; of one kind, ${MAX_REQUESTS_A_DAY} a day: beyond, they are rejected`,
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'certificate_renewals',
    holds: 'The latest renewal of each kind of certificate',
    madeBy: 'services',
    bound: 'one for each station and kind',
    keeping: WITH_STATION,
  },
  {
    name: 'revoked_serials',
    holds: 'Serial numbers of revoked certificates of the local CA',
    madeBy: 'operators',
    bound: `${MAX_REVOKED} of a CA: beyond, 409`,
    tenant: null,
    station: null,
    keeping: { kind: 'aged', column: 'not_after', days: 1 },
  },
  {
    name: 'revocation_lists',
    holds: 'The present revocation list of the local CA',
    madeBy: 'services',
    bound: 'one for each CA',
    tenant: null,
    station: null,
    keeping: { kind: 'ever', why: 'its number may only grow' },
  },
];
