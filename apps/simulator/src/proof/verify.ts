import { isDeepStrictEqual } from 'node:util';
import type { Cdr, Transaction } from '@voltbus/contracts';
import { negate, price } from '@voltbus/pricing';
import type { SessionTruth, StationTruth, Truth } from '@voltbus/virtual-station';
import { centsOf, expectedTotal } from './price';

/** The times of a CDR may differ so much from the truth. */
const CLOCK_TOLERANCE_MS = 1_000;

/** The differences between a CSMS's account and the truth, one line each. */
export interface Verdict {
  sessions: number;
  lost: string[];
  doubled: string[];
  wrong: string[];
  /** CDRs that wait for a review. They are verified by what they would cost, and are neither lost nor wrong. */
  held: string[];
}

/** A CSMS's account of one station. */
export interface Account {
  transactions: Transaction[];
  /** The CDRs that were issued. */
  cdrs: Cdr[];
  /** CDRs that wait for an operator, beside those that were issued. */
  held: Cdr[];
  /** The station's CDRs on `csms.cdrs.v1`, each event once; absent when the topic is not compared. */
  published?: Cdr[];
}

/** Compares the truth with the CSMS's account of each station. Pure. */
export function verify(truth: Truth, accounts: ReadonlyMap<string, Account>): Verdict {
  const verdict: Verdict = { sessions: 0, lost: [], doubled: [], wrong: [], held: [] };
  for (const station of truth.stations) {
    const account = accounts.get(station.station) ?? { transactions: [], cdrs: [], held: [] };
    for (const session of station.sessions) verifySession(station, session, { account, priced: truth.priced }, verdict);
    findSurplus(station, truth, account, verdict);
    if (account.published !== undefined) comparePublished(station.station, account.cdrs, account.published, verdict);
  }
  return verdict;
}

export function isRight({ lost, doubled, wrong }: Pick<Verdict, 'lost' | 'doubled' | 'wrong'>): boolean {
  return lost.length + doubled.length + wrong.length === 0;
}

/** Finds transactions of that time that the station never had. One of a session whose id the station never learned may be among them. */
function findSurplus(
  { station, sessions, clockIsWrong }: StationTruth,
  { from, to }: Truth,
  { transactions }: Account,
  verdict: Verdict,
): void {
  const ids = new Set(sessions.map(({ ocppTransactionId }) => ocppTransactionId));
  const unknown = transactions.filter(
    ({ ocppTransactionId, startedAt }) => !ids.has(ocppTransactionId) && (clockIsWrong || (startedAt >= from && startedAt <= to)),
  );
  const withoutId = sessions.filter(({ ocppTransactionId }) => ocppTransactionId === null).length;
  for (const { id } of unknown.slice(withoutId)) verdict.doubled.push(`${station}: a transaction that it never had, ${id}`);
}

/** The topic must have every CDR of the API, once and word for word. */
function comparePublished(station: string, issued: readonly Cdr[], published: readonly Cdr[], verdict: Verdict): void {
  const issuedById = new Map(issued.map((cdr) => [cdr.id, cdr]));
  const seen = new Set<string>();
  for (const cdr of published) {
    const name = `${station} CDR ${cdr.id} on the topic`;
    if (seen.has(cdr.id)) verdict.doubled.push(`${name}: under two event ids`);
    seen.add(cdr.id);
    const same = issuedById.get(cdr.id);
    if (same === undefined) verdict.doubled.push(`${name}: is not in the API`);
    else if (!isDeepStrictEqual(same, cdr)) verdict.wrong.push(`${name}: differs from the API in ${differing(same, cdr).join(', ')}`);
  }
  for (const id of issuedById.keys()) if (!seen.has(id)) verdict.lost.push(`${station} CDR ${id}: not on the topic`);
}

