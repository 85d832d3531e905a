import { isDeepStrictEqual } from 'node:util';
import type { Cdr, Transaction } from '@voltbus/contracts';
import { negate, price } from '@voltbus/pricing';
import { centsOf, expectedTotal } from './price';
import type { SessionTruth, StationTruth, Truth } from './truth';

/** How far a bill's times may be off. */
const CLOCK_MS = 1_000;

/** How a CSMS's account differs from the truth; empty lists: it does not. */
export interface Verdict {
  sessions: number;
  lost: string[];
  doubled: string[];
  wrong: string[];
  /** Not charged yet, as a person has to look first: judged by what it would cost. Neither lost nor wrong. */
  held: string[];
}

/** What a CSMS says about one station. */
export interface Account {
  transactions: Transaction[];
  cdrs: Cdr[];
  /** Waiting for an operator, beside what was issued. */
  held: Cdr[];
  /** What `csms.cdrs.v1` says of it, each event once; absent where the topic is not looked at. */
  told?: Cdr[];
}

/** Compares the truth with what the CSMS says of each station. Pure. */
export function verify(truth: Truth, accounts: ReadonlyMap<string, Account>): Verdict {
  const verdict: Verdict = { sessions: 0, lost: [], doubled: [], wrong: [], held: [] };
  for (const station of truth.stations) {
    const account = accounts.get(station.station) ?? { transactions: [], cdrs: [], held: [] };
    for (const session of station.sessions) judge(station, session, { account, priced: truth.priced }, verdict);
    surplus(station, truth, account, verdict);
    if (account.told !== undefined) compare(station.station, account.cdrs, account.told, verdict);
  }
  return verdict;
}

/** Sessions of that time that the station has never had. One that was never told its id may be among them. */
function surplus({ station, sessions, odd }: StationTruth, { from, to }: Truth, { transactions }: Account, verdict: Verdict): void {
  const ids = new Set(sessions.map(({ ocppTransactionId }) => ocppTransactionId));
  const strangers = transactions.filter(
    ({ ocppTransactionId, startedAt }) => !ids.has(ocppTransactionId) && (odd || (startedAt >= from && startedAt <= to)),
  );
  const untold = sessions.filter(({ ocppTransactionId }) => ocppTransactionId === null).length;
  for (const { id } of strangers.slice(untold)) verdict.doubled.push(`${station}: a transaction it has never had, ${id}`);
}

/** Other teams must hear what operators are shown: every CDR, once, word for word. */
function compare(station: string, shown: readonly Cdr[], told: readonly Cdr[], verdict: Verdict): void {
  const known = new Map(shown.map((cdr) => [cdr.id, cdr]));
  const heard = new Set<string>();
  for (const cdr of told) {
    const name = `${station} CDR ${cdr.id} on the topic`;
    if (heard.has(cdr.id)) verdict.doubled.push(`${name}: under two event ids`);
    heard.add(cdr.id);
    const same = known.get(cdr.id);
    if (same === undefined) verdict.doubled.push(`${name}: the API knows none of it`);
    else if (!isDeepStrictEqual(same, cdr)) verdict.wrong.push(`${name}: not what the API says`);
  }
  for (const id of known.keys()) if (!heard.has(id)) verdict.lost.push(`${station} CDR ${id}: not on the topic`);
}

