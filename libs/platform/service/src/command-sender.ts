import type { Command, StationRef } from '@voltbus/contracts';

/** Injection token of the `CommandSender`; provided by the router's HTTP module. */
export const COMMAND_SENDER = Symbol.for('voltbus.command-sender');

export interface CommandToSend {
  /**
   * A UUID: the same id twice is one command. A requester that must know it before the command is stored chooses it;
   * otherwise it is random.
   */
  id?: string;
  ref: StationRef;
  action: string;
  payload: Record<string, unknown>;
  /** 0 (first) to 9 (last); default 5. */
  priority?: number;
  /** Seconds to wait for the outcome; 0 or absent answers at once. */
  waitSeconds?: number;
  /** Seconds to keep it while the station is offline; 0 or absent ends it `offline` at once. */
  ttlSeconds?: number;
  requestedBy: string;
  /** Called when a command of that `id` was there before, which is then returned as it is now. */
  onRepeat?: () => void;
}

/** The one way to command a station over HTTP: the command is stored before this resolves. Rejects with `CsmsError`. */
export interface CommandSender {
  sendCommand(command: CommandToSend): Promise<Command>;
}
