import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';
import { MAX_WEBHOOKS } from '../domain/webhook';

export const tables: readonly TableDeclaration[] = [
  {
    name: 'webhooks',
    holds: 'Webhooks, their secrets (encrypted) and how they do',
    madeBy: 'operators',
    bound: `${MAX_WEBHOOKS} of a tenant: 409 beyond`,
    ...OF_A_TENANT,
    keeping: { kind: 'own', how: 'when deleted, or with its tenant; its deliveries go first, in batches' },
    sealed: [
      {
        column: 'secret',
        form: 'bytes',
        purpose: 'webhook-secret',
        key: ['id'],
        owner: { select: 'tenant, id', of: ({ tenant, id }) => `${String(tenant)}/${String(id)}` },
      },
      {
        column: 'previous_secret',
        form: 'bytes',
        purpose: 'webhook-secret',
        key: ['id'],
        owner: { select: 'tenant, id', of: ({ tenant, id }) => `${String(tenant)}/${String(id)}` },
      },
    ],
  },
];
