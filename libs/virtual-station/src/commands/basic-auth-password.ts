import type { Protocol } from '@voltbus/contracts';

/** A00.FR.205: 16 to 40 characters, 64 in 2.1. The 1.6 security whitepaper: 16 to 20 bytes in hexadecimal. */
const FORMS: Readonly<Record<Protocol, RegExp>> = {
  'ocpp1.6': /^(?:[\da-f]{2}){16,20}$/i,
  'ocpp2.0.1': /^.{16,40}$/,
  'ocpp2.1': /^.{16,64}$/,
};

/** Whether a station takes this as its password (A01.FR.02). */
export function isPassword(protocol: Protocol, given: string): boolean {
  return FORMS[protocol].test(given);
}
