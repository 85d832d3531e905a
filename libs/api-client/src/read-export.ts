import { NoAnswer, UnexpectedAnswer, errorOf } from './errors';
import type { paths } from './generated/api';
import type { RequestOptions, Schemas } from './operations';
import { readAnswer, refuseRedirect, textOf } from './read-answer';
import { Deadline } from './waiting';

/** The exports of the API, and what a line of each is. */
interface ExportLines {
  '/v1/audit-log/export': Schemas['AuditEntry'];
  '/v1/security-events/export': Schemas['SecurityEvent'];
  '/v1/device-events/export': Schemas['DeviceEvent'];
}
export type ExportPath = keyof ExportLines;
export type LineOf<P extends ExportPath> = ExportLines[P];
/** Which lines are exported; all when left out. */
export type ExportQuery<P extends ExportPath> = NonNullable<paths[P]['get']['parameters']['query']>;

/** Characters of the longest line that is read: an entry of the audit log holds a resource before and after a change, of at most 1 MiB each. */
const MAX_LINE_LENGTH = 8 * 1_048_576;
/** How long the server may say nothing while the next lines are due. */
const SILENCE_MS = 75_000;

/**
 * The lines of an export as they come. Throws UnexpectedAnswer on a line that is no JSON, is too long or has no end, and NoAnswer where the
 * export is cut: it is not begun again, so that no line is given twice.
 */
export async function* readExport<P extends ExportPath>(
  path: P,
  open: (signal: AbortSignal) => Promise<Response>,
  { signal, timeoutMs = SILENCE_MS }: Pick<RequestOptions, 'signal' | 'timeoutMs'>,
): AsyncGenerator<LineOf<P>, void, undefined> {
  const operation = `GET ${path}`;
  const deadline = new Deadline(signal, () => new NoAnswer(operation, true));
  try {
    deadline.set(timeoutMs);
    const response = await open(deadline.signal);
    refuseRedirect(operation, response);
    if (!response.ok) await readAnswer(operation, response); // which throws
    let rest = '';
    for await (const text of textOf(response)) {
      deadline.rest(); // not while the caller works on a line
      const [first = '', ...more] = text.split('\n'); // only what is new, so that a long line is not searched again and again
      const lines = [rest + first, ...more];
      rest = lines.pop() ?? '';
      for (const line of lines) yield valueOf<LineOf<P>>(operation, line);
      if (rest.length > MAX_LINE_LENGTH) throw new UnexpectedAnswer(operation, `a line of more than ${MAX_LINE_LENGTH} characters`, 200);
      deadline.set(timeoutMs);
    }
    if (rest !== '') throw new UnexpectedAnswer(operation, 'ends within a line', 200, rest);
  } catch (error) {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw errorOf(operation, error);
  } finally {
    deadline.abort();
    deadline.close();
  }
}

function valueOf<T>(operation: string, line: string): T {
  try {
    return JSON.parse(line) as T; // as the API describes it
  } catch {
    throw new UnexpectedAnswer(operation, 'has a line that is no JSON', 200, line);
  }
}
