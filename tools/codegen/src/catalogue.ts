import { BLOCKS_16, BLOCKS_2, type Directions } from './directions';
import type { VersionSchemas } from './schemas';

export interface ActionRow {
  action: string;
  initiator: 'station' | 'csms' | 'both';
  kind: 'call' | 'send';
  block: string;
  /** There is a response and it has no members, vendor extensions aside: it can carry no decision. */
  emptyResponse: boolean;
}

/** One row per action of the version. Throws when the schemas and the directions do not name the same actions. */
export function catalogue(version: VersionSchemas): ActionRow[] {
  const actions = [...version.messages.keys()].filter((name) => name.endsWith('Request')).map((name) => name.replace(/Request$/, ''));
  const known = directions(version.protocol === 'ocpp1.6' ? BLOCKS_16 : BLOCKS_2);
  return actions
    .map((action): ActionRow => {
      const direction = known.get(action);
      if (!direction) throw new Error(`${version.protocol} ${action}: directions.ts does not list it`);
      const response = version.messages.get(`${action}Response`);
      const members = Object.keys(response?.properties ?? {}).filter((name) => name !== 'customData');
      return { action, ...direction, kind: response ? 'call' : 'send', emptyResponse: response !== undefined && members.length === 0 };
    })
    .sort((a, b) => (a.action < b.action ? -1 : 1));
}

function directions(blocks: Readonly<Record<string, Directions>>): Map<string, Pick<ActionRow, 'initiator' | 'block'>> {
  const found = new Map<string, Pick<ActionRow, 'initiator' | 'block'>>();
  for (const [block, calls] of Object.entries(blocks)) {
    for (const initiator of ['station', 'csms', 'both'] as const) {
      for (const action of calls[initiator] ?? []) found.set(action, { initiator, block });
    }
  }
  return found;
}

/** The messages that a station sends: its own requests, and its responses to ours. */
export function sentByStations(rows: ActionRow[]): string[] {
  return rows.flatMap(({ action, initiator }) => [
    ...(initiator === 'csms' ? [] : [`${action}Request`]),
    ...(initiator === 'station' ? [] : [`${action}Response`]),
  ]);
}
