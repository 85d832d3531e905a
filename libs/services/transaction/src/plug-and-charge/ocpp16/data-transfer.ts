import { OcppError, checkRequest, faultError, parseGuarded, type v16, type v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/service';
import type { CertificateStatuses } from '../certificate-status';
import type { TransactionTelemetry } from '../../telemetry';
import { judged, type JudgedBy } from '../../authorization/ocpp2/authorize';
import { statusOf } from '../ocpp2/get-certificate-status';
import { idTokenInfo } from '../../authorization/ocpp2/id-token';
import { MAX_ID_TAG, worded } from '../../authorization/ocpp16/id-tag';

type Message<Payload = v16.DataTransferRequest> = Pick<StationMessage<Payload>, 'ref' | 'protocol' | 'receivedAt' | 'payload'>;

export interface DataTransferParts extends JudgedBy {
  certificateStatuses: CertificateStatuses;
  telemetry: TransactionTelemetry;
}

/**
 * ISO 15118 Plug & Charge on 1.6 (quirk 79, an application note of the OCA): a message of 2.0.1, as text. `UnknownMessageId` where there is no function for it, `Rejected` where
 * its text cannot be read; DataTransfer of other vendors is the router's.
 */
export function dataTransfer(parts: DataTransferParts): DecideEach {
  return {
    shape: 'key',
    question: true,
    async decide(message: StationMessage<v16.DataTransferRequest>) {
      const payload = await answerTo(message, parts);
      parts.telemetry.plugAndCharge(payload.status);
      return { payload };
    },
  };
}

type Answer = (message: Message, parts: DataTransferParts) => Promise<object>;

const ANSWERS = new Map<string | undefined, Answer>([
  ['Authorize', authorize],
  ['GetCertificateStatus', getCertificateStatus],
]);

async function answerTo(message: Message, parts: DataTransferParts): Promise<v16.DataTransferResponse> {
  const answer = ANSWERS.get(message.payload.messageId);
  if (answer === undefined) return { status: 'UnknownMessageId' };
  try {
    return { status: 'Accepted', data: JSON.stringify(await answer(message, parts)) };
  } catch (error) {
    if (!(error instanceof OcppError)) throw error;
    parts.telemetry.plugAndChargeUnreadable(message.ref, error.description);
    return { status: 'Rejected' };
  }
}

/** C07, as far as 1.6 has words: its stations may know no others. */
async function authorize(message: Message, by: JudgedBy): Promise<v21.AuthorizeResponse> {
  const payload = read<v21.AuthorizeRequest>('Authorize', withToken(parsed(message)));
  if (payload.idToken.idToken.length > MAX_ID_TAG)
    throw new OcppError('property-constraint-violation', 'the eMAID is longer than an idTag');
  const { decision, certificateStatus } = await judged({ ...message, payload }, by);
  return { idTokenInfo: idTokenInfo(worded(decision)), ...(certificateStatus === undefined ? {} : { certificateStatus }) };
}

/** M06. */
function getCertificateStatus(message: Message, { certificateStatuses }: DataTransferParts): Promise<v21.GetCertificateStatusResponse> {
  const payload = read<v21.GetCertificateStatusRequest>('GetCertificateStatus', parsed(message));
  return statusOf({ ...message, payload }, certificateStatuses);
}

/** Throws an `OcppError` that says what is wrong, never what was received. */
function parsed({ payload: { data } }: Message): unknown {
  const json = parseGuarded(Buffer.from(data ?? ''));
  if (!json.ok) throw faultError(json.fault);
  return json.value;
}

function read<Request>(action: string, value: unknown): Request {
  const checked = checkRequest('ocpp2.0.1', action, value, 'inbound');
  if (!checked.ok) throw checked.error;
  return checked.payload as Request; // it has passed the schema of the action
}

/** The note has the eMAID as a text, 2.0.1 as an object with a type; stations send either. It is an eMAID whatever they call it. */
function withToken(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !('idToken' in request)) return request;
  const { idToken } = request;
  const token = typeof idToken === 'object' ? idToken : { idToken };
  return { ...request, idToken: { ...token, type: 'eMAID' } };
}
