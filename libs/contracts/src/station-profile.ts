import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { PROTOCOLS, REGISTRATIONS } from './station-state';
import { quirkSettingsSchema } from './quirks';
import { stationKey, type StationRef } from './ids';
import { Keyring } from './keyring';

/** What an upgrade needs to know of a station; cached in Redis, owned by device-config. */
export const stationProfileSchema = z.object({
  tenant: z.string(),
  station: z.string(),
  /** False: no such station, or no such tenant. */
  known: z.boolean(),
  /** Connection refused whatever the credentials (station blocked). */
  blocked: z.boolean(),
  /** Lowest security profile this station may use (never lower after an upgrade). 0 = no credentials demanded. */
  securityProfile: z.literal([0, 1, 2, 3]),
  /** Hashes of `storedKeyHash`; more than one while a password rotates or has two written forms. */
  keyHashes: z.array(z.string()),
  /** Its password is being replaced: those of `keyHashes` that are of the new one. Null or absent (an older device-config): it is not. */
  passwordRotation: z
    .object({ id: z.string(), keyHashes: z.array(z.string()) })
    .nullable()
    .exactOptional(),
  registration: z.enum(REGISTRATIONS),
  /** What the tenant wants done with a station it does not know. */
  unknownStations: z.enum(['refuse', 'register']),
  /** TransactionEvent Updated must be answered by the service: the tenant's policy may put something in the answer. */
  answersUpdates: z.boolean(),
  /** The version agreed on with it wherever it offers it. Null or absent (an older device-config): its own order decides. */
  pinnedProtocol: z.enum(PROTOCOLS).nullable().exactOptional(),
  /** Organization (O) that the client certificates of the tenant's stations have; `*`: any; null or absent (an older device-config): they have none. */
  certificateOrganization: z.string().nullable().exactOptional(),
  /** Fingerprints (SHA-256) of client certificates that were revoked and have not expired. Absent (an older device-config): none. */
  revokedCertificates: z.array(z.string()).exactOptional(),
  /** The tenant keeps a message log of its stations. Absent (an older device-config): it does not. */
  keepsMessages: z.boolean().exactOptional(),
  /** What is switched for the station, where it is not as by default. Absent (an older device-config): nothing. */
  quirks: quirkSettingsSchema.exactOptional(),
});
export type StationProfile = z.output<typeof stationProfileSchema>;

/** `csms.internal.profile-requests.v1`: a gateway misses a profile; answered on its bucket, kind `profile`. */
export const profileRequestSchema = z.object({
  tenant: z.string(),
  station: z.string(),
  requestId: z.string(),
  inst: z.string(),
  bucket: z.number(),
});
export type ProfileRequest = z.output<typeof profileRequestSchema>;

/** The same topic: a station has proved itself by a password whose hash is of the pepper before; this is its hash under that of now. */
export const keyRehashSchema = z.object({ tenant: z.string(), station: z.string(), before: z.string(), after: z.string() });
export type KeyRehash = z.output<typeof keyRehashSchema>;

/**
 * Hash of a station's Basic password: HMAC-SHA256 under the pepper, bound to the station, hex.
 * Station keys have high entropy (16 to 40 bytes), so a fast keyed hash is right; a slow one would make a reconnect storm fatal.
 */
export function hashStationKey(pepper: string, ref: StationRef, password: Uint8Array): string {
  return createHmac('sha256', pepper).update(stationKey(ref)).update('\0').update(password).digest('hex');
}

/** The hash as it is stored: while a pepper is replaced it begins with the id of its own, so that those of the one before can be counted. */
export function storedKeyHash(peppers: Keyring | string, ref: StationRef, password: Uint8Array): string {
  return storedKeyHashes(peppers, ref, password)[0] ?? '';
}

/** Every hash that may be stored of a password: that of now first. */
export function storedKeyHashes(peppers: Keyring | string, ref: StationRef, password: Uint8Array): string[] {
  const { all, named } = Keyring.from(peppers);
  const hashes = all.map(({ id, secret }) => ({ id: id.toString('hex'), hash: hashStationKey(secret, ref, password) }));
  const [withId, without] = [hashes.map(({ id, hash }) => `${id}.${hash}`), hashes.map(({ hash }) => hash)];
  return named ? [...withId, ...without] : [...without, ...withId];
}
