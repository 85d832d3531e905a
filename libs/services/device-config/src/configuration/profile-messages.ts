import type { Protocol } from '@voltbus/contracts';
import { settingMessages, type MessageLimits } from '../device-model';
import type { WantedItem } from './domain/wanted';

/** A message of a check. */
export interface CheckMessage {
  action: string;
  payload: Record<string, unknown>;
  /** The profile that wants what it sets, as the history of changes names it; left out: nobody's but the station's own. */
  actor?: string;
}

/** The messages that set these values, those of each profile by themselves: a message has one actor. A secret cannot be wanted. */
export function profileMessages(protocol: Protocol, items: readonly WantedItem[], limits: MessageLimits): CheckMessage[] {
  const profiles = [...new Set(items.map(({ profile }) => profile))];
  return profiles.flatMap((profile) => {
    const wanted = items.filter((item) => item.profile === profile).map((item) => ({ ...item, secret: false }));
    const actor = profile === null ? {} : { actor: `profile:${profile}` };
    return settingMessages(protocol, wanted, limits).map(({ action, payload }) => ({ action, payload, ...actor }));
  });
}
