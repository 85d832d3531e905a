import { OcppError, checkRequest, faultError, parseGuarded, type v16, type v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import type { TransactionTelemetry } from '../../telemetry';
import type { CertificateStatuses } from '../certificate-status';
import type { EvCertificates } from '../ev-certificates';
import { certificateFor } from '../ocpp2/get-15118-ev-certificate';
import { statusOf } from '../ocpp2/get-certificate-status';

/** A message of 2.0.1 within a DataTransfer; its text is not read yet. */
type TransferredMessage = Pick<StationMessage<v16.DataTransferRequest>, 'ref' | 'protocol' | 'receivedAt' | 'payload'>;

/** Answers a transferred message. Throws `OcppError` where its text cannot be read. */
export type TransferHandler = (message: TransferredMessage) => Promise<object>;

/**
 * ISO 15118 Plug & Charge on 1.6 (quirk 79, an application note of the OCA): messages of 2.0.1, as text in
 * DataTransfer. The answer is `UnknownMessageId` where no function handles the message, and `Rejected` where its text
 * cannot be read. DataTransfer of other vendors is the router's.
 */
export class PlugAndChargeTransfers {
  private readonly handlers = new Map<string | undefined, TransferHandler>();

  constructor(private readonly telemetry: Pick<TransactionTelemetry, 'plugAndCharge' | 'plugAndChargeUnreadable'>) {}

  /** For blocks above this one, when they are built. */
  handle(messageId: string, handler: TransferHandler): void {
    this.handlers.set(messageId, handler);
  }

  async answer(message: TransferredMessage): Promise<v16.DataTransferResponse> {
    const handler = this.handlers.get(message.payload.messageId);
    if (handler === undefined) return { status: 'UnknownMessageId' };
    try {
      return { status: 'Accepted', data: JSON.stringify(await handler(message)) };
    } catch (error) {
      if (!(error instanceof OcppError)) throw error;
      this.telemetry.plugAndChargeUnreadable(message.ref, error.description);
      return { status: 'Rejected' };
    }
  }
}

export function dataTransfer(
  transfers: PlugAndChargeTransfers,
  telemetry: Pick<TransactionTelemetry, 'plugAndCharge'>,
): DecideEach<v16.DataTransferRequest, v16.DataTransferResponse> {
  return {
    shape: 'key',
    question: true,
    async decide(message) {
      const payload = await transfers.answer(message);
      telemetry.plugAndCharge(payload.status);
      return { payload };
    },
  };
}

/** M06. */
export function transferredCertificateStatus(statuses: CertificateStatuses): TransferHandler {
  return (message) => {
    const payload = readTransferred<v21.GetCertificateStatusRequest>('GetCertificateStatus', parseTransferred(message));
    return statusOf({ ...message, payload }, statuses);
  };
}

/** M01, M02. */
export function transferredEvCertificate(certificates: EvCertificates): TransferHandler {
  return (message) => {
    const payload = readTransferred<v21.Get15118EVCertificateRequest>('Get15118EVCertificate', parseTransferred(message));
    return certificateFor({ ...message, payload }, certificates);
  };
}

/** Throws an `OcppError` that names the fault, and never repeats what was received. */
export function parseTransferred({ payload: { data } }: TransferredMessage): unknown {
  const json = parseGuarded(Buffer.from(data ?? ''));
  if (!json.ok) throw faultError(json.fault);
  return json.value;
}

export function readTransferred<Request>(action: string, value: unknown): Request {
  const checked = checkRequest('ocpp2.0.1', action, value, 'inbound');
  if (!checked.ok) throw checked.error;
  return checked.payload as Request; // it has passed the schema of the action
}