function judge(
  station: StationTruth,
  session: SessionTruth,
  { account: { transactions, cdrs, held }, priced }: { account: Account; priced: boolean },
  verdict: Verdict,
): void {
  if (!session.startAcknowledged && !session.endAcknowledged) return; // the CSMS never had a chance
  verdict.sessions++;
  const name = `${station.station} (${station.protocol}, ${station.personality}) session of ${session.startedAt}, id ${session.ocppTransactionId}`;
  const mine = transactions.filter((transaction) => transaction.ocppTransactionId === session.ocppTransactionId);
  if (mine.length === 0) return void verdict.lost.push(`${name}: no transaction`);
  if (mine.length > 1) return void verdict.doubled.push(`${name}: ${mine.length} transactions`);
  if (!session.endAcknowledged) return;
  const issued = cdrs.filter((cdr) => cdr.ocppTransactionId === session.ocppTransactionId);
  const waiting = held.filter((cdr) => cdr.ocppTransactionId === session.ocppTransactionId);
  if (waiting.length > 1) return void verdict.doubled.push(`${name}: ${waiting.length} CDRs are held`);
  for (const { review } of waiting) verdict.held.push(`${name}: held for ${review?.reasons.join(', ')}`);
  const bills = [...(waiting.length === 0 ? issued : issued.filter((cdr) => !isStanding(cdr, issued))), ...waiting];
  const charges = bills.filter(({ kind }) => kind === 'charge').length - bills.filter(({ kind }) => kind === 'credit').length;
  if (charges < 1) return void verdict.lost.push(`${name}: no CDR`);
  if (charges > 1) return void verdict.doubled.push(`${name}: ${charges} CDRs that no credit takes back`);
  for (const cdr of bills) if (!addsUp(cdr)) verdict.wrong.push(`${name}: CDR ${cdr.id} does not cost what its periods and tariff say`);
  const tokens = bills.filter(({ idToken }) => idToken?.toUpperCase() !== charged(session.idToken));
  if (tokens.length > 0) verdict.wrong.push(`${name}: charged by ${session.idToken}, billed to ${tokens[0]?.idToken}`);
  const billedWh = bills.reduce((sum, { kind, energyWh }) => sum + (kind === 'credit' ? -Math.abs(energyWh) : energyWh), 0);
  const chargedWh = session.stopWh - session.startWh;
  if (billedWh !== chargedWh) verdict.wrong.push(`${name}: charged ${chargedWh} Wh, billed ${billedWh} Wh`);
  const cents = bills.reduce((sum, { cost }) => sum + centsOf(cost.total), 0);
  if (priced && cents !== centsOf(expectedTotal(session)))
    verdict.wrong.push(`${name}: costs ${expectedTotal(session)}, billed ${cents} cents`);
  if (!station.odd) for (const wrong of times(session, bills)) verdict.wrong.push(`${name}: ${wrong}`);
}

/** A charge that no credit takes back: what a held CDR would replace. */
function isStanding({ kind, id }: Cdr, bills: readonly Cdr[]): boolean {
  return kind === 'charge' && !bills.some(({ creditOf }) => creditOf === id);
}

/** What a reader adds is no part of a token, and must not be in a bill; case is nobody's. */
function charged(idToken: string): string {
  return idToken.replace(/[\u0000-\u001f\u007f]/g, '').toUpperCase();
}

/** Of the charge that stands: some write no fractions of a second. */
function times({ startedAt, endedAt, lost }: SessionTruth, bills: readonly Cdr[]): string[] {
  const standing = bills.find((cdr) => isStanding(cdr, bills));
  if (standing === undefined || lost > 0) return [];
  const off = (said: string, truth: string): boolean => Math.abs(Date.parse(said) - Date.parse(truth)) > CLOCK_MS;
  return [
    ...(off(standing.startedAt, startedAt) ? [`began at ${startedAt}, billed from ${standing.startedAt}`] : []),
    ...(endedAt !== null && off(standing.endedAt, endedAt) ? [`ended at ${endedAt}, billed to ${standing.endedAt}`] : []),
  ];
}

/** By the CDR's own periods and tariff; a credit by those of the charge that it takes back, turned round. */
function addsUp({ kind, tariff, energyWh, periods, cost }: Cdr): boolean {
  if (tariff === null) return true;
  const turned = kind === 'credit' ? -1 : 1;
  const facts = {
    energyWh: turned * energyWh,
    periods: periods.map((period) => ({ ...period, seconds: turned * period.seconds, energyWh: turned * period.energyWh })),
  };
  const priced = price(facts, tariff).cost;
  return isDeepStrictEqual(kind === 'credit' ? negate(priced) : priced, cost);
}
