import { stationKey } from '@voltbus/contracts';
import { OF_A_STATION, OF_A_TENANT, WITH_STATION, WITH_TENANT, type TableDeclaration } from '@voltbus/database';
import { MAX_CAMPAIGNS, MAX_CAMPAIGN_STATIONS } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'password_rotations',
    holds: 'The latest replacement of a station\u2019s password; the new password is encrypted, and removed when it is over',
    madeBy: 'operators',
    bound: 'one for each station',
    keeping: WITH_STATION,
    sealed: [
      {
        column: 'sealed',
        form: 'station-secret',
        purpose: 'station-secret',
        key: ['tenant', 'station'],
        owner: { select: 'tenant, station', of: ({ tenant, station }) => stationKey({ tenant: String(tenant), station: String(station) }) },
      },
    ],
  },
  {
    ...OF_A_TENANT,
    name: 'password_campaigns',
    holds: 'Replacements of the passwords of many stations',
    madeBy: 'operators',
    bound: `${MAX_CAMPAIGNS} of a tenant: the oldest goes first`,
    keeping: WITH_TENANT,
  },
  {
    ...OF_A_STATION,
    name: 'password_campaign_stations',
    holds: 'The stations of such a campaign, and how far each is',
    madeBy: 'operators',
    bound: `${MAX_CAMPAIGN_STATIONS} of a campaign`,
    keeping: WITH_STATION,
  },
];
