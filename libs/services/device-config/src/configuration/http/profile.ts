import { MAX_STATION_GROUP_LENGTH } from '@voltbus/contracts';
import { MAX_INT32, defineList, oneOf, text, type Resource } from '@voltbus/http';
import { z } from 'zod';
import { PLACE_FAULT, givenId, hasWholePlace, isNamed, requestedNameMembers, requestedValueMembers } from '../../device-model';
import { MODES, type Profile, type ProfileValue } from '../domain/profile';
import { MAX_NAMES, MAX_VALUES } from '../limits';

const MAX_TEXT = 100;

const { id: _id, ...nameMembers } = requestedNameMembers;
/** A value that a variable shall have. */
export const profileValueSchema = z
  .strictObject({
    ...nameMembers,
    ...requestedValueMembers,
  })
  .refine(isNamed, 'names no variable: give key, or component and variable')
  .refine(hasWholePlace, PLACE_FAULT)
  .meta({
    id: 'WantedVariable',
    description:
      'A value that a variable shall have, by its key of 1.6 or by component and variable of 2.x: standard ones are found by either',
  });

const names = (most: number) => z.array(text.trim().min(1).max(most)).max(MAX_NAMES).default([]);

export const wantedValues = z
  .array(profileValueSchema)
  .max(MAX_VALUES)
  .refine(
    (values) => new Set(values.map((value) => `${givenId(value)} ${value.attribute}`)).size === values.length,
    'sets a variable twice',
  );

/** Members in one order, whatever order the database keeps them in: entity tags depend on it. */
export function inOrder(values: readonly ProfileValue[]): ProfileValue[] {
  return values.map(
    (value) => Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) as unknown as ProfileValue,
  ); // the same members
}

/** `PUT /v1/configuration-profiles/{profile}`. */
const putProfileSchema = z
  .strictObject({
    profile: z.string().optional().describe('May repeat the path, which counts'),
    description: text.max(500).nullable().default(null).describe('For people'),
    mode: z
      .enum(MODES)
      .describe('`apply`: stations are set so. `dry-run`: it is shown what differs, and nothing is set. `off`: it counts for nothing'),
    priority: z
      .int()
      .min(0)
      .max(MAX_INT32)
      .default(0)
      .describe('Where profiles want different values of a variable, the highest counts, then the first name'),
    vendors: names(MAX_TEXT).describe('Stations of one of these vendors, without regard to case; empty: of any'),
    models: names(MAX_TEXT).describe('Stations of one of these models, without regard to case; empty: of any'),
    firmwareVersions: names(MAX_TEXT).describe(
      'Stations whose firmware fits one of these patterns, in which `*` stands for any characters; empty: of any',
    ),
    groups: names(MAX_STATION_GROUP_LENGTH).describe('Stations of one of these station groups, without regard to case; empty: of any'),
    values: wantedValues.describe('What the variables shall be'),
  })
  .meta({ id: 'ConfigurationProfilePut', description: 'A configuration profile, whole' });

export const profileResource: Resource<typeof putProfileSchema, Profile> = {
  noun: 'configuration profile',
  schema: putProfileSchema,
  guarded: ['vendors', 'models', 'firmwareVersions', 'groups'],
  identity: { member: 'profile' },
  writtenAs: ({ profile: _name, ...written }) => ({ ...written, values: inOrder(written.values) }),
};

export const profileSchema = z
  .object({
    profile: z.string().describe('Its name'),
    description: z.string().nullable().describe('For people'),
    mode: z.enum(MODES).describe('`apply`, `dry-run` or `off`'),
    priority: z.int().describe('The highest counts'),
    vendors: z.array(z.string()).describe('Vendors of its stations; empty: any'),
    models: z.array(z.string()).describe('Models of its stations; empty: any'),
    firmwareVersions: z.array(z.string()).describe('Patterns of the firmware of its stations; empty: any'),
    groups: z.array(z.string()).describe('Groups of its stations; empty: any'),
    values: z.array(profileValueSchema).describe('What the variables shall be'),
  })
  .meta({ id: 'ConfigurationProfile', description: 'Values that all stations of a kind shall have' });

export const profileNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,100}$/, 'is no name of a configuration profile: 1 to 100 letters, digits, and _ . : -');

/** `GET /v1/configuration-profiles`. */
export const profileList = defineList({
  item: profileSchema,
  keys: ['profile'],
  filters: {
    mode: oneOf(MODES).optional().describe('How far it goes'),
    search: text.min(1).max(MAX_TEXT).optional().describe('The beginning of `profile`, without regard to case'),
  },
  sorts: ['profile'],
  defaultSort: 'profile',
});
