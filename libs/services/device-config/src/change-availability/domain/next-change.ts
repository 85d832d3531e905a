import { IN_USE } from '../../status-history';
import { BELIEVED_MS, MAX_TRIES, RESULT_TIMEOUT_MS, RETRY_MS } from '../limits';
import { hasWithin, type Place, type WantedAvailability } from './availability';

/** A connector as the station last reported it. */
export interface ReportedState extends Place {
  status: string;
  /** Of the last report. Null: it was reported before this was stored. */
  receivedAt: Date | null;
  /** Of the first report with this status: stations repeat it. */
  since: Date | null;
}

/** What happens to a change now. */
type NextStep = 'send' | 'give-up' | 'nothing';

/** A change is sent when it waits, when its result was lost, or when the station does not do any more what it has accepted. */
export function nextStep(
  wanted: WantedAvailability,
  {
    all,
    reported,
    bootedAt,
    now,
  }: { all: readonly WantedAvailability[]; reported: readonly ReportedState[]; bootedAt: Date | null; now: Date },
): NextStep {
  const hasBooted = bootedAt !== null && wanted.sentAt !== null && bootedAt > wanted.sentAt;
  const isToBeSent = isUnsent(wanted, now) || (wanted.state === 'failed' ? hasBooted : isLost(wanted, { all, reported, now }));
  if (!isToBeSent) return 'nothing';
  if (hasBooted) return 'send';
  if (wanted.tries >= MAX_TRIES) return wanted.state === 'failed' ? 'nothing' : 'give-up';
  return wanted.nextAt === null || wanted.nextAt <= now ? 'send' : 'nothing';
}

function isUnsent({ state, sentAt }: WantedAvailability, now: Date): boolean {
  if (state === 'waiting') return true;
  return state === 'sent' && sentAt !== null && now.getTime() - sentAt.getTime() > RESULT_TIMEOUT_MS;
}

/** The station reports a state that it cannot have while it does what it has accepted. */
function isLost(
  wanted: WantedAvailability,
  { all, reported, now }: { all: readonly WantedAvailability[]; reported: readonly ReportedState[]; now: Date },
): boolean {
  const { answeredAt } = wanted;
  if ((wanted.state !== 'accepted' && wanted.state !== 'scheduled') || answeredAt === null) return false;
  const believed = reported.filter(({ receivedAt, since }) => {
    if (receivedAt === null || receivedAt <= answeredAt) return false;
    const heldMs = now.getTime() - Math.max((since ?? receivedAt).getTime(), answeredAt.getTime());
    return heldMs >= BELIEVED_MS;
  });
  return believed.some((one) => one.evse > 0 && one.connector > 0 && hasWithin(wanted, one) && contradicts(wanted, one, all));
}

function contradicts(wanted: WantedAvailability, { status, ...place }: ReportedState, all: readonly WantedAvailability[]): boolean {
  if (wanted.availability === 'Inoperative') {
    if (status === 'Unavailable' || status === 'Faulted') return false;
    return !(wanted.state === 'scheduled' && IN_USE.has(status)); // the session goes on
  }
  // G03.FR.07: a connector is out of service as long as it, its EVSE or its station is
  const isMeant = all.some(({ availability, ...outer }) => availability === 'Inoperative' && hasWithin(outer, place));
  return status === 'Unavailable' && !isMeant;
}

/** How long a change that was sent so often is left alone. */
export function pauseAfter(tries: number): number {
  return RETRY_MS * Math.max(1, tries);
}
