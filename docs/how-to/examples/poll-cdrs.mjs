// Follows the CDRs of a tenant by polling, and keeps each of them once: node poll-cdrs.mjs [--once]
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const api = process.env.API ?? 'http://127.0.0.1:8080';
const key = process.env.KEY ?? readFileSync('.voltbus/admin-key', 'utf8').trim();
const tenant = process.env.TENANT; // only with the administrator's key
const folder = process.env.BOOKS ?? '.voltbus/books';
const limit = process.env.LIMIT ?? '200';
const everyMs = 60_000;
// The cursor belongs to this filter: with another one, begin with empty books.
const filter = 'issuedFrom=1970-01-01T00:00:00Z';

const [books, cursorFile] = [`${folder}/cdrs.jsonl`, `${folder}/cursor`];
mkdirSync(folder, { recursive: true });
const stored = existsSync(books) ? readFileSync(books, 'utf8').split('\n') : [''];
// A line that was being written when the program was killed is not whole, and comes again.
if (stored.pop() !== '') writeFileSync(books, stored.map((line) => `${line}\n`).join(''), { flush: true });
const ids = new Set(stored.map((line) => JSON.parse(line).id));
let cursor = existsSync(cursorFile) ? readFileSync(cursorFile, 'utf8') : null;

/** Reads one page; null: the API is away or wants us to wait. */
async function page() {
  const resumed = cursor === null ? '' : `&cursor=${cursor}`;
  const headers = { authorization: `Bearer ${key}`, ...(tenant === undefined ? {} : { 'voltbus-tenant': tenant }) };
  const response = await fetch(`${api}/v1/cdrs?${filter}&limit=${limit}${resumed}`, { headers }).catch(() => null);
  if (response === null || response.status === 429 || response.status >= 500) return null;
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** First the CDRs, then the cursor: killed between, the program reads the page again and knows the ids. */
function keep({ items, resumeCursor }) {
  const fresh = items.filter(({ id }) => !ids.has(id));
  appendFileSync(books, fresh.map((cdr) => `${JSON.stringify(cdr)}\n`).join(''), { flush: true });
  for (const { id, kind, transaction, issuedAt, cost } of fresh) {
    ids.add(id);
    console.log(issuedAt, kind, transaction, cost.total, cost.currency);
  }
  writeFileSync(`${cursorFile}.new`, resumeCursor, { flush: true });
  renameSync(`${cursorFile}.new`, cursorFile);
  cursor = resumeCursor;
}

for (;;) {
  const answer = await page();
  if (answer !== null) keep(answer);
  if (answer?.nextCursor) continue; // more is there already
  if (answer !== null && process.argv.includes('--once')) break;
  await pause(answer === null ? 3_000 : everyMs);
}
