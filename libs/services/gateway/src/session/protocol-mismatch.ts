import type { Protocol } from '@voltbus/contracts';
import { findAction } from '@voltbus/ocpp';

/** Members that only the boot of one version family has. They are searched for in the bytes, so that nothing is parsed. */
const MEMBER_OF_BOOT_16 = Buffer.from('"chargePointVendor"');
const MEMBER_OF_BOOT_2 = Buffer.from('"chargingStation"');

/** Whether a boot is one of 1.6 though 2.x was agreed on (quirk 24). */
export function isBootOf16(protocol: Protocol, frame: Buffer): boolean {
  return protocol !== 'ocpp1.6' && frame.includes(MEMBER_OF_BOOT_16) && !frame.includes(MEMBER_OF_BOOT_2);
}

/** Whether an action that the agreed version does not have is one that stations of 1.6 send (quirk 24). */
export function isActionOf16(protocol: Protocol, action: string): boolean {
  const known = protocol === 'ocpp1.6' ? undefined : findAction('ocpp1.6', action);
  return known !== undefined && known.initiator !== 'csms';
}
