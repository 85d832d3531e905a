import type { Protocol } from '@voltbus/contracts';

/** A station, as far as its password may be replaced. */
export interface RotatingStation {
  /** Null: it never connected. */
  protocol: Protocol | null;
  hasPassword: boolean;
  /** Connected and accepted: it can be sent something. */
  online: boolean;
  /** Proves itself by a certificate. */
  certified: boolean;
  /** The rotation whose new password is accepted; null: none. */
  rotation: string | null;
}

/** Why the password of a station cannot be replaced; null: it can. */
export function whyNotRotated({ protocol, hasPassword, certified }: RotatingStation): string | null {
  if (!hasPassword) return 'the station has no password: give it one with PUT or PATCH, and set it at the station';
  if (certified) return 'the station proves itself by a certificate, not by a password';
  return protocol === null ? 'the station never connected: the version that it speaks is not known' : null;
}
