import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';
import { MAX_SESSIONS_OF_PERSON } from '@voltbus/http';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'auth_sessions',
    holds: 'Sessions of people who signed in, with a hash of their cookie',
    madeBy: 'operators',
    bound: `${MAX_SESSIONS_OF_PERSON} of a person; of more, those end that were used least lately`,
    keeping: { kind: 'aged', column: 'ends_at', days: 1 },
  },
];
