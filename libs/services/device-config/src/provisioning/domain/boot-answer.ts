import { quirkNumber, type QuirkSettings } from '@voltbus/contracts';

/** The heartbeat interval that a station is given: that of the settings, or less where it needs more of them (`heartbeat-at-most`). Seconds. */
export function heartbeatSeconds(usual: number, quirks: QuirkSettings): number {
  return Math.min(usual, quirkNumber(quirks, 'heartbeat-at-most') ?? usual);
}
