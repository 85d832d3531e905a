import { UnexpectedAnswer } from './errors';
import type { AnswerBody, Schemas } from './operations';
import { readPages } from './pages';
import { pause } from './waiting';

/** CDRs in the order in which they were issued. Store them, each once by its `id`, and then the cursor: a program that is killed between reads them again. */
export interface IssuedCdrs {
  items: Schemas['Cdr'][];
  /** Where to go on, for ever. */
  resumeCursor: string;
}

export interface IssuedCdrsOptions {
  /** ISO 8601: those issued then or later. */
  issuedFrom: string;
  /** `resumeCursor` of the last time, with the same `issuedFrom`; null: from the beginning. */
  resumeCursor?: string | null;
  /** CDRs of one request, at most 200. */
  limit?: number;
  /** How long to wait at the end of the list before looking for more; left out, the loop ends there. */
  pollEveryMs?: number;
  signal?: AbortSignal;
}

type Page = AnswerBody<'get', '/v1/cdrs'>;

/** Reads on from the cursor; also yields a page without items, because it has a cursor. */
export async function* readIssuedCdrs(
  read: (query: { issuedFrom: string; limit: number; cursor?: string }) => Promise<Page>,
  { issuedFrom, resumeCursor, limit = 200, pollEveryMs, signal }: IssuedCdrsOptions,
): AsyncGenerator<IssuedCdrs, void, undefined> {
  const list = 'GET /v1/cdrs';
  for (let from = resumeCursor ?? undefined; ;) {
    const pages = readPages(list, (cursor) => read({ issuedFrom, limit, ...(cursor === undefined ? {} : { cursor }) }), from);
    for await (const { items, resumeCursor: reached } of pages) {
      if (reached === undefined) throw new UnexpectedAnswer(list, 'has no resumeCursor', 200);
      from = reached;
      yield { items, resumeCursor: reached };
    }
    if (pollEveryMs === undefined) return;
    await pause(pollEveryMs, signal);
  }
}
