import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { ENDED_KEPT_DAYS, MAX_CERTIFICATES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'installed_certificates',
    holds: 'CA certificates of stations: what was asked to be installed, and what they report',
    madeBy: 'operators',
    bound: `${MAX_CERTIFICATES} of a station, of which new ones replace the oldest that are not there any more: 409 \`conflict\` beyond; reported ones are counted in the report (\`notKept\`)`,
    keeping: { kind: 'aged', column: 'changed_at', days: ENDED_KEPT_DAYS, where: `state IN ('refused', 'deleted', 'missing')` },
  },
  {
    ...OF_A_STATION,
    name: 'certificate_reports',
    holds: 'The last list of certificates that each station was asked for, and by which CAs it may have believed the server',
    madeBy: 'operators',
    bound: 'one for each station that was asked for its certificates, or to install one',
    keeping: WITH_STATION,
  },
];
