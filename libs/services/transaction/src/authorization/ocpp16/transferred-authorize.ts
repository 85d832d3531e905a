import { OcppError, type v21 } from '@voltbus/ocpp';
import { parseTransferred, readTransferred, type TransferHandler } from '../../plug-and-charge';
import { judged, type JudgedBy } from '../ocpp2/authorize';
import { idTokenInfo } from '../ocpp2/id-token';
import { MAX_ID_TAG, decisionFor16 } from './id-tag';

/** C07 for a 1.6 station, in statuses that 1.6 has: its stations may know no others. */
export function transferredAuthorize(by: JudgedBy): TransferHandler {
  return async (message): Promise<v21.AuthorizeResponse> => {
    const payload = readTransferred<v21.AuthorizeRequest>('Authorize', withToken(parseTransferred(message)));
    if (payload.idToken.idToken.length > MAX_ID_TAG)
      throw new OcppError('property-constraint-violation', 'the eMAID is longer than an idTag');
    const { decision, certificateStatus } = await judged({ ...message, payload }, by);
    return { idTokenInfo: idTokenInfo(decisionFor16(decision)), ...(certificateStatus === undefined ? {} : { certificateStatus }) };
  };
}

/**
 * The note has the eMAID as a text, 2.0.1 as an object with a type; stations send either. It is an eMAID whatever they
 * call it.
 */
function withToken(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !('idToken' in request)) return request;
  const { idToken } = request;
  const token = typeof idToken === 'object' ? idToken : { idToken };
  return { ...request, idToken: { ...token, type: 'eMAID' } };
}
