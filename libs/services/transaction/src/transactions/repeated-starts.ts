import { isRestated, isSameStart, type BegunSession, type StartMessage } from './domain/repeated-start';
import type { TransactionMessage } from './transaction-message';
import { isNamed, lastRead } from './store/typeorm-last-activity';
import type { TransactionUnit } from './store/typeorm-transaction-unit';
import type { StoredTransaction } from './store/stored-transaction';

/** The transaction that an equal start began. */
export async function startedBefore(
  unit: TransactionUnit,
  message: TransactionMessage,
  startKey: string,
): Promise<StoredTransaction | null> {
  for (const key of startKeys(message, startKey)) {
    const restated = await unit.matchedTo(key);
    if (restated !== null) return restated;
  }
  const earlier = await unit.startedAs(startKey, message.receivedAt);
  if (earlier === null) return null;
  return isSameStart(startIn(message), { ...begunSession(earlier), named: await isNamed(unit, earlier.state) }) ? earlier : null;
}

/** The transaction at its connector that the same start began under another time. */
export async function restatedStart(unit: TransactionUnit, message: TransactionMessage): Promise<StoredTransaction | null> {
  const { evse, idToken, meterStartWh } = message.report;
  if (evse === null || idToken === null) return null;
  for (const open of await unit.openAt(evse)) {
    const session = { ...begunSession(open), lastRead: await lastRead(unit, open.state) };
    if (isRestated({ ...startIn(message), idToken, meterStartWh }, session)) return open;
  }
  return null;
}

/**
 * Keys under which a start that was sent with another time is found again: its content, where its clock is believed,
 * and in any case its delivery.
 */
export function startKeys(message: TransactionMessage, startKey: string): string[] {
  const delivered = `start|${startKey}|${message.receivedAt.getTime()}`;
  return startIn(message).believed ? [`start|${startKey}`, delivered] : [delivered];
}

function startIn({ report: { time }, receivedAt, untimed = false }: TransactionMessage): StartMessage {
  return { at: time.at, believed: time.raw === null && !untimed, receivedAt: receivedAt.getTime() };
}

export function begunSession({ state, startReceivedAt }: StoredTransaction): Omit<BegunSession, 'named'> {
  return { state, receivedAt: startReceivedAt?.getTime() ?? state.start.at };
}
