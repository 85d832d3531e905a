import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How the firmware updates of a station go: `installs`; its download or installation fails; its signature is wrong; it reports `Installed` and boots with what it
 * had (`lies`); it installs without a word (`silent`); it begins and is never heard of again (`stuck`).
 */
export type FirmwareHabit = 'installs' | 'download-fails' | 'install-fails' | 'wrong-signature' | 'lies' | 'silent' | 'stuck';

interface UpdateRequest {
  location: string;
  signed: boolean;
  report(status: string): void;
}

interface FirmwareUpdateParts {
  habit: FirmwareHabit | undefined;
  /** Between two steps, milliseconds. */
  stepMs: number;
  /** The station boots, with another version unless it is null. */
  boot(version: string | null): void;
}

/** The statuses of each habit (L01, L02; 1.6 section 4.5), and whether the station then boots, and with the new version. */
const STEPS: Readonly<Record<FirmwareHabit, { statuses: readonly string[]; boots: 'new' | 'old' | null }>> = {
  installs: { statuses: ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'], boots: 'new' },
  'download-fails': { statuses: ['Downloading', 'DownloadFailed'], boots: null },
  'install-fails': { statuses: ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'InstallationFailed'], boots: null },
  'wrong-signature': { statuses: ['Downloading', 'Downloaded', 'InvalidSignature'], boots: null },
  lies: { statuses: ['Downloading', 'Downloaded', 'Installing', 'Installed'], boots: 'old' },
  silent: { statuses: [], boots: 'new' },
  stuck: { statuses: ['Downloading'], boots: null },
};
/** Statuses that only a signed firmware has. */
const OF_SIGNATURE: ReadonlySet<string> = new Set(['SignatureVerified', 'InvalidSignature']);
/** The version in the name of a file, such as `ac22-1.4.2.bin`. */
const VERSION = /(\d+(?:\.\d+){1,3})(?:\.[a-z]\w*)?$/i;

/** Firmware updates of a station, which downloads nothing: one at a time, a later one takes the place of one before. */
export class FirmwareUpdate {
  private current: AbortController | null = null;

  constructor(private readonly parts: FirmwareUpdateParts) {}

  /** False: the station does not know updates. It goes on after the answer. */
  start(request: UpdateRequest): boolean {
    const { habit } = this.parts;
    if (habit === undefined) return false;
    this.forget();
    const abort = (this.current = new AbortController());
    void this.run(habit, request, abort.signal);
    return true;
  }

  /** The station boots, or stops. */
  forget(): void {
    this.current?.abort();
    this.current = null;
  }

  private async run(habit: FirmwareHabit, { location, signed, report }: UpdateRequest, signal: AbortSignal): Promise<void> {
    const { statuses, boots } = STEPS[habit];
    for (const status of statuses.filter((one) => signed || !OF_SIGNATURE.has(one))) {
      await this.step(signal);
      if (signal.aborted) return;
      report(status);
    }
    if (boots === null) return;
    await this.step(signal);
    if (!signal.aborted) this.parts.boot(boots === 'new' ? (VERSION.exec(pathOf(location))?.[1] ?? 'updated') : null);
  }

  private step(signal: AbortSignal): Promise<void> {
    return sleep(this.parts.stepMs, undefined, { ref: false, signal }).catch(() => undefined);
  }
}

function pathOf(location: string): string {
  return URL.canParse(location) ? new URL(location).pathname : location;
}
