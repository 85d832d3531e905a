import { MAX_BEHIND_MS } from '@voltbus/contracts';
import { OF_A_TENANT, type TableDeclaration, WITH_TENANT } from '@voltbus/database';
import { MAX_CHANGES, OF_REMOVED_TOKENS } from './typeorm-token-groups';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'tenants',
    holds: 'What is needed here of the policies of tenants',
    madeBy: 'operators',
    bound: 'one for each tenant',
    keeping: WITH_TENANT,
  },
  {
    ...OF_A_TENANT,
    name: 'tokens',
    holds: 'Tokens',
    madeBy: 'operators',
    bound: "the API's rate of requests",
    keeping: { ...WITH_TENANT, how: 'when they are deleted' },
    tokens: [{ how: 'removed', columns: ['token', 'id_token'] }],
  },
  {
    ...OF_A_TENANT,
    name: 'token_groups',
    holds: 'Groups of tokens, with their history',
    madeBy: 'operators',
    bound: `${MAX_CHANGES} for each token: the oldest go`,
    keeping: { kind: 'aged', column: 'since', days: MAX_BEHIND_MS / 86_400_000, where: OF_REMOVED_TOKENS },
    tokens: [{ how: 'pseudonymised', columns: ['token'] }],
  },
  {
    ...OF_A_TENANT,
    name: 'token_revisions',
    holds: 'The number of the last change of the tokens',
    madeBy: 'operators',
    bound: 'one for each tenant',
    keeping: WITH_TENANT,
  },
  {
    ...OF_A_TENANT,
    name: 'removed_tokens',
    holds: 'Tokens that were removed, for the local lists that hold them',
    madeBy: 'operators',
    bound: 'as tokens',
    keeping: { ...WITH_TENANT, how: '90 days after; older lists are sent whole' },
    tokens: [{ how: 'kept', columns: ['token', 'id_token'], why: 'local lists are told by it that the token has gone; 90 days' }],
  },
];
