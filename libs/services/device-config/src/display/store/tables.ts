import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { ENDED_KEPT_DAYS, MAX_MESSAGES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'display_messages',
    holds: 'Messages on the displays of stations',
    madeBy: 'operators',
    bound: `${MAX_MESSAGES} of a station, of which new ones replace the oldest that are not there any more: 409 \`conflict\` beyond; reported ones are counted in the report (\`notKept\`)`,
    keeping: {
      kind: 'aged',
      column: 'changed_at',
      days: ENDED_KEPT_DAYS,
      where: `state IN ('refused', 'cleared', 'missing', 'replaced')`,
    },
  },
  {
    ...OF_A_STATION,
    name: 'display_reports',
    holds: 'The last list of messages that each station was asked for',
    madeBy: 'operators',
    bound: 'one for each station that has had a message',
    keeping: WITH_STATION,
  },
];
