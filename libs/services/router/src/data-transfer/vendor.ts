import type { Protocol, StationRef } from '@voltbus/contracts';

/** A DataTransfer message of a station. */
export interface VendorMessage {
  ref: StationRef;
  protocol: Protocol;
  /** The vendor's name of the message; null when the station gave none. */
  messageId: string | null;
  /** The data as received: 1.6 means a string, some stations send an object. */
  data: unknown;
  receivedAt: Date;
}

export interface VendorAnswer {
  status: 'Accepted' | 'Rejected' | 'UnknownMessageId';
  /** On 1.6 any other value than a string is written as JSON, because the answer carries only a string. */
  data?: unknown;
}

/**
 * A vendor's extension of OCPP that stations reach by DataTransfer (1.6 section 4.3, P02). It is called once per message, and again when the message is
 * delivered again; it has `ANSWER_MS`, and when it throws, the station is answered `Rejected`.
 */
export interface DataTransferVendor {
  /** Compared without regard to case. */
  readonly vendorId: string;
  answer(message: VendorMessage): Promise<VendorAnswer>;
}
