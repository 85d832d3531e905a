import type { Protocol } from '@voltbus/contracts';
import { checkRequest, type v16, type v201, type v21 } from '@voltbus/ocpp';
import { authorize, idTagInfo, idTokenInfo, type Token } from '../authorization';

/** A token as a list has it; one without info is taken out of it (D01.FR.17). */
export type Change = { token: Token; removed: boolean };

interface Sending {
  updateType: 'Full' | 'Differential';
  version: number;
  changes: readonly Change[];
  /** When tokens are judged: one that has expired is said to have. */
  at: Date;
}

type Entries16 = NonNullable<v16.SendLocalListRequest['localAuthorizationList']>;
type Entries2 = NonNullable<v21.SendLocalListRequest['localAuthorizationList']>;

/**
 * SendLocalList of a version, and how many tokens that version cannot express. A 1.6 station reads no tag of more than
 * 20 characters: such a token is left out, and asked about when it is presented. What the station may have of it is
 * taken out.
 */
export function sendLocalList(protocol: Protocol, sending: Sending): { payload: Record<string, unknown>; unsayable: number } {
  return protocol === 'ocpp1.6' ? words16(sending) : words2(protocol, sending);
}

function words16({ updateType, version, changes, at }: Sending): { payload: Record<string, unknown>; unsayable: number } {
  const request = (list: Entries16): v16.SendLocalListRequest => ({ listVersion: version, updateType, ...listed(list) });
  const whole = ({ token: { idToken }, token }: Change) => ({ idTag: idToken, idTagInfo: idTagInfo(decision(token, at)) });
  const bare = ({ token: { idToken } }: Change) => ({ idTag: idToken });
  const { entries, unsayable } = sayable({ changes, whole, bare, updateType }, (entry) => takes('ocpp1.6', request([entry])));
  return { payload: { ...request(entries) }, unsayable };
}

function words2(
  protocol: Exclude<Protocol, 'ocpp1.6'>,
  { updateType, version, changes, at }: Sending,
): { payload: Record<string, unknown>; unsayable: number } {
  const request = (list: Entries2): v21.SendLocalListRequest => ({ versionNumber: version, updateType, ...listed(list) });
  const bare = ({ token: { idToken, type } }: Change) => ({ idToken: { idToken, type } });
  const whole = (change: Change) => ({ ...bare(change), idTokenInfo: idTokenInfo(decision(change.token, at)) });
  const { entries, unsayable } = sayable({ changes, whole, bare, updateType }, (entry) => takes(protocol, request([entry])));
  return { payload: { ...request(entries) }, unsayable };
}

/** A list of nothing is not written (2.x: at least one): an empty Full clears (D01.FR.04). */
function listed<Entry>(entries: Entry[]): { localAuthorizationList?: Entry[] } {
  return entries.length === 0 ? {} : { localAuthorizationList: entries };
}

interface Wording<Entry> {
  changes: readonly Change[];
  whole(change: Change): Entry;
  bare(change: Change): Entry;
  updateType: Sending['updateType'];
}

function sayable<Entry>({ changes, whole, bare, updateType }: Wording<Entry>, says: (entry: Entry) => boolean) {
  const entries: Entry[] = [];
  let unsayable = 0;
  for (const change of changes) {
    const entry = change.removed ? bare(change) : whole(change);
    if (says(entry)) {
      entries.push(entry);
      continue;
    }
    if (!change.removed) unsayable += 1;
    const removal = bare(change);
    if (updateType === 'Differential' && says(removal)) entries.push(removal);
  }
  return { entries, unsayable };
}

function takes(protocol: Protocol, request: v16.SendLocalListRequest | v201.SendLocalListRequest | v21.SendLocalListRequest): boolean {
  return checkRequest(protocol, 'SendLocalList', request, 'strict').ok;
}

/** As it would be answered: where it charges at the moment is no part of it. */
function decision(token: Token, at: Date) {
  const known = { token, unknownTokens: 'refuse', masterPassGroup: null, remotelyStarted: false } as const;
  return authorize({ idToken: token.idToken, type: token.type }, known, at.getTime());
}