function verifySession(
  station: StationTruth,
  session: SessionTruth,
  { account: { transactions, cdrs, held }, priced }: { account: Account; priced: boolean },
  verdict: Verdict,
): void {
  if (!session.startAcknowledged && !session.endAcknowledged) return; // the CSMS has never received anything of it
  verdict.sessions++;
  const name = `${station.station} (${station.protocol}, ${station.personality}) session of ${session.startedAt}, id ${session.ocppTransactionId}`;
  const same = (one: { ocppTransactionId: string }): boolean => one.ocppTransactionId === session.ocppTransactionId;
  const found = transactions.filter(same).length;
  if (found === 0) return void verdict.lost.push(`${name}: no transaction`);
  if (found > 1) return void verdict.doubled.push(`${name}: ${found} transactions`);
  if (!session.endAcknowledged) return;
  const waiting = held.filter(same);
  if (waiting.length > 1) return void verdict.doubled.push(`${name}: ${waiting.length} CDRs are held`);
  for (const { review } of waiting) verdict.held.push(`${name}: held for ${review?.reasons.join(', ')}`);
  const bills = billsOf(cdrs.filter(same), waiting);
  const charges = bills.filter(({ kind }) => kind === 'charge').length - bills.filter(({ kind }) => kind === 'credit').length;
  if (charges < 1) return void verdict.lost.push(`${name}: no CDR`);
  if (charges > 1) return void verdict.doubled.push(`${name}: ${charges} CDRs that no credit takes back`);
  for (const error of errorsIn(bills, session, priced)) verdict.wrong.push(`${name}: ${error}`);
  if (!station.clockIsWrong) for (const error of timeErrors(session, bills)) verdict.wrong.push(`${name}: ${error}`);
}

/** The CDRs that stand when a held one, if there is one, replaces the charge that was issued. */
function billsOf(issued: readonly Cdr[], waiting: readonly Cdr[]): Cdr[] {
  return waiting.length === 0 ? [...issued] : [...issued.filter((cdr) => !isStanding(cdr, issued)), ...waiting];
}

/** A charge that no credit takes back. */
function isStanding({ kind, id }: Cdr, bills: readonly Cdr[]): boolean {
  return kind === 'charge' && !bills.some(({ creditOf }) => creditOf === id);
}

function errorsIn(bills: readonly Cdr[], session: SessionTruth, priced: boolean): string[] {
  const errors = bills.filter((cdr) => !addsUp(cdr)).map(({ id }) => `CDR ${id} does not cost what its periods and tariff say`);
  const foreign = bills.find(({ idToken }) => idToken?.toUpperCase() !== billedToken(session.idToken));
  if (foreign !== undefined) errors.push(`charged by ${session.idToken}, billed to ${foreign.idToken}`);
  const billedWh = bills.reduce((sum, { kind, energyWh }) => sum + (kind === 'credit' ? -Math.abs(energyWh) : energyWh), 0);
  const chargedWh = session.stopWh - session.startWh;
  if (billedWh !== chargedWh) errors.push(`charged ${chargedWh} Wh, billed ${billedWh} Wh`);
  const cents = bills.reduce((sum, { cost }) => sum + centsOf(cost.total), 0);
  if (priced && cents !== centsOf(expectedTotal(session))) errors.push(`costs ${expectedTotal(session)}, billed ${cents} cents`);
  return errors;
}

/** Control characters that a card reader adds are no part of a token and must not be in a CDR; case does not matter. */
function billedToken(idToken: string): string {
  return idToken.replace(/[\u0000-\u001f\u007f]/g, '').toUpperCase();
}

/** The errors in the times of the charge that stands. Some stations write no fractions of a second. */
function timeErrors({ startedAt, endedAt, lost }: SessionTruth, bills: readonly Cdr[]): string[] {
  const standing = bills.find((cdr) => isStanding(cdr, bills));
  if (standing === undefined || lost > 0) return [];
  const differs = (billed: string, truth: string): boolean => Math.abs(Date.parse(billed) - Date.parse(truth)) > CLOCK_TOLERANCE_MS;
  return [
    ...(differs(standing.startedAt, startedAt) ? [`began at ${startedAt}, billed from ${standing.startedAt}`] : []),
    ...(endedAt !== null && differs(standing.endedAt, endedAt) ? [`ended at ${endedAt}, billed to ${standing.endedAt}`] : []),
  ];
}

/** A charge costs what its own periods and tariff say; a credit costs the negated amount of the charge that it takes back. */
function addsUp({ kind, tariff, energyWh, periods, cost }: Cdr): boolean {
  if (tariff === null) return true;
  const sign = kind === 'credit' ? -1 : 1;
  const facts = {
    energyWh: sign * energyWh,
    periods: periods.map((period) => ({ ...period, seconds: sign * period.seconds, energyWh: sign * period.energyWh })),
  };
  const priced = price(facts, tariff).cost;
  return isDeepStrictEqual(kind === 'credit' ? negate(priced) : priced, cost);
}

/** The members that two CDRs do not share. */
function differing(one: Cdr, other: Cdr): string[] {
  const others = new Map(Object.entries(other));
  const names = new Set([...Object.keys(one), ...others.keys()]);
  const own = new Map(Object.entries(one));
  return [...names].filter((name) => !isDeepStrictEqual(own.get(name), others.get(name)));
}
