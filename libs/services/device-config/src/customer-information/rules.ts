import type { v21 } from '@voltbus/ocpp';
import type { RequestMessage, RequestRules, StationRequest } from '../station-requests';
import { afterAcceptance, bodyOf, runsUntil } from './domain/customer-request';
import { MAX_OPEN } from './limits';

/** Statuses of the answers to CustomerInformation, and to the ClearCache of 1.6. */
const REFUSALS: Readonly<Record<string, string>> = { Rejected: 'rejected', Invalid: 'invalid' };

/** N09, N10. A station of 1.6 knows no customers: all that it can be asked is to clear its whole cache. */
export const customerRules: RequestRules = {
  kind: 'customer-information',
  noun: 'request of customer information',
  actions: new Set(['CustomerInformation', 'ClearCache']),
  sideBySide: MAX_OPEN,
  message: (protocol, request) => (protocol === 'ocpp1.6' ? clearCache(request) : customerInformation(request)),
  refusalIn: (response) => REFUSALS[(response as { status?: string } | null)?.status ?? ''] ?? null,
  afterAcceptance,
  until: runsUntil,
};

function clearCache(request: StationRequest): RequestMessage {
  const { report, clear, idToken } = bodyOf(request);
  return report || !clear || idToken === null ? { impossible: 'not-supported' } : { action: 'ClearCache', payload: {} };
}

function customerInformation(request: StationRequest): RequestMessage {
  const { report, clear, idToken, customerIdentifier, customerCertificate } = bodyOf(request);
  const customer = {
    ...(idToken === null ? {} : { idToken }),
    ...(customerIdentifier === null ? {} : { customerIdentifier }),
    ...(customerCertificate === null ? {} : { customerCertificate: customerCertificate as unknown as v21.CertificateHashDataType }), // as the API has checked it
  };
  const payload = { requestId: request.requestId, report, clear, ...customer };
  return { action: 'CustomerInformation', payload: payload satisfies v21.CustomerInformationRequest };
}
