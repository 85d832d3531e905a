import { PoisonError, type Handler } from '@voltbus/bus';
import { commandRequestSchema, type CommandRequest } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import type { Commands } from '../commands';

/** `csms.commands.v1`: another service requests a command. The same id twice is one command. */
export function onCommandRequest(commands: Pick<Commands, 'acceptRequest'>, wakeDispatcher: () => void): Handler {
  return {
    shape: 'key',
    name: 'command-request',
    async handle({ value, timestamp }) {
      // the age of the request counts: one that has waited in the topic for too long is not sent any more
      if (await transiently(() => commands.acceptRequest(requestIn(value), new Date(timestamp)))) wakeDispatcher();
    },
  };
}

function requestIn(value: Buffer): CommandRequest {
  try {
    return commandRequestSchema.parse(JSON.parse(value.toString('utf8')));
  } catch (error) {
    throw new PoisonError('not a command request', { cause: error });
  }
}
