import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_OPEN, MAX_STATUSES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'station_requests',
    holds: 'Firmware updates of stations, requests of their logs and of customer information, with what they reported of them',
    madeBy: 'operators',
    bound: `${MAX_OPEN} of a station and kind that have not ended (of customer information some hundred), then 409; ${MAX_STATUSES} statuses of each`,
    keeping: { kind: 'aged', column: 'ended_at', days: 'STATION_REQUESTS' },
    tokens: [{ how: 'pseudonymised', columns: ['body'], notYet: 'ended_at IS NULL' }],
    sealed: [
      {
        column: 'body',
        path: ['image', 'sealedUrl'],
        form: 'base64',
        purpose: 'firmware-image-url',
        key: ['id'],
        owner: { select: "tenant, body #>> '{image,image}' AS image", of: ({ tenant, image }) => `${String(tenant)}/${String(image)}` },
      },
      {
        column: 'body',
        path: ['uploadTo', 'sealed'],
        form: 'base64',
        purpose: 'log-upload-address',
        key: ['id'],
        owner: { select: 'tenant', of: ({ tenant }) => String(tenant) },
      },
    ],
  },
];
