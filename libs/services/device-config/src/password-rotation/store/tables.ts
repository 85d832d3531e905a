import { stationKey } from '@voltbus/contracts';
import { OF_A_STATION, OF_A_TENANT, WITH_STATION, WITH_TENANT, type TableDeclaration } from '@voltbus/database';

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
    holds: 'Campaigns of earlier versions that replaced passwords; none is added',
    madeBy: 'operators',
    bound: '100 of a tenant',
    keeping: WITH_TENANT,
  },
  {
    ...OF_A_STATION,
    name: 'password_campaign_stations',
    holds: 'The stations of such a campaign; none is added',
    madeBy: 'operators',
    bound: '200,000 of a campaign',
    keeping: WITH_STATION,
  },
];
