import { MAX_STATION_GROUP_LENGTH, SWITCHABLE_NAMES, SWITCHABLE_QUIRKS, type SwitchableEntry } from '@voltbus/contracts';
import { defineList, text, type Resource } from '@voltbus/http';
import { z } from 'zod';
import { MAX_PATTERNS, MAX_PATTERN_LENGTH, type QuirkProfile, type SwitchedQuirk } from '../../quirks';
import { timeZoneName } from '../../stations/time-zone-name';

const members = {
  quirk: z.enum(SWITCHABLE_NAMES).describe('Name of the quirk'),
  on: z.boolean().describe('Whether it is on'),
  value: text
    .max(MAX_PATTERN_LENGTH)
    .nullable()
    .describe(
      'What it is switched on with: a whole number as text, or the name of a time zone; null for a quirk without a value, and for one that is off',
    ),
};

const switchedQuirkSchema = z
  .strictObject({ ...members, value: members.value.default(null) })
  .superRefine((given, context) => {
    const fault = faultOf(given);
    if (fault !== null) context.addIssue({ code: 'custom', path: ['value'], message: fault });
  })
  .meta({ id: 'SwitchedQuirk', description: 'A quirk that is switched on or off' });

function faultOf({ quirk, on, value }: SwitchedQuirk): string | null {
  const { value: wanted }: SwitchableEntry = SWITCHABLE_QUIRKS[quirk];
  if (!on || wanted.kind === 'none') return value === null ? null : 'has no value';
  if (wanted.kind === 'time-zone') return timeZoneName.safeParse(value).success ? null : 'is no time zone such as Europe/Berlin (IANA)';
  const { least, most, unit } = wanted;
  const fits = value !== null && /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most;
  return fits ? null : `is no whole number from ${least} to ${most}${unit === 'number' ? '' : ` (${unit})`}`;
}

const patterns = z.array(text.trim().min(1).max(MAX_PATTERN_LENGTH)).max(MAX_PATTERNS).default([]);
const groups = z.array(text.trim().min(1).max(MAX_STATION_GROUP_LENGTH)).max(MAX_PATTERNS).default([]);
const STAR = 'patterns, in which `*` stands for any characters, without regard to case; empty: of any';

/** `PUT /v1/quirk-profiles/{profile}`. */
const putQuirkProfileSchema = z
  .strictObject({
    profile: z.string().optional().describe('May repeat the path, which counts'),
    description: text.max(500).nullable().default(null).describe('For people'),
    vendors: patterns.describe(`Stations whose vendor fits one of these ${STAR}`),
    models: patterns.describe(`Stations whose model fits one of these ${STAR}`),
    firmwareVersions: patterns.describe(`Stations whose firmware fits one of these ${STAR}`),
    groups: groups.describe('Stations of one of these station groups, without regard to case; empty: of any'),
    stations: patterns.describe(`Stations whose name fits one of these ${STAR}`),
    quirks: z
      .array(switchedQuirkSchema)
      .max(SWITCHABLE_NAMES.length)
      .refine((given) => new Set(given.map(({ quirk }) => quirk)).size === given.length, 'switches a quirk twice')
      .describe('What is switched'),
  })
  .meta({ id: 'QuirkProfilePut', description: 'A quirk profile, whole' });

export const quirkProfileResource: Resource<typeof putQuirkProfileSchema, QuirkProfile> = {
  noun: 'quirk profile',
  schema: putQuirkProfileSchema,
  guarded: ['vendors', 'models', 'firmwareVersions', 'groups', 'stations'],
  identity: { member: 'profile' },
  writtenAs: ({ profile: _name, ...written }) => ({ ...written, quirks: inOrder(written.quirks) }),
};

/** Members in one order, whatever order the database keeps them in: entity tags depend on it. */
function inOrder(given: readonly SwitchedQuirk[]): SwitchedQuirk[] {
  return given.map(({ quirk, on, value }) => ({ quirk, on, value }));
}

export const quirkProfileSchema = z
  .object({
    profile: z.string().describe('Its name'),
    description: z.string().nullable().describe('For people'),
    vendors: z.array(z.string()).describe('Patterns of the vendors of its stations; empty: any'),
    models: z.array(z.string()).describe('Patterns of the models of its stations; empty: any'),
    firmwareVersions: z.array(z.string()).describe('Patterns of the firmware of its stations; empty: any'),
    groups: z.array(z.string()).describe('Groups of its stations; empty: any'),
    stations: z.array(z.string()).describe('Patterns of the names of its stations; empty: any'),
    quirks: z
      .array(z.object(members).meta({ id: 'SwitchedQuirkShown', description: 'A quirk that is switched' }))
      .describe('What is switched'),
  })
  .meta({ id: 'QuirkProfile', description: 'Quirks that are switched for all stations of a kind' });

export const quirkProfileNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,100}$/, 'is no name of a quirk profile: 1 to 100 letters, digits, and _ . : -');

/** `GET /v1/quirk-profiles`. */
export const quirkProfileList = defineList({
  item: quirkProfileSchema,
  keys: ['profile'],
  filters: { search: text.min(1).max(MAX_PATTERN_LENGTH).optional().describe('The beginning of `profile`, without regard to case') },
  sorts: ['profile'],
  defaultSort: 'profile',
});
