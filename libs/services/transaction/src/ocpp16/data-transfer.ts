import { checkRequest, parseGuarded, type v16, type v21 } from '@voltbus/ocpp';
import type { DecideEach, StationMessage } from '@voltbus/station-link';
import type { Happenings } from '../happenings';
import { judged, type JudgedBy } from '../ocpp2/authorize';
import { idTokenInfo } from '../ocpp2/id-token';
import { MAX_ID_TAG, worded } from './id-tag';

type Message = StationMessage<v16.DataTransferRequest>;

export interface DataTransferParts extends JudgedBy {
  happenings: Happenings;
}

/**
 * ISO 15118 Plug & Charge on 1.6 (quirk 79, an application note of the OCA): a message of 2.0.1, as text. `UnknownMessageId` where there is no function for it, `Rejected` where
 * its text cannot be read; DataTransfer of other vendors is the router's.
 */
export function dataTransfer(parts: DataTransferParts): DecideEach {
  return {
    shape: 'key',
    question: true,
    async decide(message: Message) {
      const payload = await answerTo(message, parts);
      parts.happenings.plugAndCharge(payload.status);
      return { payload };
    },
  };
}

async function answerTo(message: Message, parts: DataTransferParts): Promise<v16.DataTransferResponse> {
  const { messageId, data } = message.payload;
  if (messageId !== 'Authorize') return { status: 'UnknownMessageId' };
  const request = authorizeRequest(data);
  if (typeof request === 'string') {
    parts.happenings.plugAndChargeUnreadable(message.ref, request);
    return { status: 'Rejected' };
  }
  return { status: 'Accepted', data: JSON.stringify(await authorize({ ...message, payload: request }, parts)) };
}

/** C07, as far as 1.6 has words: its stations may know no others. */
async function authorize(message: Pick<Message, 'ref' | 'receivedAt'> & { payload: v21.AuthorizeRequest }, by: JudgedBy) {
  const { verdict, certificateStatus } = await judged(message, by);
  const answer: v21.AuthorizeResponse = {
    idTokenInfo: idTokenInfo(worded(verdict)),
    ...(certificateStatus === undefined ? {} : { certificateStatus }),
  };
  return answer;
}

/** A text: why it is none. Says nothing of what was received. */
function authorizeRequest(data: string | undefined): v21.AuthorizeRequest | string {
  const parsed = parseGuarded(Buffer.from(data ?? ''));
  if (!parsed.ok) return parsed.fault;
  const checked = checkRequest('ocpp2.0.1', 'Authorize', withToken(parsed.value), 'inbound');
  if (!checked.ok) return checked.error.description;
  const request = checked.payload as v21.AuthorizeRequest; // it has passed the schema of Authorize
  return request.idToken.idToken.length > MAX_ID_TAG ? `an eMAID of more than ${MAX_ID_TAG} characters: no idTag can be so long` : request;
}

/** The note has the eMAID as a text, 2.0.1 as an object with a type; stations send either. It is an eMAID whatever they call it. */
function withToken(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !('idToken' in request)) return request;
  const { idToken } = request;
  const token = typeof idToken === 'object' ? idToken : { idToken };
  return { ...request, idToken: { ...token, type: 'eMAID' } };
}
