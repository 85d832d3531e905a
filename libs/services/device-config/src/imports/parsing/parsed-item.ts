import { CsmsError } from '@voltbus/contracts';
import { readJson, type ItemProblem } from '@voltbus/http';

/** One item of a body. `line` counts from 1 and is where the item begins. */
export type ParsedItem = { line: number; body: Record<string, unknown> } | { line: number; key: string | null; problem: ItemProblem };

/** A body that cannot be read as items. Nothing of it is imported. */
export function unreadable(line: number, message: string): CsmsError {
  return new CsmsError('bad-request', `line ${line}: ${message}`, { line });
}

/** Reads an item as the body of a request is read: JSON without repeated names, and with values that can be stored. */
export function itemIn(line: number, json: Buffer): ParsedItem {
  try {
    const body = readJson(json);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { line, body: body as Record<string, unknown> };
    return { line, key: null, problem: { code: 'invalid', detail: 'the line is no JSON object' } };
  } catch (error) {
    if (!(error instanceof CsmsError)) throw error;
    const detail = error.message.replace('the body', 'the line');
    return { line, key: null, problem: { ...(error.details as Partial<ItemProblem>), code: error.code, detail } };
  }
}
