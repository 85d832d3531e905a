export type { QuirkEntry, QuirkValue, SwitchableEntry } from './quirk';
export {
  NO_QUIRKS,
  QUIRKS_HEADER,
  isQuirkOn,
  packQuirks,
  quirkNumber,
  quirkSettingsSchema,
  quirkZone,
  readBy,
  unpackQuirks,
  type QuirkSetting,
  type QuirkSettings,
} from './settings';
export { OTHER_RANKS, STANDING_QUIRKS } from './standing';
export { SWITCHABLE_NAMES, SWITCHABLE_QUIRKS, type SwitchableQuirk } from './switchable';
