import { randomBytes, randomUUID } from 'node:crypto';
import { CsmsError, MAX_STATIONS_NAMED, NO_STATION, TOKEN_ERASURES } from '@voltbus/contracts';
import { outboxEvent, type Outbox, type OutboxEvent } from '@voltbus/database';
import { printable, tokenIdentity } from '../authorization';
import { MAX_STATIONS } from './limits';
import type { Erasure, TypeormPersonalData } from './typeorm-personal-data';

/** What is known of its holder of a token that nobody has stored, as OCPP 2.x names the usual kind. */
const USUAL_TYPE = 'ISO14443';

interface PersonalDataParts {
  store: TypeormPersonalData;
  tokens: { remove(tenant: string, idToken: string): Promise<void> };
  outbox: Outbox;
  now(): Date;
}

/** Tokens whose holders are to be forgotten (ADR 106). */
export class PersonalData {
  constructor(private readonly parts: PersonalDataParts) {}

  /** Has every service, and every station at which it charged, forget the token. The same erasure where it was asked for already. */
  async erase(tenant: string, written: string): Promise<Erasure> {
    const { store, tokens, now } = this.parts;
    const [idToken, identity] = [printable(written), tokenIdentity(written)];
    // Local lists are told that it has gone, and only this does: of an erasure that is stored, the token goes without a trace.
    await tokens.remove(tenant, idToken);
    const erasure = await store.begin(tenant, identity, async (unit) => {
      const known = await unit.find();
      if (known !== null) return known;
      const at = now();
      const made = { id: randomUUID(), idToken: identity, pseudonym: pseudonym(), requestedAt: at };
      const [type, stations] = [(await unit.typeOf()) ?? USUAL_TYPE, await unit.stations(MAX_STATIONS)];
      await unit.add(this.parts.outbox, eventsOf(tenant, made, { idToken, type, stations }));
      return unit.insert(made);
    });
    await tokens.remove(tenant, idToken); // somebody may have made it anew meanwhile
    return erasure;
  }

  /** Throws `not-found`: there is none, or its time is over. */
  async find(tenant: string, id: string): Promise<Erasure> {
    const erasure = await this.parts.store.find(tenant, id);
    if (erasure === null) throw new CsmsError('not-found', 'no such erasure');
    return erasure;
  }
}

/** As long as an id of 1.6 may be, and like no id that there is. */
function pseudonym(): string {
  return `ERASED-${randomBytes(6).toString('hex').toUpperCase()}`;
}

interface New {
  id: string;
  /** Its identity: a database may know the case of ASCII alone. */
  idToken: string;
  pseudonym: string;
  requestedAt: Date;
}

function eventsOf(
  tenant: string,
  { id, idToken: identity, pseudonym: shown, requestedAt }: New,
  { idToken, type, stations }: { idToken: string; type: string; stations: string[] },
): OutboxEvent[] {
  const ref = { tenant, station: NO_STATION };
  const time = requestedAt.toISOString();
  const value = { id, idToken: identity, pseudonym: shown, requestedAt: time };
  const events = [outboxEvent(TOKEN_ERASURES.events.requested, { id, ref, time, value })];
  for (let from = 0; from < stations.length; from += MAX_STATIONS_NAMED) {
    const named = { id, idToken, type, stations: stations.slice(from, from + MAX_STATIONS_NAMED) };
    events.push(outboxEvent(TOKEN_ERASURES.events.stationsNamed, { id: `${id}/${from}`, ref, time, value: named }));
  }
  return events;
}
