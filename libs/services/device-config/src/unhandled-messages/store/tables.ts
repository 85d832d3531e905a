import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { UNHANDLED_MESSAGES_BOUND } from '@voltbus/service';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'messages',
    holds: 'Messages that no rule acts on',
    madeBy: 'stations',
    bound: UNHANDLED_MESSAGES_BOUND,
    keeping: { kind: 'aged', column: 'received_at', days: 'MESSAGES' },
  },
];
