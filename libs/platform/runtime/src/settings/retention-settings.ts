import { RETENTION, type RetentionDays, type RetentionName } from '@voltbus/database';
import type { Settings } from './settings';

/** How long each kind of data is kept, as set. */
export function retentionDays(settings: Settings): RetentionDays {
  const names = Object.keys(RETENTION) as RetentionName[];
  return Object.fromEntries(names.map((name) => [name, settings[`RETENTION_${name}_DAYS`]])) as RetentionDays; // every name has a setting
}
