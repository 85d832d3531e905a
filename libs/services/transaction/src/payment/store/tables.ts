import { OF_A_STATION, type TableDeclaration, WITH_STATION } from '@voltbus/database';
import { MAX_QR_CODES } from './typeorm-qr-codes';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'settlements',
    holds: 'What stations say of payments made at them',
    madeBy: 'stations',
    bound: "the gateway's rate of messages",
    keeping: { kind: 'aged', column: 'received_at', days: 'PAYMENTS' },
  },
  {
    ...OF_A_STATION,
    name: 'qr_codes',
    holds: 'What stations show for drivers to pay by',
    madeBy: 'operators',
    bound: `${MAX_QR_CODES} of a station (409 \`conflict\` beyond), of registered stations only: 404 \`unknown-station\` for others`,
    keeping: WITH_STATION,
    sealed: [
      {
        column: 'closed_secret',
        form: 'bytes',
        purpose: 'qr-code-secret',
        key: ['tenant', 'station', 'evse'],
        owner: { select: 'tenant, station, evse', of: ({ tenant, station, evse }) => JSON.stringify([tenant, station, evse]) },
      },
    ],
  },
];
