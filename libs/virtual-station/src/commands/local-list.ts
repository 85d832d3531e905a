import type { Protocol } from '@voltbus/contracts';

/** A station's local authorization list. By default it is enabled and takes a thousand tokens, a hundred in one message. */
export interface LocalListOptions {
  enabled?: boolean;
  maxEntries?: number;
  perMessage?: number;
}

type Payload = Record<string, unknown>;
type Entry = { idTag?: unknown; idTagInfo?: unknown; idToken?: { idToken?: unknown; type?: unknown }; idTokenInfo?: unknown };

const MAX_ENTRIES = 1_000;
const PER_MESSAGE = 100;

/** The name of the variable that enables the list, by version. */
const ENABLED = {
  'ocpp1.6': 'LocalAuthListEnabled',
  'ocpp2.0.1': 'LocalAuthListCtrlr.Enabled',
  'ocpp2.1': 'LocalAuthListCtrlr.Enabled',
} as const;

/** The variables in which a station describes its list; in 2.x they are named by component and variable. */
export function localListVariables(
  protocol: Protocol,
  { enabled = true, maxEntries = MAX_ENTRIES, perMessage = PER_MESSAGE }: LocalListOptions = {},
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

/** A station's local authorization list. It takes no more than its variables say, and nothing while it is disabled (D01, D02; 1.6 section 5.15). */
export class LocalList {
  private listVersion = 0;
  private readonly tokens = new Set<string>();
  readonly maxEntries: number;
  private readonly perMessage: number;

  constructor(
    private readonly protocol: Protocol,
    private readonly variables: Map<string, string>,
    { maxEntries = MAX_ENTRIES, perMessage = PER_MESSAGE }: LocalListOptions = {},
  ) {
    this.maxEntries = maxEntries;
    this.perMessage = perMessage;
  }

  /** D02.FR.03: a disabled list has version 0; in 1.6 it has version -1. */
  version(): Payload {
    if (this.protocol === 'ocpp1.6') return { listVersion: this.enabled ? this.listVersion : -1 };
    return { versionNumber: this.enabled ? this.listVersion : 0 };
  }

  update(payload: Payload): Payload {
    const { updateType, listVersion, versionNumber, localAuthorizationList = [] } = payload;
    const entries = localAuthorizationList as Entry[]; // trusted: checking the CSMS is not what this station is for
    const version = Number(listVersion ?? versionNumber);
    if (!this.enabled) return { status: this.protocol === 'ocpp1.6' ? 'NotSupported' : 'Failed' };
    if (updateType === 'Differential' && version <= this.listVersion) return { status: 'VersionMismatch' };
    const updated = updateType === 'Full' ? new Set<string>() : new Set(this.tokens);
    for (const entry of entries)
      if (isListed(entry)) updated.add(nameOf(entry));
      else updated.delete(nameOf(entry));
    if (entries.length > this.perMessage || updated.size > this.maxEntries) return { status: 'Failed' };
    this.tokens.clear();
    for (const token of updated) this.tokens.add(token);
    this.listVersion = version;
    if (this.protocol !== 'ocpp1.6') this.variables.set('LocalAuthListCtrlr.Entries', String(this.tokens.size));
    return { status: 'Accepted' };
  }

  private get enabled(): boolean {
    return this.variables.get(ENABLED[this.protocol]) === 'true';
  }
}

/** A differential update removes a token by sending it without its information. */
function isListed({ idTagInfo, idTokenInfo }: Entry): boolean {
  return (idTagInfo ?? idTokenInfo) !== undefined;
}

function nameOf({ idTag, idToken }: Entry): string {
  return (idTag === undefined ? `${idToken?.idToken} ${idToken?.type}` : String(idTag)).toUpperCase();
}
