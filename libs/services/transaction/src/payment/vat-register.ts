import { text } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { boundedBody } from '@voltbus/flow';
import type { TransactionTelemetry } from '../telemetry';

/** A terminal shows a driver that it waits; an answer after that is for nobody. */
const VAT_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 16_384;
/** A number that was confirmed is believed for so long. */
const REMEMBERED_MS = 3_600_000;
const MAX_REMEMBERED = 10_000;

const line = text.min(1).max(100);
/** The port is described in docs/how-to/take-ad-hoc-payments.md. */
const answerSchema = z.object({
  company: z.object({
    name: text.min(1).max(50),
    address1: line,
    address2: line.exactOptional(),
    city: line,
    postalCode: text.min(1).max(20).exactOptional(),
    country: text.min(1).max(50),
  }),
});
type Company = z.output<typeof answerSchema>['company'];

/** Whose VAT number it is, by the CPO's own service (C18.FR.08). */
export class VatRegister {
  private readonly known = new LRUCache<string, Company>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });

  /** `url` absent: no number is confirmed. */
  constructor(
    private readonly url: string | undefined,
    private readonly telemetry: TransactionTelemetry,
  ) {}

  /** Null: no such number, or no answer in time. */
  async find(vatNumber: string): Promise<Company | null> {
    const known = this.known.get(vatNumber) ?? null;
    if (known !== null || this.url === undefined) return known;
    const found = await this.ask(this.url, vatNumber).catch((error: unknown) => {
      this.telemetry.vatRegisterFailed(error);
      return null;
    });
    if (found !== null) this.known.set(vatNumber, found);
    return found;
  }

  private async ask(url: string, vatNumber: string): Promise<Company | null> {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ vatNumber }),
      redirect: 'error',
      signal: AbortSignal.timeout(VAT_TIMEOUT_MS),
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      if (answer.status === 404) return null;
      throw new Error(`answered ${answer.status}`);
    }
    return answerSchema.parse(JSON.parse((await boundedBody(answer, MAX_ANSWER_BYTES)).toString('utf8'))).company;
  }
}
