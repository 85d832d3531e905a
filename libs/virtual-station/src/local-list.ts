import type { Protocol } from '@voltbus/contracts';

/** How a station keeps a local authorization list; left out: it uses one, for a thousand tokens, a hundred at once. */
export interface ListHabits {
  enabled?: boolean;
  maxEntries?: number;
  perMessage?: number;
}

type Payload = Record<string, unknown>;
type Entry = { idTag?: unknown; idTagInfo?: unknown; idToken?: { idToken?: unknown; type?: unknown }; idTokenInfo?: unknown };

const MAX_ENTRIES = 1_000;
const PER_MESSAGE = 100;

/** Whether it is used, by the name a station of that version gives it. */
const ENABLED = {
  'ocpp1.6': 'LocalAuthListEnabled',
  'ocpp2.0.1': 'LocalAuthListCtrlr.Enabled',
  'ocpp2.1': 'LocalAuthListCtrlr.Enabled',
} as const;

/** What a station says of its list to whoever asks (2.x: component and variable). */
export function listSettings(
  protocol: Protocol,
  { enabled = true, maxEntries = MAX_ENTRIES, perMessage = PER_MESSAGE }: ListHabits = {},
): [string, string][] {
  if (protocol === 'ocpp1.6')
    return [
      [ENABLED[protocol], String(enabled)],
      ['SendLocalListMaxLength', String(perMessage)],
      ['LocalAuthListMaxLength', String(maxEntries)],
    ];
  return [
    ['LocalAuthListCtrlr.Available', 'true'],
    [ENABLED[protocol], String(enabled)],
    ['LocalAuthListCtrlr.Entries', '0'],
    ['LocalAuthListCtrlr.ItemsPerMessage', String(perMessage)],
    ['LocalAuthListCtrlr.BytesPerMessage', '65536'],
  ];
}

/** A station's local authorization list: takes no more than it says, and nothing while it is not used (D01, D02; 1.6 section 5.15). */
export class LocalList {
  private listed = 0;
  private readonly tokens = new Set<string>();
  readonly maxEntries: number;
  private readonly perMessage: number;

  constructor(
    private readonly protocol: Protocol,
    private readonly variables: Map<string, string>,
    { maxEntries = MAX_ENTRIES, perMessage = PER_MESSAGE }: ListHabits = {},
  ) {
    this.maxEntries = maxEntries;
    this.perMessage = perMessage;
  }

  /** D02.FR.03: one that is not used is none; 1.6 has a word for that. */
  version(): Payload {
    if (this.protocol === 'ocpp1.6') return { listVersion: this.used ? this.listed : -1 };
    return { versionNumber: this.used ? this.listed : 0 };
  }

  take(payload: Payload): Payload {
    const { updateType, listVersion, versionNumber, localAuthorizationList = [] } = payload;
    const entries = localAuthorizationList as Entry[]; // the CSMS's affair
    const version = Number(listVersion ?? versionNumber);
    if (!this.used) return { status: this.protocol === 'ocpp1.6' ? 'NotSupported' : 'Failed' };
    if (updateType === 'Differential' && version <= this.listed) return { status: 'VersionMismatch' };
    const before = updateType === 'Full' ? new Set<string>() : new Set(this.tokens);
    for (const entry of entries)
      if (isListed(entry)) before.add(nameOf(entry));
      else before.delete(nameOf(entry));
    if (entries.length > this.perMessage || before.size > this.maxEntries) return { status: 'Failed' };
    this.tokens.clear();
    for (const token of before) this.tokens.add(token);
    this.listed = version;
    if (this.protocol !== 'ocpp1.6') this.variables.set('LocalAuthListCtrlr.Entries', String(this.tokens.size));
    return { status: 'Accepted' };
  }

  private get used(): boolean {
    return this.variables.get(ENABLED[this.protocol]) === 'true';
  }
}

function isListed({ idTagInfo, idTokenInfo }: Entry): boolean {
  return (idTagInfo ?? idTokenInfo) !== undefined;
}

function nameOf({ idTag, idToken }: Entry): string {
  return (idTag === undefined ? `${idToken?.idToken} ${idToken?.type}` : String(idTag)).toUpperCase();
}
