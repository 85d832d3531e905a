import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';
import { KEPT_HOURS, MAX_ANSWER_BYTES, MAX_KEYS_OF_TENANT } from '@voltbus/http';

const HOURS_A_DAY = 24;

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'idempotency_keys',
    holds: 'Idempotency-Keys of requests, as digests, with their encrypted answers',
    madeBy: 'operators',
    bound: `${MAX_KEYS_OF_TENANT.toLocaleString('en-US')} of a tenant, then 429; an answer of ${MAX_ANSWER_BYTES / 1_024} KiB, a larger one is not kept`,
    keeping: { kind: 'aged', column: 'claimed_at', days: KEPT_HOURS / HOURS_A_DAY },
    passing: [
      {
        value: 'answer',
        form: 'bytes',
        key: ['tenant', 'caller', 'key'],
        purpose: 'idempotent-answer',
        where: 'answer IS NOT NULL',
        goes: `within ${KEPT_HOURS} hours`,
      },
    ],
  },
];
