import { CsmsError, type Command } from '@voltbus/contracts';

/** Refusals of one message, beside which others may be sent. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid', 'secret-in-command', 'too-many-commands']);

/** A command as it ended or stands; an error where it was refused here. */
export type SentCommand = Command | CsmsError;

interface Turn<T> {
  /** Milliseconds; no message is sent after it. */
  deadline: number;
  now(): Date;
  send(message: T, waitSeconds: number): Promise<Command>;
  sent(message: T, command: SentCommand): void;
}

/** Sends one message after the other, and waits for the answer of each. Sends no more to a station that does not answer. */
export async function sendInTurn<T>(messages: readonly T[], { deadline, now, send, sent }: Turn<T>): Promise<void> {
  for (const message of messages) {
    const waitSeconds = Math.ceil((deadline - now().getTime()) / 1_000);
    if (waitSeconds <= 0) return;
    const command = await send(message, waitSeconds).catch(refusalOf);
    sent(message, command);
    if (!(command instanceof CsmsError) && command.status !== 'answered' && command.status !== 'error') return;
  }
}

function refusalOf(error: unknown): CsmsError {
  if (error instanceof CsmsError && REFUSALS.has(error.code)) return error;
  throw error;
}
