import { isQuirkOn, quirkNumber, type Protocol, type QuirkSettings, type SwitchableQuirk } from '@voltbus/contracts';

/** A text of JSON that is an instant with fractions of a second. */
const FINE_TIME = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{1,9}(Z|[+-]\d\d:\d\d)"/g;
const REMOTE_STARTS: ReadonlySet<string> = new Set(['RemoteStartTransaction', 'RequestStartTransaction']);

/** The frame with its times in whole seconds. Only whole texts are times: what is within another text stays. */
export function withoutMilliseconds(frame: string): string {
  return frame.replaceAll(FINE_TIME, '"$1$2"');
}

interface SentCall {
  protocol: Protocol;
  action: string;
  payload: object;
}

/** The payload of a call as the station takes it, and the quirks that changed it. */
export function callFor({ protocol, action, payload }: SentCall, quirks: QuirkSettings): { payload: object; applied: SwitchableQuirk[] } {
  if (!REMOTE_STARTS.has(action)) return { payload, applied: [] };
  const applied: SwitchableQuirk[] = [];
  let start = payload as Readonly<Record<string, unknown>>; // our own schema demands an object
  if (start['chargingProfile'] !== undefined && isQuirkOn(quirks, 'start-without-profile')) {
    const { chargingProfile: _left, ...others } = start;
    start = others;
    applied.push('start-without-profile');
  }
  const connector = quirkNumber(quirks, 'start-needs-connector');
  const member = protocol === 'ocpp1.6' ? 'connectorId' : 'evseId';
  if (connector !== null && start[member] === undefined) {
    start = { ...start, [member]: connector };
    applied.push('start-needs-connector');
  }
  return { payload: start, applied };
}
