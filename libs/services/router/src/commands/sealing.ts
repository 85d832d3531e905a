import { createHmac } from 'node:crypto';
import { Keyring, SecretBox, canonicalJson } from '@voltbus/contracts';
import { mayContainSecret, redact, redactText } from '@voltbus/ocpp';
import type { CommandState, End } from './domain/command';

const NONE: readonly string[] = [];
/** Tokens of type KeyCode stay: they identify entries of the local list and are stored as all tokens are. */
const KEPT = { keyCodes: false } as const;

/**
 * Removes secrets from the stored command: a password in a URL, a key in a vendor's data. The payload as it must be sent is stored encrypted beside it
 * until the command has ended.
 */
export class Sealing {
  private readonly box: SecretBox;
  /** Of fingerprints, by the peppers: the current one first. */
  private readonly fingerprintKeys: readonly Buffer[];

  constructor(keys: Keyring | string, peppers: Keyring | string = keys) {
    this.box = new SecretBox(keys, 'command-payload');
    const { all } = Keyring.from(peppers);
    this.fingerprintKeys = all.map(({ secret }) => createHmac('sha256', secret).update('command-fingerprint').digest());
  }

  /** The command as it may be stored and shown. */
  sealed(state: CommandState): CommandState {
    const { command } = state;
    const text = JSON.stringify(command.payload);
    if (!mayContainSecret(text)) return state;
    const { payload, hidden } = redact(command.payload, KEPT);
    if (hidden.length === 0 && JSON.stringify(payload) === text) return state;
    const printed = `${ownerOf(state)}\0${canonicalJson(command.payload)}`;
    const [fingerprint = null, ...otherFingerprints] = this.fingerprintKeys.map((key) =>
      createHmac('sha256', key).update(printed).digest('hex'),
    );
    return { ...state, command: { ...command, payload }, sealed: this.box.close(text, ownerOf(state)), fingerprint, otherFingerprints };
  }

  /** The command as it is sent; null: it is encrypted under a key that is not set. */
  opened<State extends CommandState>(state: State): State | null {
    if (state.sealed === null) return state;
    const text = this.box.open(state.sealed, ownerOf(state));
    return text === null ? null : { ...state, command: { ...state.command, payload: JSON.parse(text) as Record<string, unknown> } };
  }

  /** An end without secrets, including those of its command: a station may repeat them in its answer. */
  shown(state: CommandState, end: End): End {
    const payload = this.opened(state)?.command.payload;
    const known = state.sealed === null || payload === undefined ? NONE : redact(payload, KEPT).hidden;
    return {
      ...end,
      ...(end.response === undefined ? {} : { response: redact(end.response, { ...KEPT, known }).payload }),
      ...(end.error === undefined ? {} : { error: { ...end.error, description: redactText(end.error.description, known) } }),
    };
  }
}

function ownerOf({ command: { tenant, id } }: CommandState): string {
  return `${tenant}/${id}`;
}
