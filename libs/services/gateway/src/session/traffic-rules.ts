import type { Lane, Protocol } from '@voltbus/contracts';

export { isTransactionMessage as isTransactional } from '@voltbus/contracts';

/** How long a service may take to answer a station's call, milliseconds (ISO 15118 gives a contract certificate four seconds). */
const AUTHORIZE_MS = 10_000;
const CONTRACT_CERTIFICATE_MS = 4_000;
const OTHERS_MS = 25_000;
const CERTIFICATE_MEMBERS = ['"iso15118CertificateHashData"', '"certificate"'].map((member) => Buffer.from(member));

export function answerTimeMs(protocol: Protocol, { lane, action, frame }: { lane: Lane; action: string; frame: Buffer }): number {
  if (action === 'Get15118EVCertificate') return CONTRACT_CERTIFICATE_MS;
  // Plug & Charge on 1.6: a car waits
  if (action === 'DataTransfer' && lane === 'transaction') return CONTRACT_CERTIFICATE_MS;
  if (action !== 'Authorize') return OTHERS_MS;
  return protocol !== 'ocpp1.6' && CERTIFICATE_MEMBERS.some((member) => frame.includes(member)) ? CONTRACT_CERTIFICATE_MS : AUTHORIZE_MS;
}
