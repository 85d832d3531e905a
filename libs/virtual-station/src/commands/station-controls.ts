import type { InstalledRoots } from '../security/installed-roots';
import type { NetworkProfiles } from '../security/network-profiles';
import type { Personality } from '../personality/personality';
import type { DeviceModel } from './device-model';
import type { DisplayMessages } from './display-messages';
import type { StationReservations } from './reservations';
import type { FirmwareUpdate } from './firmware-update';
import type { LocalController } from './local-controller';
import type { LocalList } from './local-list';
import type { Monitors } from './monitors';
import type { LogUpload } from './log-upload';

export type Payload = Record<string, unknown>;

/** The effects that commands have on a station, beside their answers. */
export interface StationControls {
  /** False: the start is rejected. */
  remoteStart(idToken: string, evse: number, remoteStartId: number | null): boolean;
  /** False: there is no such transaction. */
  remoteStop(transactionId: string): boolean;
  reset(): void;
  /** False: the station cannot send that message when it is triggered. */
  trigger(message: string): boolean;
  setAvailable(available: boolean): void;
  /** A01: the station answers, and comes back with the new password. False: it does not take it. */
  setPassword(password: string): boolean;
  /** False: the certificate is not of a key that the station has asked for. */
  installCertificate(chain: string, kind: string | undefined): boolean;
  roots(): Pick<InstalledRoots, 'install' | 'list'>;
  /** M04. */
  removeRoot(hash: unknown): string;
  network(): Pick<NetworkProfiles, 'set' | 'setPriority' | 'priority'>;
  /** 1.6 security whitepaper, A05: comes back with that security profile. */
  raiseSecurityProfile(profile: number): string;
  deviceModel(): Pick<DeviceModel, 'set' | 'isReadOnly' | 'report' | 'itemsPerMessage'>;
  variable(name: string): string | undefined;
  variables(): { name: string; value: string }[];
  reservations(): Pick<StationReservations, 'reserve' | 'cancel'>;
  display(): Pick<DisplayMessages, 'set' | 'list' | 'clear'>;
  monitors(): Pick<Monitors, 'set' | 'clear' | 'list' | 'open' | 'adjust' | 'openStreams'>;
  isOf21(): boolean;
  log(): Pick<LogUpload, 'start'>;
  firmware(): Pick<FirmwareUpdate, 'start'>;
  /** Null: the station is no local controller. */
  localController(): Pick<LocalController, 'publish' | 'unpublish'> | null;
  localList(): Pick<LocalList, 'version' | 'update' | 'maxEntries'>;
  /** How its settings are written (quirk 49), and whether it makes reports. */
  personality(): Pick<Personality, 'looseSettings' | 'reportless' | 'rejectsStartWith'>;
  /** Sends messages after the answer, one after the other. */
  sendMessages(action: string, payloads: readonly Payload[]): void;
  /** Sends the parts of a report after the answer, one after the other, with the present time. */
  sendReport(action: string, parts: readonly Payload[]): void;
}

/** Carries out a command and returns the payload of its answer. */
export type CommandHandler = (payload: Payload, controls: StationControls) => object;
