import type { PlacedEntry } from './domain/audit-entry';
import { ChainCheck, linkOf, type ChainFault, type ChainLink } from './domain/chain-check';
import type { TypeormAuditChain } from './store/typeorm-audit-chain';

/** Entries that are read at once. */
const PAGE = 1_000;
const DAY_MS = 86_400_000;

/** What was found of the chain of one tenant. */
export interface Verified {
  tenant: string;
  entries: number;
  /** Entries of an export that were written a moment before and had no place yet. */
  unsealed: number;
  /** Positions of the first and the last entry up to the fault; null: there is none. */
  from: number | null;
  to: number | null;
  /** Of the last entry: keep it elsewhere, and nobody can rewrite what comes before it. */
  hash: string | null;
  fault: ChainFault | null;
}

/** Verifies what is stored of a tenant. `days`: how long entries are kept; 0: for ever. */
export async function verifyStored(
  chain: Pick<TypeormAuditChain, 'head' | 'after'>,
  tenant: string,
  { days, now }: { days: number; now: Date },
): Promise<Verified> {
  const check = new ChainCheck(tenant);
  const head = await chain.head(tenant);
  let entries = 0;
  for (let last = 0; head !== null && check.fault === null && last < head.position;) {
    const page = (await chain.after(tenant, last, PAGE)).filter(({ position }) => position <= head.position);
    if (page.length === 0) break;
    for (const entry of page) entries += check.next(linkOf(entry)) ? 1 : 0;
    last = page.at(-1)?.position ?? last;
  }
  if (head !== null) check.end(head, { isKept: days === 0 || head.sealedAt.getTime() > now.getTime() - days * DAY_MS });
  return verified(check, { tenant, entries, unsealed: 0 });
}

/** Verifies an export, whatever the order of its lines. Throws on a line that is no entry. */
export async function verifyExport(lines: AsyncIterable<string>, tenant: string): Promise<Verified> {
  const links: ChainLink[] = [];
  let [unsealed, nth] = [0, 0];
  for await (const line of lines) {
    nth += 1;
    if (line.trim() === '') continue;
    const entry = entryIn(line, nth);
    if (entry.position === null) unsealed += 1;
    else links.push(linkOf({ ...entry, position: entry.position }));
  }
  const check = new ChainCheck(tenant);
  let entries = 0;
  for (const link of links.sort((one, other) => one.position - other.position)) entries += check.next(link) ? 1 : 0;
  return verified(check, { tenant, entries, unsealed });
}

function verified(check: ChainCheck, counts: Pick<Verified, 'tenant' | 'entries' | 'unsealed'>): Verified {
  return { ...counts, from: check.from, to: check.head?.position ?? null, hash: check.head?.hash ?? null, fault: check.fault };
}

type ExportedEntry = Omit<PlacedEntry, 'position'> & { position: number | null };

function entryIn(line: string, nth: number): ExportedEntry {
  const entry = JSON.parse(line) as Partial<ExportedEntry> | null;
  if (typeof entry?.id !== 'string' || entry.position === undefined) throw new Error(`line ${nth} is no entry of an audit log`);
  return entry as ExportedEntry; // of a forged one, the hash does not fit
}
