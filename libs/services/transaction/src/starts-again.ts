import { isRestated, isSameStart, type BegunSession, type StartSaid } from './domain/same-start';
import type { Said } from './said';
import type { StoredTransaction, TransactionUnit } from './store/typeorm-transaction-unit';

/** The session that the same words began. */
export async function startedBefore(unit: TransactionUnit, said: Said, startKey: string): Promise<StoredTransaction | null> {
  for (const words of startWords(said, startKey)) {
    const restated = await unit.matchedTo(words);
    if (restated !== null) return restated;
  }
  const earlier = await unit.startedAs(startKey, said.receivedAt);
  if (earlier === null) return null;
  return isSameStart(startIn(said), { ...begun(earlier), named: await unit.isNamed(earlier.state) }) ? earlier : null;
}

/** The session of its connector that the same start began, said with another time. */
export async function restatedBy(unit: TransactionUnit, said: Said): Promise<StoredTransaction | null> {
  const { evse, idToken, meterStartWh } = said.report;
  if (evse === null || idToken === null) return null;
  for (const open of await unit.openAt(evse)) {
    const session = { ...begun(open), lastRead: await unit.lastRead(open.state) };
    if (isRestated({ ...startIn(said), idToken, meterStartWh }, session)) return open;
  }
  return null;
}

/** What tells a start that was said with another time from others: its words, where its clock is believed; its delivery in any case. */
export function startWords(said: Said, startKey: string): string[] {
  const delivered = `start|${startKey}|${said.receivedAt.getTime()}`;
  return startIn(said).believed ? [`start|${startKey}`, delivered] : [delivered];
}

function startIn({ report: { time }, receivedAt, untimed = false }: Said): StartSaid {
  return { at: time.at, believed: time.raw === null && !untimed, receivedAt: receivedAt.getTime() };
}

export function begun({ state, startReceivedAt }: StoredTransaction): Omit<BegunSession, 'named'> {
  return { state, receivedAt: startReceivedAt?.getTime() ?? state.start.at };
}
