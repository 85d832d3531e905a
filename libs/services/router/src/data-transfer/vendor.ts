import type { Protocol, StationRef } from '@voltbus/contracts';

/** What a station says in a vendor's own words. */
export interface VendorMessage {
  ref: StationRef;
  protocol: Protocol;
  /** The vendor's name of the message; null when the station gave none. */
  messageId: string | null;
  /** As it came: 1.6 means a string, some stations send an object. */
  data: unknown;
  receivedAt: Date;
}

export interface VendorAnswer {
  status: 'Accepted' | 'Rejected' | 'UnknownMessageId';
  /** On 1.6 what is not a string is written as JSON, because its answer has only a string. */
  data?: unknown;
}

/**
 * A vendor's extension of OCPP that stations reach by DataTransfer (1.6 section 4.3, P02). It is asked once per message and again when the message comes
 * again; it has `ANSWER_MS`, and what it throws is told to the station as `Rejected`.
 */
export interface DataTransferVendor {
  /** Compared without regard to case. */
  readonly vendorId: string;
  answer(message: VendorMessage): Promise<VendorAnswer>;
}
