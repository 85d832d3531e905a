import { PoisonError, type Handler } from '@voltbus/bus';
import { commandRequestSchema, type CommandRequest } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import type { Commands } from '../commands';

/** `csms.commands.v1`: another service's wish, or the hint that the API has stored one. The same id twice is one command. */
export function onCommandWished(commands: Pick<Commands, 'acceptAsked'>, wakeDispatcher: () => void): Handler {
  return {
    shape: 'key',
    name: 'command-wished',
    async handle({ value, timestamp }) {
      // its age counts: what waited in the topic for too long is not sent any more
      if (await transiently(() => commands.acceptAsked(wishIn(value), new Date(timestamp)))) wakeDispatcher();
    },
  };
}

function wishIn(value: Buffer): CommandRequest {
  try {
    return commandRequestSchema.parse(JSON.parse(value.toString('utf8')));
  } catch (error) {
    throw new PoisonError('not a wish for a command', { cause: error });
  }
}
