import type { Dial, Target } from './connection/socket';
import type { Personality } from './personality/personality';
import type { Random } from './random';

export interface StationOptions {
  target: Target;
  random: Random;
  dial: Dial;
  /** By the book when absent. */
  personality?: Personality;
  /** Between two steps of a firmware update, milliseconds; a second when absent. */
  firmwareStepMs?: number;
  /** Is called when something happens, for counting. */
  observer?: StationObserver;
}

export interface StationObserver {
  onAnswered?(action: string, latencyMs: number): void;
  onCallFailed?(action: string, error: Error): void;
  onConnected?(): void;
  onDisconnected?(code: number): void;
  /** The CSMS answered the upgrade with an HTTP status. */
  onRefused?(status: number): void;
  /** Nothing answered at the URL, or nothing that speaks WebSocket. */
  onUnreachable?(error: Error): void;
}

export interface SessionPlan {
  idToken: string;
  evse?: number;
  /** The number of the RequestStartTransaction (2.x), which the transaction repeats (F02.FR.05). */
  remoteStartId?: number | null;
  seconds: number;
  /** Time between two meter readings. */
  readEverySeconds: number;
}
