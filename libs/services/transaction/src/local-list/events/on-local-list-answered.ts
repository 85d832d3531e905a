import type { LocalLists } from '../local-lists';
import type { CommandEnd } from '../../events/command-ends';

/** What stations say about their lists. */
export function onLocalListAnswered(lists: LocalLists): CommandEnd {
  return {
    name: 'on-local-list-answered',
    actions: ['GetLocalListVersion', 'SendLocalList'],
    ended: (command) => lists.onAnswered(command),
  };
}
