import type { Spoken } from './words';

/** A car's contract: the chain that its station could not validate, in PEM, or nothing of it. */
export interface Contract {
  certificate?: string;
}

/** Plug & Charge on 1.6, by the application note of the OCA: Authorize of 2.0.1 as text in a DataTransfer (quirk 79). */
export function contractQuestion(eMaid: string, { certificate }: Contract): Spoken {
  const data = JSON.stringify({ idToken: eMaid, ...(certificate === undefined ? {} : { certificate }) });
  return { action: 'DataTransfer', payload: { vendorId: 'org.openchargealliance.iso15118pnc', messageId: 'Authorize', data } };
}

/** What cannot be read is no yes. */
export function contractAccepted({ status, data }: Record<string, unknown>): boolean {
  if (status !== 'Accepted' || typeof data !== 'string') return false;
  try {
    return (JSON.parse(data) as { idTokenInfo?: { status?: unknown } }).idTokenInfo?.status === 'Accepted';
  } catch {
    return false;
  }
}
