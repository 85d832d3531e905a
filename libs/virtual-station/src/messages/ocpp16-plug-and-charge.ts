import type { OcppMessage } from './ocpp-message';

/** The contract of a car, with the certificate chain that the station could not validate, in PEM. */
export interface Contract {
  certificate?: string;
}

/** Plug-and-charge on 1.6 by the OCA's application note: Authorize of 2.0.1 as text in a DataTransfer (quirk 79). */
export function authorizeContract(eMaid: string, { certificate }: Contract): OcppMessage {
  const data = JSON.stringify({ idToken: eMaid, ...(certificate === undefined ? {} : { certificate }) });
  return { action: 'DataTransfer', payload: { vendorId: 'org.openchargealliance.iso15118pnc', messageId: 'Authorize', data } };
}

/** An answer that cannot be read does not authorize. */
export function isContractAccepted({ status, data }: Record<string, unknown>): boolean {
  if (status !== 'Accepted' || typeof data !== 'string') return false;
  try {
    return (JSON.parse(data) as { idTokenInfo?: { status?: unknown } }).idTokenInfo?.status === 'Accepted';
  } catch {
    return false;
  }
}
