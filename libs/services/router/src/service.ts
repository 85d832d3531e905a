import { COMMANDS, CONNECTIONS, DEAD_LETTERS } from '@voltbus/contracts';
import { tablesOf, tokenErasures, type ServiceDefinition } from '@voltbus/service';
import { commands } from './commands/block';
import { dataTransfer } from './data-transfer/block';
import { deadLetters } from './dead-letters/block';
import { telemetry } from './telemetry';

/** Commands and their results, DataTransfer, messages that no other lane claims, dead letters. */
export const router: ServiceDefinition = {
  name: 'router',
  schema: 'router',
  lane: 'router',
  blocks: [
    telemetry,
    tokenErasures('router', { service: 'router', migration: '0050-token-erasures', declared: () => tablesOf(router) }),
    commands,
    dataTransfer,
    deadLetters,
  ],
  // results are read by a subscription of their own: overdue commands are ended by how far it has read
  together: [[COMMANDS, CONNECTIONS, DEAD_LETTERS]],
};
