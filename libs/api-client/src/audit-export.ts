import { NoAnswer, UnexpectedAnswer, errorOf } from './errors';
import type { paths } from './generated/api';
import type { RequestOptions, Schemas } from './operations';
import { readAnswer, refuseRedirect, textOf } from './read-answer';
import { Deadline } from './waiting';

/** Which entries are exported; all when left out. */
export type AuditExportQuery = NonNullable<paths['/v1/audit-log/export']['get']['parameters']['query']>;

const EXPORT = 'GET /v1/audit-log/export';
/** Characters of the longest line that is read: an entry holds a resource before and after a change, of at most 1 MiB each. */
const MAX_LINE_LENGTH = 8 * 1_048_576;
/** How long the server may say nothing while the next entries are due. */
const SILENCE_MS = 75_000;

/**
 * The entries as they come. Throws UnexpectedAnswer on a line that is no JSON, is too long or has no end, and NoAnswer where the
 * export is cut: it is not begun again, so that no entry is given twice.
 */
export async function* readAuditExport(
  open: (signal: AbortSignal) => Promise<Response>,
  { signal, timeoutMs = SILENCE_MS }: Pick<RequestOptions, 'signal' | 'timeoutMs'>,
): AsyncGenerator<Schemas['AuditEntry'], void, undefined> {
  const deadline = new Deadline(signal, () => new NoAnswer(EXPORT, true));
  try {
    deadline.set(timeoutMs);
    const response = await open(deadline.signal);
    refuseRedirect(EXPORT, response);
    if (!response.ok) await readAnswer(EXPORT, response); // which throws
    let rest = '';
    for await (const text of textOf(response)) {
      deadline.rest(); // not while the caller works on an entry
      const [first = '', ...more] = text.split('\n'); // only what is new, so that a long line is not searched again and again
      const lines = [rest + first, ...more];
      rest = lines.pop() ?? '';
      for (const line of lines) yield entryOf(line);
      if (rest.length > MAX_LINE_LENGTH) throw new UnexpectedAnswer(EXPORT, `a line of more than ${MAX_LINE_LENGTH} characters`, 200);
      deadline.set(timeoutMs);
    }
    if (rest !== '') throw new UnexpectedAnswer(EXPORT, 'ends within a line', 200, rest);
  } catch (error) {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw errorOf(EXPORT, error);
  } finally {
    deadline.abort();
    deadline.close();
  }
}

function entryOf(line: string): Schemas['AuditEntry'] {
  try {
    return JSON.parse(line) as Schemas['AuditEntry']; // as the API describes it
  } catch {
    throw new UnexpectedAnswer(EXPORT, 'has a line that is no JSON', 200, line);
  }
}
