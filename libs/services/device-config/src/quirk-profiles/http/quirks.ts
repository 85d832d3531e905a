import {
  SWITCHABLE_NAMES,
  SWITCHABLE_QUIRKS,
  STANDING_QUIRKS,
  type QuirkEntry,
  type QuirkValue,
  type SwitchableEntry,
} from '@voltbus/contracts';
import { z } from 'zod';
import { LEVELS } from '../../quirks';

const valueSchema = z
  .object({
    kind: z.enum(['number', 'time-zone']).describe('A whole number, or the name of a time zone (IANA)'),
    means: z.string().describe('What it is, for people'),
    unit: z.string().nullable().describe('`seconds`, `milliseconds`, `items` or `number`; null: it is no number'),
    least: z.int().nullable().describe('The smallest; null: it is no number'),
    most: z.int().nullable().describe('The largest; null: it is no number'),
  })
  .meta({ id: 'QuirkValue', description: 'What a quirk is switched on with' });

const quirkSchema = z
  .object({
    quirk: z.string().describe('Its name, which keeps its meaning'),
    switchable: z.boolean().describe('Whether profiles switch it; others are always on'),
    onByDefault: z.boolean().describe('Whether it is on where no profile says anything'),
    value: valueSchema.nullable().describe('What it is switched on with; null: nothing'),
    station: z.string().describe('What the station does'),
    csms: z.string().describe('What is done about it'),
    actions: z.string().describe('The messages that it is about'),
    versions: z.string().describe('The versions of OCPP that it is about'),
    shownBy: z.string().describe('The flag, metric or log that shows that it was used'),
  })
  .meta({ id: 'Quirk', description: 'A way in which stations differ from the specification' });

/** `GET /v1/quirks`. */
export const quirksSchema = z
  .object({ items: z.array(quirkSchema).describe('Those that can be switched first') })
  .meta({ id: 'Quirks', description: 'All quirks that are known' });

/** `GET /v1/stations/{station}/quirks`. */
export const stationQuirksSchema = z
  .object({
    items: z
      .array(
        z
          .object({
            quirk: z.enum(SWITCHABLE_NAMES).describe('Name of the quirk'),
            on: z.boolean().describe('Whether it is on'),
            value: z.string().nullable().describe('What it is switched on with, a number as text; null: nothing'),
            profile: z.string().nullable().describe('The profile that says so; null: none does, it is as by default'),
            level: z
              .enum([...LEVELS, 'default'])
              .describe(
                'How closely that profile describes its stations: the closest wins. `station` is the closest, `tenant` means all stations',
              ),
          })
          .meta({ id: 'StationQuirk', description: 'What holds for a station, and where it comes from' }),
      )
      .describe('Every quirk that can be switched'),
  })
  .meta({ id: 'StationQuirks', description: 'Which quirks are switched for a station' });

export function quirksView(): z.output<typeof quirksSchema> {
  const switchable = Object.entries<SwitchableEntry>(SWITCHABLE_QUIRKS).map(([quirk, entry]) => ({
    ...{ quirk, switchable: true, onByDefault: entry.default === 'on', value: valueView(entry.value) },
    ...words(entry),
  }));
  const standing = Object.entries(STANDING_QUIRKS).map(([quirk, entry]) => ({
    ...{ quirk, switchable: false, onByDefault: true, value: null },
    ...words(entry),
  }));
  return { items: [...switchable, ...standing] };
}

function words({ station, csms, actions, versions, shownBy }: QuirkEntry) {
  return { station, csms, actions, versions, shownBy };
}

function valueView(value: QuirkValue): z.output<typeof valueSchema> | null {
  if (value.kind === 'none') return null;
  if (value.kind === 'time-zone') return { kind: value.kind, means: value.means, unit: null, least: null, most: null };
  const { kind, means, unit, least, most } = value;
  return { kind, means, unit, least, most };
}
