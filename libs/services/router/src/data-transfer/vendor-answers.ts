import { PLUG_AND_CHARGE_VENDOR } from '@voltbus/contracts';
import type { RouterTelemetry } from '../telemetry';
import type { DataTransferVendor, VendorAnswer, VendorMessage } from './vendor';

/** A station waits 25 s, and messages of other stations wait behind a vendor that does not answer. */
const ANSWER_MS = 5_000;
/** Messages that one vendor answers at once; further ones are `Rejected`: a slow vendor must not hold up the whole lane. */
export const MAX_OPEN_ANSWERS = 4;

/** The answer of a vendor, or that there is no such vendor. */
type DataTransferAnswer = VendorAnswer | { status: 'UnknownVendorId'; data?: undefined };

/** Answers DataTransfer by the vendors: always with a status, never with a CALLERROR (1.6 section 4.3, P02.FR.06, P02.FR.07). */
export class VendorAnswers {
  private readonly vendors: ReadonlyMap<string, BoundedVendor>;

  constructor(
    vendors: readonly DataTransferVendor[],
    private readonly telemetry: RouterTelemetry,
    answerMs = ANSWER_MS,
  ) {
    this.vendors = new Map(vendors.map((vendor) => [vendor.vendorId.toLowerCase(), new BoundedVendor(vendor, telemetry, answerMs)]));
    if (this.vendors.size < vendors.length) throw new Error('two DataTransfer vendors have the same vendorId');
    if (this.vendors.has(PLUG_AND_CHARGE_VENDOR))
      throw new Error(`DataTransfer of ${PLUG_AND_CHARGE_VENDOR} is answered by the transaction service`);
  }

  async answer(vendorId: string, message: VendorMessage): Promise<DataTransferAnswer> {
    const vendor = this.vendors.get(vendorId.toLowerCase());
    if (vendor !== undefined) return vendor.answer(message);
    this.telemetry.dataTransfer('unknown', 'UnknownVendorId');
    return { status: 'UnknownVendorId' };
  }
}

/** A vendor with a bound on time and on messages at once. */
class BoundedVendor {
  private open = 0;

  constructor(
    private readonly vendor: DataTransferVendor,
    private readonly telemetry: RouterTelemetry,
    private readonly answerMs: number,
  ) {}

  async answer(message: VendorMessage): Promise<VendorAnswer> {
    const { vendorId } = this.vendor;
    if (this.open >= MAX_OPEN_ANSWERS) return this.rejected(message, 'busy');
    this.open += 1;
    // counted until it really ends: an answer that hangs keeps its place
    const answering = Promise.resolve()
      .then(() => this.vendor.answer(message))
      .finally(() => (this.open -= 1));
    try {
      const answer = await inTime(answering, this.answerMs);
      if (answer === 'late') return this.rejected(message, 'late');
      this.telemetry.dataTransfer(vendorId, answer.status);
      return answer;
    } catch (error) {
      return this.rejected(message, 'failed', error);
    }
  }

  private rejected({ ref }: VendorMessage, why: string, error?: unknown): VendorAnswer {
    this.telemetry.vendorFailed(this.vendor.vendorId, ref, why, error);
    return { status: 'Rejected' };
  }
}

async function inTime<T>(answering: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  answering.catch(() => undefined); // a failure after the time is over is not looked at
  try {
    return await Promise.race([answering, late]);
  } finally {
    clearTimeout(timer);
  }
}
