import { z } from 'zod';
import type { QuirkValue } from './quirk';
import { SWITCHABLE_QUIRKS, type SwitchableQuirk } from './switchable';

/**
 * What is switched for a station, as it travels with its profile and its messages: entries that stand at their default are left out. `true`: on without a
 * value; a number or a text: on with it; `false`: off.
 */
export type QuirkSettings = { readonly [K in SwitchableQuirk]?: QuirkSetting };
export type QuirkSetting = boolean | number | string;

/** Entries of a newer version are let through: nobody here asks for them. */
export const quirkSettingsSchema = z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])) as z.ZodType<QuirkSettings>;

/** Nothing is switched. */
export const NO_QUIRKS: QuirkSettings = {};

/** Lane records have it only where a station has settings: others would pay for a header that says nothing. */
export const QUIRKS_HEADER = 'q';

export function packQuirks(settings: QuirkSettings): Buffer {
  return Buffer.from(JSON.stringify(settings));
}

/** Throws on what `packQuirks` did not write. */
export function unpackQuirks(packed: Uint8Array | undefined): QuirkSettings {
  return packed === undefined ? NO_QUIRKS : quirkSettingsSchema.parse(JSON.parse(Buffer.from(packed).toString('utf8')));
}

export function isQuirkOn(settings: QuirkSettings, quirk: SwitchableQuirk): boolean {
  return (settings[quirk] ?? SWITCHABLE_QUIRKS[quirk].default === 'on') !== false;
}

/** Quirks that change what a message says of energy and times. */
const READING: readonly SwitchableQuirk[] = ['energy-in-kwh', 'totals-are-wrong', 'utc-times-are-local', 'zoneless-times-are-local'];

/** By which quirks a message was read, as text; empty: by none. Energy and times of messages with different texts do not fit together. */
export function readBy(settings: QuirkSettings = NO_QUIRKS): string {
  return READING.filter((quirk) => isQuirkOn(settings, quirk))
    .map((quirk) => `${quirk}=${String(settings[quirk])}`)
    .join(' ');
}

type QuirkOf<K extends QuirkValue['kind']> = {
  [Q in SwitchableQuirk]: (typeof SWITCHABLE_QUIRKS)[Q]['value']['kind'] extends K ? Q : never;
}[SwitchableQuirk];

/** The number that the entry is switched on with; null: it is off. */
export function quirkNumber(settings: QuirkSettings, quirk: QuirkOf<'number'>): number | null {
  const setting = settings[quirk];
  return typeof setting === 'number' ? setting : null;
}

/** The time zone that the entry is switched on with; null: it is off. */
export function quirkZone(settings: QuirkSettings, quirk: QuirkOf<'time-zone'>): string | null {
  const setting = settings[quirk];
  return typeof setting === 'string' ? setting : null;
}
