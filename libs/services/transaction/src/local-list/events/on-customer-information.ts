import type { LocalLists } from '../local-lists';
import type { CommandEnd } from '../../events/command-ends';

/** N10.FR.02: stations that were told to forget a driver. */
export function onCustomerInformation(lists: LocalLists): CommandEnd {
  return { name: 'on-customer-information', actions: ['CustomerInformation'], ended: (command) => lists.onCustomerCleared(command) };
}
