import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, oneOf, text } from '@voltbus/http';
import { z } from 'zod';
import { TARGETS } from '../domain/upgrading-station';
import { STEPS, UPGRADE_STATES } from '../domain/upgrade';
import { MAX_URL } from '../limits';
import type { ListedUpgrade } from '../store/upgrade-list';

const INTERFACES = ['Wired0', 'Wired1', 'Wired2', 'Wired3', 'Wireless0', 'Wireless1', 'Wireless2', 'Wireless3'] as const;
const MAX_TIMEOUT_SECONDS = 3_600;
const target = z.literal(TARGETS).describe('The security profile that the station shall use: higher than it has used');

const addressSchema = text
  .max(MAX_URL)
  .refine(
    (url) => URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol) && new URL(url).username === '',
    'is no ws:// or wss:// address',
  )
  .describe('Where the station connects from then on, without its identity: `wss://` for the profiles 2 and 3. Stations of OCPP 2 need it');

/** What is told of the profile that a station shall have. */
export const upgradeMembers = {
  target,
  url: addressSchema.nullable().default(null),
  interface: z.enum(INTERFACES).default('Wired0').describe('The network interface of the station (OCPP 2)'),
  messageTimeoutSeconds: z.int().min(1).max(MAX_TIMEOUT_SECONDS).default(30).describe('How long the station waits for an answer (OCPP 2)'),
};

/** Whether the address is one for that profile. */
export function isAddressFor({ target: wanted, url }: { target: number; url: string | null }): boolean {
  return wanted < 2 || url === null || url.toLowerCase().startsWith('wss:');
}
export const WRONG_ADDRESS = { path: ['url'], error: 'is not wss://, which the profiles 2 and 3 need' };

/** `POST /v1/stations/{station}/security-profile-upgrade`. */
export const startUpgradeSchema = z
  .strictObject(upgradeMembers)
  .refine(isAddressFor, WRONG_ADDRESS)
  .meta({ id: 'StartSecurityProfileUpgrade', description: 'The security profile that a station shall have' });

const stateSchema = z.enum(UPGRADE_STATES).meta({
  id: 'SecurityProfileUpgradeState',
  description:
    '`waiting`: the next step is sent when the station is connected. `sent`: its answer is awaited. `reconnecting`: it has taken the new profile, and has not come back with it. `unconfirmed`: it did not come back, and cannot be asked. `done`: it has connected with the new profile, and may use no lower one. `refused`, `expired`: nothing was changed. `taken-back`: it uses the profile of before. `cancelled`: an operator gave it up',
});
const stepSchema = z.enum(STEPS).meta({
  id: 'SecurityProfileUpgradeStep',
  description:
    'What is sent next, or was sent last. OCPP 1.6: `change` (ChangeConfiguration). OCPP 2: `read` the order of network profiles, `profile` (SetNetworkProfile), `order` (SetVariables NetworkConfigurationPriority), `reset`; `restore`: the order of before',
});

export const upgradeSchema = z
  .object({
    station: z.string(),
    id: z.uuid().describe('Ours'),
    state: stateSchema,
    step: stepSchema.describe('What is sent next, or was sent last'),
    target,
    reason: z.string().nullable().describe('Why it is there, for a person; null: as it should be'),
    slot: z.int().nullable().describe('The slot of the new network profile (OCPP 2); null: not yet chosen'),
    tries: z.int().describe('Attempts at this step that had no usable answer'),
    nextAt: z.iso.datetime().nullable().describe('When the next step is sent, at the earliest; null: not by itself'),
    until: z.iso.datetime().nullable().describe('Until when the station has time to come back; null: it is not waited for'),
    startedAt: z.iso.datetime(),
    sentAt: z.iso.datetime().nullable().describe('When a step was last sent; null: none was'),
    endedAt: z.iso.datetime().nullable().describe('Null: it is open'),
  })
  .meta({ id: 'SecurityProfileUpgrade', description: 'The raise of the security profile of a station' });

/** `GET /v1/security-profile-upgrades`. */
export const upgradeList = defineList({
  item: upgradeSchema,
  keys: ['station'],
  filters: { station: anyOf(text.max(MAX_STATION_LENGTH)).optional(), state: oneOf(UPGRADE_STATES).optional() },
  sorts: ['station', 'startedAt'],
  defaultSort: '-startedAt',
});

export function upgradeView(upgrade: ListedUpgrade): z.output<typeof upgradeSchema> {
  const { station, id, state, step, target: wanted, reason, slot, tries, nextAt, until, startedAt, sentAt, endedAt } = upgrade;
  return {
    ...{ station, id, state, step, target: wanted, reason, slot, tries },
    ...{ nextAt: nextAt?.toISOString() ?? null, until: until?.toISOString() ?? null, startedAt: startedAt.toISOString() },
    ...{ sentAt: sentAt?.toISOString() ?? null, endedAt: endedAt?.toISOString() ?? null },
  };
}
