import { createHmac } from 'node:crypto';
import type { Protocol, Registration } from './station-state';
import { stationKey, type StationRef } from './ids';

/** What an upgrade needs to know of a station; cached in Redis, truth held by device-config. */
export interface StationProfile extends StationRef {
  /** False: no such station, or no such tenant. */
  known: boolean;
  /** Connection refused whatever the credentials (station blocked). */
  blocked: boolean;
  /** Lowest security profile this station may use (never lower after an upgrade). 0 = no credentials demanded. */
  securityProfile: 0 | 1 | 2 | 3;
  /** Hashes of `hashStationKey`; more than one while a password rotates or has two written forms. */
  keyHashes: string[];
  registration: Registration;
  /** What the tenant wants done with a station it does not know. */
  unknownStations: 'refuse' | 'register';
  /** TransactionEvent Updated must be answered by the service: the tenant's policy may put something in the answer. */
  answersUpdates: boolean;
  /** The version agreed on with it wherever it offers it, whatever it would rather have; null or absent (an older device-config): its own order decides. */
  pinnedProtocol?: Protocol | null;
  /** The tenant wants to see what its stations say. Absent, as an older device-config tells it: no. */
  keepsMessages?: boolean;
}

/** `csms.profile-requests.v1`: a gateway misses a profile; answered on its bucket, kind `profile`. */
export interface ProfileRequest extends StationRef {
  requestId: string;
  inst: string;
  bucket: number;
}

/**
 * Hash of a station's Basic password: HMAC-SHA256 under the pepper, bound to the station, hex.
 * Station keys have high entropy (16 to 40 bytes), so a fast keyed hash is right; a slow one would make a reconnect storm fatal.
 */
export function hashStationKey(pepper: string, ref: StationRef, password: Uint8Array): string {
  return createHmac('sha256', pepper).update(stationKey(ref)).update('\0').update(password).digest('hex');
}
