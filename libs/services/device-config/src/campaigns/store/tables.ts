import { OF_A_STATION, OF_A_TENANT, type TableDeclaration } from '@voltbus/database';
import { MAX_SET_VALUES } from '../settings/limits';
import { MAX_OPEN, MAX_STATIONS } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'campaigns',
    holds: 'Campaigns: what is done at stations, in which waves, and how far that is',
    madeBy: 'operators',
    bound: `${MAX_OPEN} of a tenant that have not ended, then 409`,
    keeping: { kind: 'aged', column: 'ended_at', days: 'STATION_REQUESTS' },
    sealed: [
      {
        column: 'work',
        path: ['image', 'sealedUrl'],
        form: 'base64',
        purpose: 'firmware-image-url',
        key: ['id'],
        owner: { select: "tenant, work #>> '{image,image}' AS image", of: ({ tenant, image }) => `${String(tenant)}/${String(image)}` },
      },
    ],
  },
  {
    ...OF_A_STATION,
    name: 'campaign_stations',
    holds: 'The stations of campaigns, and what came of the work at each',
    madeBy: 'operators',
    bound: `${MAX_STATIONS.toLocaleString('en-US')} of a campaign, then 409`,
    keeping: { kind: 'with', what: 'its campaign' },
  },
  {
    ...OF_A_STATION,
    name: 'campaign_settings',
    holds: 'Values that campaigns set at stations, and what came of each',
    madeBy: 'operators',
    bound: `one for each station of a campaign, with ${MAX_SET_VALUES} values`,
    keeping: { kind: 'with', what: 'its campaign' },
  },
];
