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

/** What keeps the password of a station from being replaced, in a word. */
export type WhyNotRotated = 'no-password' | 'has-certificate' | 'never-connected';

export const SENTENCES: Readonly<Record<WhyNotRotated, string>> = {
  'no-password': 'the station has no password: give it one with PUT or PATCH, and set it at the station',
  'has-certificate': 'the station proves itself by a certificate, not by a password',
  'never-connected': 'the station never connected: the version that it speaks is not known',
};

/** Why the password of a station cannot be replaced; null: it can. */
export function whyNotRotated({ protocol, hasPassword, certified }: RotatingStation): WhyNotRotated | null {
  if (!hasPassword) return 'no-password';
  if (certified) return 'has-certificate';
  return protocol === null ? 'never-connected' : null;
}
