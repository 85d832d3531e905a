import { FLAGS, type Flag } from './flags';

/**
 * Flags whose CDRs wait for a person by default, where the tenant has no list of its own: those that doubt the amount
 * itself. A session that is merely odd (a lost stop, an unknown token, a gap) is billed by what is known: operators
 * must not drown.
 */
export const DEFAULT_REVIEW_FLAGS: readonly Flag[] = [
  'energy-doubtful',
  'energy-implausible',
  'quirk-switched',
  'register-jump',
  'start-register-doubtful',
  'stop-before-start',
  'time-implausible',
];

/** The flags that a tenant may have held for review. The cast gives the keys their type, which Object.keys forgets. */
export const REVIEWABLE_FLAGS: readonly Flag[] = (Object.keys(FLAGS) as Flag[]).sort();
