import { quirkNumber, type QuirkSettings, type Registration } from '@voltbus/contracts';

/** The least that a pending station waits before it boots again: an operator is at it (B02). Seconds. */
export const PENDING_SECONDS = 60;
/** The same of a rejected one: it is told to go away (B03). Seconds. */
export const REJECTED_SECONDS = 900;

interface BootAnswer {
  registration: Registration;
  /** The heartbeat interval of the settings, seconds. */
  usual: number;
  quirks: QuirkSettings;
}

/**
 * `interval` of the answer to a boot: the heartbeat interval of an accepted station (B01.FR.02), or less where it needs more of them (`heartbeat-at-most`); of
 * any other the time until it may boot again (B02.FR.07, B03.FR.06). Never 0, with which stations choose themselves.
 */
export function intervalSeconds({ registration, usual, quirks }: BootAnswer): number {
  if (registration === 'rejected') return REJECTED_SECONDS;
  if (registration === 'pending') return PENDING_SECONDS;
  return Math.min(usual, quirkNumber(quirks, 'heartbeat-at-most') ?? usual);
}
