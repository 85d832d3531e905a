import type { Protocol } from '@voltbus/contracts';
import { checkRequest, type v16, type v201, type v21 } from '@voltbus/ocpp';
import { authorize, idTagInfo, idTokenInfo, type Token } from '../authorization';

/** A change of the list; an entry without info removes the token (D01.FR.17). */
export type Change = { token: Token; removed: boolean };

interface Sending {
  updateType: 'Full' | 'Differential';
  version: number;
  changes: readonly Change[];
  /** The instant at which tokens are judged: one that has expired by then is sent as expired. */
  at: Date;
}

type Entries16 = NonNullable<v16.SendLocalListRequest['localAuthorizationList']>;
type Entries2 = NonNullable<v21.SendLocalListRequest['localAuthorizationList']>;

/**
 * Forms a SendLocalList, and counts the tokens that the protocol cannot express: 1.6 allows tags of 20 characters. Such
 * a token is left out, or removed, and is authorized online when it is presented.
 */
export function sendLocalList(protocol: Protocol, sending: Sending): { payload: Record<string, unknown>; inexpressible: number } {
  return protocol === 'ocpp1.6' ? sendLocalList16(sending) : sendLocalList2(protocol, sending);
}

function sendLocalList16({ updateType, version, changes, at }: Sending): { payload: Record<string, unknown>; inexpressible: number } {
  const request = (list: Entries16): v16.SendLocalListRequest => ({ listVersion: version, updateType, ...listed(list) });
  const full = ({ token: { idToken }, token }: Change) => ({ idTag: idToken, idTagInfo: idTagInfo(decision(token, at)) });
  const removal = ({ token: { idToken } }: Change) => ({ idTag: idToken });
  const { entries, inexpressible } = expressible({ changes, full, removal, updateType }, (entry) => isValid('ocpp1.6', request([entry])));
  return { payload: { ...request(entries) }, inexpressible };
}

function sendLocalList2(
  protocol: Exclude<Protocol, 'ocpp1.6'>,
  { updateType, version, changes, at }: Sending,
): { payload: Record<string, unknown>; inexpressible: number } {
  const request = (list: Entries2): v21.SendLocalListRequest => ({ versionNumber: version, updateType, ...listed(list) });
  const removal = ({ token: { idToken, type } }: Change) => ({ idToken: { idToken, type } });
  const full = (change: Change) => ({ ...removal(change), idTokenInfo: idTokenInfo(decision(change.token, at)) });
  const { entries, inexpressible } = expressible({ changes, full, removal, updateType }, (entry) => isValid(protocol, request([entry])));
  return { payload: { ...request(entries) }, inexpressible };
}

/** An empty list is left out (2.x: at least one entry): a Full without entries clears the list (D01.FR.04). */
function listed<Entry>(entries: Entry[]): { localAuthorizationList?: Entry[] } {
  return entries.length === 0 ? {} : { localAuthorizationList: entries };
}

interface EntryForms<Entry> {
  changes: readonly Change[];
  full(change: Change): Entry;
  removal(change: Change): Entry;
  updateType: Sending['updateType'];
}

function expressible<Entry>({ changes, full, removal, updateType }: EntryForms<Entry>, fits: (entry: Entry) => boolean) {
  const entries: Entry[] = [];
  let inexpressible = 0;
  for (const change of changes) {
    const entry = change.removed ? removal(change) : full(change);
    if (fits(entry)) {
      entries.push(entry);
      continue;
    }
    if (!change.removed) inexpressible += 1;
    const removed = removal(change);
    if (updateType === 'Differential' && fits(removed)) entries.push(removed);
  }
  return { entries, inexpressible };
}

function isValid(protocol: Protocol, request: v16.SendLocalListRequest | v201.SendLocalListRequest | v21.SendLocalListRequest): boolean {
  return checkRequest(protocol, 'SendLocalList', request, 'strict').ok;
}

/** The decision an Authorize would be answered with; where the token charges at the moment is no part of it. */
function decision(token: Token, at: Date) {
  const known = { token, unknownTokens: 'refuse', masterPassGroup: null, remotelyStarted: false } as const;
  return authorize({ idToken: token.idToken, type: token.type }, known, at.getTime());
}
